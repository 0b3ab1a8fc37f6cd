extension VectorFunctions {
    /// exp(x).
    @inline(__always)
    package static func exponential(_ x: Lanes) -> Lanes { exponential(x, low: .zero) }

    /// exp(x + low) for a low part of magnitude below 2^-20 |x|.
    @inline(__always)
    static func exponential(_ x: Lanes, low: Lanes) -> Lanes {
        exponential(x, low) { $0 + $0 * $1 }
    }

    /// exp(x + low)/divisor (1 + change), with little to round beside the quotient.
    @inline(__always)
    static func exponential(_ x: Lanes, low: Lanes, over divisor: Lanes, changedBy change: Lanes) -> Lanes {
        exponential(x, low) {
            let quotient = $0 / divisor
            return quotient + quotient * ($1 + (change + $1 * change))
        }
    }

    /// x = n log(2) + r with |r| <= log(2)/2: exp(r) - 1 comes from a polynomial.
    ///
    /// - Parameter combined: makes the result of 2^n and exp(r) - 1; it is proportional to the first.
    @inline(__always)
    private static func exponential(
        _ x: Lanes, _ low: Lanes, _ combined: (_ power: Lanes, _ change: Lanes) -> Lanes
    ) -> Lanes {
        let one = bits(Lanes(repeating: 1))
        // Beyond these bounds the result is not a normal number; the comparisons are false for NaN.
        if holdsForAll((x .> -708) .& (x .< 709)) {
            let (change, n) = parts(ofExponential: x, low)
            // n stands in the low bits, where it moves to the exponent.
            return combined(number((bits(n) &<< 52) &+ one), change)
        }
        let bounded = x.replacing(with: -800, where: x .< -800).replacing(with: 800, where: x .> 800)
        let (change, n) = parts(ofExponential: bounded, low)
        // The power of two in two factors, neither of which leaves the range of normal numbers.
        let exponent = n - integerShift
        let half = 0.5 * exponent + integerShift
        let rest = exponent - (half - integerShift) + integerShift
        return combined(Lanes(repeating: 1), change) * number((bits(half) &<< 52) &+ one)
            * number((bits(rest) &<< 52) &+ one)
    }

    /// exp(r) - 1, and a number in whose low bits n stands.
    @inline(__always)
    private static func parts(ofExponential x: Lanes, _ low: Lanes) -> (change: Lanes, shifted: Lanes) {
        let shifted = x * 0x1.71547652b82fep0 + integerShift
        let n = shifted - integerShift
        // n times the first part of log(2) is exact.
        let r = (x - n * logarithmOfTwo.high) + (low - n * logarithmOfTwo.low)
        let p = splitPolynomial(
            r,
            [
                0x1.ad412d873ecddp-26, 0x1.289fd53384e74p-22, 0x1.71df3f89326fbp-19, 0x1.a019aae115799p-16,
                0x1.a01a01264be34p-13, 0x1.6c16c17cdb9dfp-10, 0x1.11111111268eap-7, 0x1.55555555531bap-5,
                0x1.555555555550ap-3, 0.5,
            ])
        return (r + r * r * p, shifted)
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
        if holdsForAll(a .< 0.5) { return near }
        let bounded = a.replacing(with: 40, where: a .> 40)
        let far = withSign(of: x, 1 - 2 / (exponential(2 * bounded) + 1))
        return far.replacing(with: near, where: a .< 0.5)
    }
}
