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

    /// x = n log(2)/64 + r with |r| <= log(2)/128: 2^(n/64) comes from a table, exp(r) - 1 from a short polynomial.
    ///
    /// - Parameter combined: makes the result of the two; it is proportional to the first.
    @inline(__always)
    private static func exponential(
        _ x: Lanes, _ low: Lanes, _ combined: (_ power: Lanes, _ change: Lanes) -> Lanes
    ) -> Lanes {
        // Beyond these bounds the result is not a normal number; the comparisons are false for NaN.
        if holdsForAll((x .> -708) .& (x .< 709)) {
            let (significand, change, n) = parts(ofExponential: x, low)
            // n stands in the low bits, its remainder by 64 in the lowest six: move the others to the exponent.
            return combined(number(bits(significand) &+ ((bits(n) & ~Bits(repeating: 63)) &<< 46)), change)
        }
        let bounded = x.replacing(with: -800, where: x .< -800).replacing(with: 800, where: x .> 800)
        let (significand, change, n) = parts(ofExponential: bounded, low)
        // The power of two in two factors, neither of which leaves the range of normal numbers.
        let exponent = (number(bits(n) & ~Bits(repeating: 63)) - integerShift) * 0x1p-6
        let half = 0.5 * exponent + integerShift
        let rest = exponent - (half - integerShift) + integerShift
        let one = bits(Lanes(repeating: 1))
        return combined(significand, change) * number((bits(half) &<< 52) &+ one)
            * number((bits(rest) &<< 52) &+ one)
    }

    /// 2^(j/64) with j = n mod 64, exp(r) - 1, and a number in whose low bits n stands.
    @inline(__always)
    private static func parts(
        ofExponential x: Lanes, _ low: Lanes
    ) -> (significand: Lanes, change: Lanes, shifted: Lanes) {
        let shifted = x * 0x1.71547652b82fep6 + integerShift
        let n = shifted - integerShift
        // log(2)/64 in two parts; n times the first is exact.
        let r = (x - n * 0x1.62e42fef8p-7) + (low - n * 0x1.1cf79abc9e3b4p-42)
        let pair = (bits(shifted) & Bits(repeating: 63)) &<< 1
        let p = polynomial(r, [0x1.1111111111111p-7, 0x1.5555555555555p-5, 0x1.5555555555555p-3, 0.5])
        let change = entries(of: Tables.exponentials, at: pair, plus: 1) + (r + r * r * p)
        return (entries(of: Tables.exponentials, at: pair), change, shifted)
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
