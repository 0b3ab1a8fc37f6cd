import Foundation

extension SpecialFunctions {
    /// The density of the standard normal law, exp(-x^2/2)/sqrt(2 pi), accurate in the tails too.
    public static func normalDensity(_ x: Double) -> Double {
        expMinusHalfSquare(x) * 0.3989422804014326779
    }

    /// The probability that a standard normal number is at most x, with full relative accuracy in the lower tail.
    public static func normalDistribution(_ x: Double) -> Double {
        if x > 0 { return 1 - normalDistribution(-x) }
        let u = -x * 0.5.squareRoot()
        let value = 0.5 * erfc(u)
        guard u > 2, value > 0 else { return value }
        // The rounding of u, magnified by 2 u^2 in the tail, is known exactly; one term of Taylor's series undoes it.
        let rounding = (-x).addingProduct(-u, 1.4142135623730951) * 0.7071067811865476 + u * 6.8e-17
        return value - rounding * expMinusHalfSquare(x) * 0.5641895835477563
    }

    /// The x at which ``normalDistribution(_:)`` is p; infinite at 0 and 1, NaN outside of [0, 1].
    public static func normalQuantile(_ p: Double) -> Double {
        guard p > 0, p < 1 else { return p == 0 ? -.infinity : p == 1 ? .infinity : .nan }
        let q = p - 0.5
        if q.magnitude < 0.25 {
            // Centred at the median, where p - 1/2 is exact and the answer may be tiny.
            let w = q * 2.506628274631000502
            var x = w * (1 + w * w / 6 * (1 + w * w * 0.35))
            for _ in 0..<3 { x = halleyStep(x, excess: 0.5 * erf(x * 0.5.squareRoot()) - q) }
            return x
        }
        guard q < 0 else { return -normalQuantile(1 - p) }
        let r = (-2 * log(p)).squareRoot()
        // Abramowitz and Stegun 26.2.23, to 4.5e-4; each of Halley's steps triples the digits.
        let denominator = 1 + r * (1.432788 + r * (0.189269 + r * 0.001308))
        var x = (2.515517 + r * (0.802853 + r * 0.010328)) / denominator - r
        for _ in 0..<3 { x = halleyStep(x, excess: normalDistribution(x) - p) }
        return x
    }

    private static func halleyStep(_ x: Double, excess: Double) -> Double {
        let newton = excess / normalDensity(x)
        return x - newton / (1 + 0.5 * x * newton)
    }

    /// The scaled complementary error function exp(x^2) erfc(x); infinite below -26.7.
    public static func erfcx(_ x: Double) -> Double {
        if x < 25 { return x < -27 ? .infinity : expSquare(x) * erfc(x) }
        // The asymptotic series is accurate to the last place at 25 and beyond (Abramowitz and Stegun 7.1.23).
        let z = 0.5 / (x * x)
        let series = 1 - z * (1 - 3 * z * (1 - 5 * z * (1 - 7 * z * (1 - 9 * z * (1 - 11 * z * (1 - 13 * z))))))
        return series / x * 0.5641895835477562869
    }

    /// exp(x^2) with the square formed in two exact parts, so that its rounding is not magnified.
    static func expSquare(_ x: Double) -> Double {
        let head = (x * 16).rounded() / 16
        return exp(head * head) * exp((x - head) * (x + head))
    }

    /// exp(-x^2/2), likewise.
    static func expMinusHalfSquare(_ x: Double) -> Double {
        guard x.magnitude < 40 else { return x.isNaN ? x : 0 }
        let head = (x * 16).rounded() / 16
        return exp(-0.5 * head * head) * exp(-0.5 * (x - head) * (x + head))
    }
}
