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

    /// The antiderivative of -z^nu f(z) for an integer nu = n, which grows like a logarithm; nil for nu > 200.
    ///
    /// With s = z/sqrt nu the integrand is `nu^((nu+1)/2) s^nu (1 + s^2)^(-(nu+1)/2)`, elementary in w = 1 + s^2 for odd
    /// nu and a power of tanh in s = sinh(theta) for even nu.
    private static func studentLogarithmicMoment(_ n: Int, above a: Expression) -> Expression? {
        guard n <= 200 else { return nil }
        let nu = Expression(n)
        let scale = studentConstant(nu) * nu ** Expression(Rational(n + 1, 2))
        let square = 1 + a ** 2 / nu
        if n.isMultiple(of: 2) {
            // The integral of tanh^(2m) is theta - sum_(j=1)^m tanh^(2j-1)/(2j-1).
            let tangent = a / sqrt(nu + a ** 2)
            let powers = (1...(n / 2)).map { tangent ** (2 * $0 - 1) / Expression(2 * $0 - 1) }
            return scale * (Expression.sum(of: powers) - log(a / sqrt(nu) + sqrt(square)))
        }
        // (w - 1)^m w^(-m-1)/2 integrates to (log w)/2 and negative powers of w.
        let m = (n - 1) / 2
        var terms = [log(square)]
        var binomial = Rational.one
        for k in stride(from: m - 1, through: 0, by: -1) {
            binomial = binomial * Rational(-(k + 1), m - k)
            terms.append(square ** (k - m) * Expression(binomial) / Expression(k - m))
        }
        return -scale.scaled(by: .half) * Expression.sum(of: terms)
    }
}
