extension VectorFunctions {
    /// The square root, NaN below zero.
    ///
    /// The library's root of a number that may be negative is a call for each lane; that of a magnitude is one instruction.
    @inline(__always)
    package static func squareRoot(_ x: Lanes) -> Lanes {
        magnitude(x).squareRoot().replacing(with: .nan, where: x .< 0)
    }

    /// The density of the standard normal law.
    @inline(__always)
    package static func normalDensity(_ x: Lanes) -> Lanes {
        // Beyond 40 the value is zero; the bound keeps the exponent's parts finite.
        let a = magnitude(x)
        let bounded = a.replacing(with: 40, where: a .> 40)
        let top = head(bounded)
        return 0x1.9884533d43651p-2 * exponential(-0.5 * top * top, low: 0.5 * (top - bounded) * (top + bounded))
    }

    /// Two independent standard normal numbers from two random words below 2^32, one for the radius, one for the angle,
    /// times a sign, by the transformation of Box and Muller to a relative error of 1e-11.
    ///
    /// The polynomials are shorter than those of the functions: what they leave out is a hundredth of the distance between
    /// neighbouring words.
    @inline(__always)
    static func normalPair(_ radiusWord: Bits, _ angleWord: Bits, sign: Double) -> (Lanes, Lanes) {
        // A word in the low bits of 2^52 is a number without a conversion. -2 log u for the middle u of its part of the
        // unit interval; 2^-32 enters through the exponent.
        let word = number(radiusWord | bits(Lanes(repeating: 0x1p52))) - 0x1.fffffffffffffp51
        // As in `parts`, with the exponent left in the low bits of 2^52 and its bias.
        let root = Bits(repeating: 0x3FE6_A09E_667F_3BCD)
        let shiftedBits = bits(word) &- root
        let m = number((shiftedBits & Bits(repeating: 0x000F_FFFF_FFFF_FFFF)) &+ root)
        let e = number(shiftedBits &>> 52 | bits(Lanes(repeating: 0x1p52)))
        let s = (m - 1) / (m + 1)
        let logarithm = polynomial(
            s * s,
            [-0x1.e2f65eeb85d91p-2, -0x1.2438d7b54aaacp-1, -0x1.999a7a8a70db6p-1, -0x1.555554fd9cf3ep0, -4])
        let square = ((0x1p52 + 32) - e) * 0x1.62e42fefa39efp0 + s * logarithm
        let radius = sign * magnitude(square).squareRoot()
        // The angle in turns is quadrant/4 + remainder 2^-32 with a remainder in [-2^29, 2^29).
        let shifted = angleWord &+ Bits(repeating: 1 &<< 29)
        let remainder = (shifted & Bits(repeating: 0x3FFF_FFFF)) | bits(Lanes(repeating: 0x1p52))
        let x = (number(remainder) - (0x1p52 + 0x1p29)) * 0x1.921fb54442d18p-30
        let t = x * x
        let cosine = polynomial(
            t,
            [
                -0x1.242aef87db0e7p-22, 0x1.a01120a1602c0p-16, -0x1.6c16b89981d59p-10, 0x1.5555554f4eebfp-5, -0.5, 1,
            ])
        let sine = polynomial(
            t, [0x1.6cd879bef573cp-19, -0x1.a00f9e3051e37p-13, 0x1.11110896f34cap-7, -0x1.5555554cbac9dp-3, 1])
        return rotated(cosine: radius * cosine, sine: (radius * x) * sine, shifted &>> 30)
    }
}
