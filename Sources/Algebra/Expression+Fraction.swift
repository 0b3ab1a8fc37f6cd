import ExactNumbers

/// Fractions in lowest terms.
extension Expression {
    /// The expression as one fraction in lowest terms, in its function arguments, radicands and sums too.
    ///
    /// Symbols, function applications and symbolic powers count as independent indeterminates, up to
    /// `sin(u)^2 + cos(u)^2 = 1`. Factors are kept apart where they were, so that denominators stay as written; common
    /// divisors are cancelled. Where the fraction would grow beyond a fixed number of terms the expression itself is
    /// returned.
    public func together() -> Expression { Normalization(splitsAbsoluteValues: false).normalized(self) }

    /// The smallest of the forms: as it is, expanded, and ``together()``.
    public func simplified() -> Expression {
        if content.isAtomic { return self }
        let fraction = together()
        var best = fraction.size < size ? fraction : self
        if let expanded = try? fraction.expanded(limit: 4096), expanded.size < best.size { best = expanded }
        return best
    }

    /// Whether the numerator of the expression, read as a rational function of its generators, is zero.
    ///
    /// - Throws: ``AlgebraError/tooLarge(limit:)``.
    func isZeroFraction() throws(AlgebraError) -> Bool {
        let normalization = Normalization(splitsAbsoluteValues: true)
        let prepared = normalization.operandsNormalized(self)
        return try FractionBuilder(splitsAbsoluteValues: true).fraction(of: prepared).isZero
    }

    /// A square root of the expression up to its sign, without a root where it is a perfect square.
    ///
    /// For an expression known to be nonnegative, as the pivots of a Cholesky factor are.
    func perfectSquareRoot() -> Expression {
        let builder = FractionBuilder(splitsAbsoluteValues: false)
        let prepared = Normalization(splitsAbsoluteValues: false).operandsNormalized(self)
        guard let fraction = try? builder.fraction(of: prepared) else { return sqrt(self) }
        var outside: [Expression] = []
        var inside = [Expression(fraction.coefficient)]
        for factor in fraction.factors {
            let base = builder.expression(of: factor.polynomial)
            let half = factor.exponent >= 0 ? factor.exponent / 2 : -((1 - factor.exponent) / 2)
            outside.append(Expression.power(base, Expression(half)))
            if factor.exponent != 2 * half { inside.append(base) }
        }
        return Expression.product(of: outside + [sqrt(Expression.product(of: inside))])
    }
}

extension Expression.Content {
    var isAtomic: Bool {
        switch self {
        case .number, .constant, .symbol: return true
        default: return false
        }
    }
}

/// Normalizes expressions from the inside out, each shared node once.
private final class Normalization {
    private var memo: [Expression: Expression] = [:]
    private let splitsAbsoluteValues: Bool

    init(splitsAbsoluteValues: Bool) { self.splitsAbsoluteValues = splitsAbsoluteValues }

    func normalized(_ expression: Expression) -> Expression {
        if expression.content.isAtomic || expression.isUndefined { return expression }
        if let known = memo[expression] { return known }
        let builder = FractionBuilder(splitsAbsoluteValues: splitsAbsoluteValues)
        let prepared = operandsNormalized(expression)
        let result = (try? builder.fraction(of: prepared)).map { builder.expression(of: $0) } ?? prepared
        memo[expression] = result
        return result
    }

    /// The expression with the arguments of functions, bases of roots, exponents and summed bodies normalized.
    func operandsNormalized(_ expression: Expression) -> Expression {
        switch expression.content {
        case .number, .constant, .symbol: return expression
        case .sum: return expression.mapOperands(operandsNormalized)
        case .product(let coefficient, let factors):
            return Expression.product(
                of: [Expression(coefficient)]
                    + factors.map { factor in
                        if factor.exponent.asInteger != nil {
                            return Expression.power(operandsNormalized(factor.base), factor.exponent)
                        }
                        return Expression.power(normalized(factor.base), normalized(factor.exponent))
                    })
        case .function, .indexSum, .expectation: return expression.mapOperands(normalized)
        }
    }
}
