// Functions of expressions, under the names that mathematics gives them.

public func sqrt(_ u: Expression) -> Expression { .power(u, .half) }
public func exp(_ u: Expression) -> Expression { .power(.e, u) }
public func log(_ u: Expression) -> Expression { .function(.log, [u]) }
/// -1, 0 or 1.
public func sign(_ u: Expression) -> Expression { .function(.sign, [u]) }
public func abs(_ u: Expression) -> Expression { .function(.abs, [u]) }
public func max(_ u: Expression, _ v: Expression) -> Expression { .function(.max, [u, v]) }
public func min(_ u: Expression, _ v: Expression) -> Expression { -Expression.function(.max, [-u, -v]) }
/// u held between the lower and the upper limit.
public func clip(_ u: Expression, _ lower: Expression, _ upper: Expression) -> Expression { max(lower, min(u, upper)) }
/// 0 below zero, 1 above it, and 1/2 at zero.
public func step(_ u: Expression) -> Expression { (1 + sign(u)).scaled(by: .half) }
public func erf(_ u: Expression) -> Expression { .function(.erf, [u]) }
public func erfc(_ u: Expression) -> Expression { 1 - erf(u) }
public func sin(_ u: Expression) -> Expression { .function(.sin, [u]) }
public func cos(_ u: Expression) -> Expression { .function(.cos, [u]) }
public func tanh(_ u: Expression) -> Expression { .function(.tanh, [u]) }
public func atan(_ u: Expression) -> Expression { .function(.atan, [u]) }
public func asin(_ u: Expression) -> Expression { .function(.asin, [u]) }
public func gamma(_ u: Expression) -> Expression { .function(.gamma, [u]) }
/// The density of the standard normal law.
public func normalDensity(_ u: Expression) -> Expression { exp(-(u * u).scaled(by: .half)) / sqrt(2 * .pi) }
/// The distribution function of the standard normal law.
public func normalDistribution(_ u: Expression) -> Expression { (1 + erf(u / sqrt(2))).scaled(by: .half) }
/// The covariance of sign(a + X) and sign(b + Y) of standard normal X and Y with correlation r in [-1, 1].
public func signCovariance(_ a: Expression, _ b: Expression, correlation r: Expression) -> Expression {
    .function(.signCovariance, [a, b, r])
}
/// Gauss's 2F1(a, b; c; z).
public func hypergeometric2F1(_ a: Expression, _ b: Expression, _ c: Expression, _ z: Expression) -> Expression {
    .function(.hypergeometric2F1, [a, b, c, z])
}
/// Kummer's 1F1(a; b; z).
public func kummer(_ a: Expression, _ b: Expression, _ z: Expression) -> Expression { .function(.kummer, [a, b, z]) }
