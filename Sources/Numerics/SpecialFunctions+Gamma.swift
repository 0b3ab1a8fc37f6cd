import Foundation

extension SpecialFunctions {
    /// The gamma function; NaN at zero and the negative integers.
    public static func gamma(_ x: Double) -> Double {
        x <= 0 && x == x.rounded() ? .nan : tgamma(x)
    }

    /// The logarithm of |Gamma(x)| and the sign of Gamma(x); infinite, of sign 1, at the poles.
    public static func logGamma(_ x: Double) -> (value: Double, sign: Double) {
        guard x <= 0 else { return (reflectedLogGamma(x), 1) }
        if x == x.rounded() { return (.infinity, 1) }
        return (reflectedLogGamma(x), x.rounded(.down).truncatingRemainder(dividingBy: 2) == 0 ? 1 : -1)
    }

    private static func reflectedLogGamma(_ x: Double) -> Double {
        let result: (Double, Int) = lgamma(x)
        return result.0
    }

    /// 1/Gamma(x), an entire function: zero at zero and the negative integers.
    public static func reciprocalGamma(_ x: Double) -> Double {
        if x <= 0 && x == x.rounded() { return 0 }
        if x > -170 && x < 170 { return 1 / tgamma(x) }
        let (value, sign) = logGamma(x)
        return sign * exp(-value)
    }

    /// The logarithmic derivative of the gamma function; NaN at zero and the negative integers.
    ///
    /// The error is absolute near the zeros of the function, relative elsewhere.
    public static func digamma(_ x: Double) -> Double { polygamma(0, x) }

    /// The n-th derivative of ``digamma(_:)``, n >= 0; NaN at zero and the negative integers.
    ///
    /// By recurrence up to arguments at which the asymptotic series holds (Abramowitz and Stegun 6.4.6 and 6.4.11), so
    /// that the time grows with |x| for negative x; below -10^4 the result is NaN for n > 0.
    public static func polygamma(_ n: Int, _ x: Double) -> Double {
        guard n >= 0, !x.isNaN, x > 0 || x != x.rounded() else { return .nan }
        if x == .infinity { return n == 0 ? .infinity : 0 }
        if n == 0 && x < -10 {
            // Psi(1 - x) - Psi(x) = pi cot(pi x), with the argument of the cotangent reduced exactly.
            return polygamma(0, 1 - x) - .pi / tan(.pi * (x - x.rounded()))
        }
        guard x > -1e4 else { return .nan }
        let order = Double(n)
        let start = 16 + order
        var (shifted, sum) = (x, CompensatedSum())
        while shifted < start {
            sum.add(n == 0 ? -1 / shifted : -pow(shifted, -order - 1))
            shifted += 1
        }
        let squared = 1 / (shifted * shifted)
        if n == 0 {
            var (series, power) = (0.0, squared)
            for (index, bernoulli) in bernoulliNumbers.enumerated() {
                series += bernoulli / Double(2 * index + 2) * power
                power *= squared
            }
            sum.add(-0.5 / shifted)
            sum.add(-series)
            sum.add(log(shifted))
            return sum.value
        }
        // Both parts are divided by -(-1)^n n! until the end.
        var series = 1 / order + 0.5 / shifted
        var coefficient = squared * (order + 1) / 2
        for (index, bernoulli) in bernoulliNumbers.enumerated() {
            series += bernoulli * coefficient
            let m = Double(2 * index + 2)
            coefficient *= squared * (order + m) * (order + m + 1) / ((m + 1) * (m + 2))
        }
        let total = series * pow(shifted, -order) - sum.value
        let factorial = tgamma(order + 1)
        return n.isMultiple(of: 2) ? -factorial * total : factorial * total
    }

    /// B_2, B_4, ..., B_20.
    private static let bernoulliNumbers: [Double] = [
        1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510, 43867.0 / 798,
        -174611.0 / 330,
    ]
}
