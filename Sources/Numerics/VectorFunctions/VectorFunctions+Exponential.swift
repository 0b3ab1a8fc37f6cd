extension VectorFunctions {
    /// exp(x).
    @inline(__always)
    package static func exponential(_ x: Lanes) -> Lanes {
        scaled(x) { highPart, n in
            let r = highPart - n * logarithmOfTwo.low
            return 1 + (r * r * exponentialCorrection(r) + r)
        }
    }

    /// exp(x + low) for a low part of magnitude below 2^-20 |x|.
    @inline(__always)
    static func exponential(_ x: Lanes, low: Lanes) -> Lanes {
        scaled(x) { highPart, n in
            let lowPart = low - n * logarithmOfTwo.low
            let r = highPart + lowPart
            let lost = (highPart - r) + lowPart
            return 1 + (r + (r * r * exponentialCorrection(r) + lost))
        }
    }

    /// 2^n times the significand, with n = round(x/log 2); it is given x - n log 2 but for the low part of log 2, and n.
    @inline(__always)
    private static func scaled(_ x: Lanes, _ significand: (_ highPart: Lanes, _ n: Lanes) -> Lanes) -> Lanes {
        let one = bits(Lanes(repeating: 1))
        // Beyond these bounds the result is not a normal number; the comparisons are false for NaN.
        if all((x .> -708) .& (x .< 709)) {
            let shifted = x * 0x1.71547652b82fep0 + integerShift
            let n = shifted - integerShift
            // The integer n stands in the low bits of the shifted number: move it to the exponent of 1.
            return significand(x - n * logarithmOfTwo.high, n) * number((bits(shifted) &<< 52) &+ one)
        }
        let x = x.replacing(with: -800, where: x .< -800).replacing(with: 800, where: x .> 800)
        let n = (x * 0x1.71547652b82fep0 + integerShift) - integerShift
        // 2^n in two factors, neither of which leaves the range of normal numbers.
        let half = 0.5 * n + integerShift
        let rest = n - (half - integerShift) + integerShift
        return significand(x - n * logarithmOfTwo.high, n) * number((bits(half) &<< 52) &+ one)
            * number((bits(rest) &<< 52) &+ one)
    }

    /// P(r) in exp(r) = 1 + r + r^2 P(r) for |r| <= log(2)/2.
    @inline(__always)
    private static func exponentialCorrection(_ r: Lanes) -> Lanes {
        polynomial(
            r,
            [
                0x1.1f730349868cep-29, 0x1.af4de97ca4194p-26, 0x1.27e4db646b17ep-22, 0x1.71de0231960ebp-19,
                0x1.a01a01a6d889cp-16, 0x1.a01a01abe7fe1p-13, 0x1.6c16c16c162d4p-10, 0x1.11111111100dcp-7,
                0x1.5555555555556p-5, 0x1.5555555555557p-3, 0x1p-1,
            ])
    }

    /// tanh(x).
    @inline(__always)
    package static func hyperbolicTangent(_ x: Lanes) -> Lanes {
        let a = magnitude(x)
        let z = x * x
        let p = polynomial(
            z,
            [
                0x1.f2ddeb9a07da7p-15, -0x1.cf9f3fe656023p-13, 0x1.32b0b92ad1a40p-11, -0x1.7d68abe445c4bp-10,
                0x1.d6d0a485132ebp-9, -0x1.226e27ed0ac68p-7, 0x1.664f484114832p-6, -0x1.ba1ba1b9783d6p-5,
                0x1.1111111110c21p-3, -0x1.5555555555555p-2,
            ])
        let near = x + x * (z * p)
        if all(a .< 0.5) { return near }
        let bounded = a.replacing(with: 40, where: a .> 40)
        let far = withSign(of: x, 1 - 2 / (exponential(2 * bounded) + 1))
        return far.replacing(with: near, where: a .< 0.5)
    }
}
