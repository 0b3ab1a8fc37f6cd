import Foundation

extension SpecialFunctions {
    /// The beta function Gamma(a) Gamma(b)/Gamma(a + b) of positive numbers.
    public static func beta(_ a: Double, _ b: Double) -> Double {
        guard a > 0, b > 0 else { return .nan }
        if a + b < 170 { return tgamma(a) / tgamma(a + b) * tgamma(b) }
        return exp(logGamma(a).value + logGamma(b).value - logGamma(a + b).value)
    }

    /// The regularized incomplete beta function I_x(a, b), a, b > 0 and x in [0, 1].
    ///
    /// - Parameter complement: 1 - x, where the caller knows it more accurately than by subtraction.
    ///
    /// By the continued fraction of Didonato and Morris (1992, eq. 9), evaluated with Lentz's method. The error grows
    /// with the parameters, from 1e-15 at order 1 to 1e-13 at order 1000.
    public static func incompleteBeta(_ a: Double, _ b: Double, _ x: Double, complement: Double? = nil) -> Double {
        let y = complement ?? 1 - x
        guard a > 0, b > 0, x >= 0, y >= 0 else { return .nan }
        if x == 0 { return 0 }
        if y == 0 { return 1 }
        if x * (a + b + 2) > a + 1 { return 1 - incompleteBetaFraction(b, a, y, x) }
        return incompleteBetaFraction(a, b, x, y)
    }

    private static func incompleteBetaFraction(_ a: Double, _ b: Double, _ x: Double, _ y: Double) -> Double {
        let prefactor: Double
        if a + b < 170 {
            prefactor = pow(x, a) * pow(y, b) / beta(a, b)
        } else {
            // Loader 2000: the power terms relative to their largest value, Stirling's formula for the beta function.
            let deviation = x * b - y * a
            let exponent = a * log1p(deviation / a) + b * log1p(-deviation / b)
            let correction = stirlingCorrection(a + b) - stirlingCorrection(a) - stirlingCorrection(b)
            prefactor = (a * b / (2 * .pi * (a + b))).squareRoot() * exp(exponent + correction)
        }
        // In terms of both x and y, so that nothing cancels near the mean.
        var value = a * (a * y - b * x + 1) / (a + 1)
        var (c, d) = (value, 0.0)
        for index in 1...20_000 {
            let m = Double(index)
            let even = a + 2 * m - 1
            let numerator = (a + m - 1) * (a + b + m - 1) * m * (b - m) * x * x / (even * even)
            let denominator =
                m + m * (b - m) * x / even + (a + m) * (a * y - b * x + 1 + m * (1 + y)) / (a + 2 * m + 1)
            d = 1 / (denominator + numerator * d)
            c = denominator + numerator / c
            value *= c * d
            if (c * d - 1).magnitude < 1e-16 { break }
        }
        return prefactor / value
    }

    /// log Gamma(x) - (x - 1/2) log x + x - log(2 pi)/2 for x > 0.
    private static func stirlingCorrection(_ x: Double) -> Double {
        guard x > 15 else { return logGamma(x).value - (x - 0.5) * log(x) + x - 0.9189385332046727418 }
        let z = 1 / (x * x)
        return (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - z * (1.0 / 1188))))) / x
    }

    /// The probability that a number of Student's law with `degrees` > 0 degrees of freedom is at most t.
    public static func studentDistribution(_ t: Double, degrees: Double) -> Double {
        guard degrees > 0, !t.isNaN else { return .nan }
        if degrees == .infinity { return normalDistribution(t) }
        let square = t * t
        if square == .infinity { return t > 0 ? 1 : 0 }
        let tail =
            0.5
            * incompleteBeta(
                degrees / 2, 0.5, degrees / (degrees + square), complement: square / (degrees + square))
        return t > 0 ? 1 - tail : tail
    }

    /// The t at which ``studentDistribution(_:degrees:)`` is p; infinite at 0 and 1, NaN outside of [0, 1].
    public static func studentQuantile(_ p: Double, degrees: Double) -> Double {
        guard degrees > 0, p >= 0, p <= 1 else { return .nan }
        if degrees == .infinity { return normalQuantile(p) }
        if p == 0 || p == 1 { return p == 0 ? -.infinity : .infinity }
        if p == 0.5 { return 0 }
        if p > 0.5 { return -studentQuantile(1 - p, degrees: degrees) }
        var lower = -1.0
        while studentDistribution(lower, degrees: degrees) > p { lower *= 2 }
        var (upper, t) = (lower == -1 ? 0 : lower / 2, lower)
        let logNormalizer =
            logGamma((degrees + 1) / 2).value - logGamma(degrees / 2).value - 0.5 * log(degrees * Double.pi)
        for _ in 0..<200 {
            let excess = studentDistribution(t, degrees: degrees) - p
            if excess > 0 { upper = t } else { lower = t }
            let density = exp(logNormalizer - (degrees + 1) / 2 * log1p(t * t / degrees))
            var next = t - excess / density
            if !(next > lower && next < upper) { next = 0.5 * (lower + upper) }
            if (next - t).magnitude <= 4e-16 * t.magnitude { return next }
            t = next
        }
        return t
    }
}
