import Foundation

extension SpecialFunctions {
    /// Cov(sign(a + X), sign(b + Y)) of standard normal numbers X and Y with correlation r in [-1, 1]; NaN beyond.
    ///
    /// `(2/pi) int_0^r exp(-(a^2 - 2 q a b + b^2)/(2 (1 - q^2))) / sqrt(1 - q^2) dq`, which is `(2/pi) asin r` at
    /// a = b = 0; with q = cos(phi) the integrand is bounded by 1 and smooth up to the degenerate correlations. The
    /// absolute error is below 1e-14; that of r near 1 or -1, magnified by 1/sqrt(1 - r^2), comes with the argument.
    ///
    /// Source: Plackett 1954, "A reduction formula for normal multivariate integrals".
    public static func signCovariance(_ a: Double, _ b: Double, correlation r: Double) -> Double {
        guard r >= -1, r <= 1, !a.isNaN, !b.isNaN else { return .nan }
        if r < 0 { return -signCovariance(a, -b, correlation: -r) }
        if r == 0 || a.isInfinite || b.isInfinite { return 0 }
        if a == 0 && b == 0 { return 2 / .pi * asin(r) }
        let quadrature = AdaptiveQuadrature(absoluteTolerance: 2e-15, relativeTolerance: 0)
        // 1 - q^2 = sin(phi)^2, and (a^2 - 2 q a b + b^2) = (a - b)^2 + 2 a b (1 - cos(phi)) without cancellation.
        let difference = 0.5 * (a - b) * (a - b)
        let start = acos(r)
        func integrand(_ phi: Double) -> Double {
            let (sine, half) = (sin(phi), cos(0.5 * phi))
            let distance = difference == 0 ? 0 : difference / (sine * sine)
            return exp(-distance - 0.5 * a * b / (half * half))
        }
        // Towards phi = 0 the integrand falls to zero at an angle of the size of |a - b|.
        let bend = min(1, (a - b).magnitude)
        let breakpoints = [0.25 * bend, 0.5 * bend, bend].filter { $0 > start }
        do throws(QuadratureError) {
            return 2 / .pi
                * (try quadrature.integral(from: start, to: .pi / 2, breakpoints: breakpoints, of: integrand))
        } catch {
            // Rounding can keep an estimate just above the tolerance; no other failure is possible here.
            if case .notConverged(let estimate, _) = error { return 2 / .pi * estimate }
            return .nan
        }
    }

    /// The probability that standard normal numbers with correlation r in [-1, 1] are at most h and at most k.
    ///
    /// The absolute error is below 1e-14. Source: Plackett 1954.
    public static func bivariateNormalDistribution(_ h: Double, _ k: Double, correlation r: Double) -> Double {
        let product = normalDistribution(h) * normalDistribution(k)
        return min(max(product + 0.25 * signCovariance(h, k, correlation: r), 0), 1)
    }
}
