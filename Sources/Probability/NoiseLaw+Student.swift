import Algebra
import ExactNumbers

/// Student's t, elementary for an integer number of degrees of freedom.
extension NoiseLaw {
    // f(z) = Gamma((nu+1)/2)/(sqrt(pi nu) Gamma(nu/2)) (1 + z^2/nu)^(-(nu+1)/2)
    static func studentDensity(_ z: Expression, nu: Expression) -> Expression {
        studentConstant(nu) * (1 + z ** 2 / nu) ** (-(nu + 1).scaled(by: .half))
    }

    static func studentConstant(_ nu: Expression) -> Expression {
        gamma((nu + 1).scaled(by: .half)) / (sqrt(.pi * nu) * gamma(nu.scaled(by: .half)))
    }

    /// Xi(a) = P(0 < T < a).
    ///
    /// For an integer nu by the recurrence of the incomplete beta function (Abramowitz and Stegun 1964, 26.7.3-4),
    /// otherwise `a c 2F1(1/2, (nu+1)/2; 3/2; -a^2/nu)`.
    static func studentCentralProbability(_ a: Expression, nu: Expression) -> Expression {
        guard let n = nu.number?.asInt, n > 0, n <= 200 else {
            return a * studentConstant(nu)
                * hypergeometric2F1(.half, (nu + 1).scaled(by: .half), Expression(Rational(3, 2)), -(a ** 2) / nu)
        }
        let base = 1 + a ** 2 / nu
        // sum_k (2k)!!/(2k+1)!! base^(-k) and its even counterpart, with the next coefficient by a ratio.
        var sum: [Expression] = []
        var coefficient = Rational.one
        if n.isMultiple(of: 2) {
            for k in 0..<(n / 2) {
                sum.append(Expression(coefficient) * base ** (-k))
                coefficient = coefficient * Rational(2 * k + 1, 2 * k + 2)
            }
            return (a / sqrt(nu + a ** 2) * Expression.sum(of: sum)).scaled(by: .half)
        }
        for k in 0..<((n - 1) / 2) {
            sum.append(Expression(coefficient) * base ** (-k - 1))
            coefficient = coefficient * Rational(2 * k + 2, 2 * k + 3)
        }
        return (atan(a / sqrt(nu)) + a / sqrt(nu) * Expression.sum(of: sum)) / .pi
    }

    // d/dz[(nu + z^2) z^(n-1) f] = (n - nu) z^n f + (n-1) nu z^(n-2) f.
    static func studentTruncatedMoment(_ n: Int, above a: Expression, nu: Expression) -> Expression? {
        if n == 0 { return .half - studentCentralProbability(a, nu: nu) }
        if nu.number == Rational(n) { return studentLogarithmicMoment(n, above: a) }
        let boundary = (nu + a ** 2) * a ** (n - 1) * studentDensity(a, nu: nu)
        if n == 1 { return boundary / (nu - 1) }
        guard let lower = studentTruncatedMoment(n - 2, above: a, nu: nu) else { return nil }
        return (boundary + Expression(n - 1) * nu * lower) / (nu - Expression(n))
    }

    /// The antiderivative of -z^nu f(z) for nu = n, which grows like a logarithm.
    private static func studentLogarithmicMoment(_ n: Int, above a: Expression) -> Expression? {
        switch n {
        case 1: return -log(1 + a ** 2) / (2 * .pi)
        case 2: return a / sqrt(2 + a ** 2) - log(a / sqrt(2) + sqrt(1 + a ** 2 / 2))
        case 3:
            // z^3/(1 + z^2/3)^2 integrates to (9/2)(log(3 + z^2) + 3/(3 + z^2)).
            return -(sqrt(3) / .pi) * (log(3 + a ** 2) + 3 / (3 + a ** 2)) * Expression(Rational(3, 1))
        default: return nil
        }
    }
}
