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

    /// Two independent standard normal numbers from two random words below 2^32, one for the radius, one for the angle.
    @inline(__always)
    static func normalPair(_ radiusWord: Bits, _ angleWord: Bits) -> (Lanes, Lanes) {
        // A word in the low bits of 2^52 is a number without a conversion. -2 log u for the middle u of its part of the
        // unit interval; 2^-32 enters through the exponent.
        let (m, e) = parts(number(radiusWord | bits(Lanes(repeating: 0x1p52))) - 0x1.fffffffffffffp51)
        let s = (m - 1) / (m + 1)
        let z = s * s
        let square = (32 - e) * 0x1.62e42fefa39efp0 - 2 * (2 * s + s * z * arcTangentCorrection(z))
        let radius = magnitude(square).squareRoot()
        // The angle in turns is quadrant/4 + remainder 2^-32 with a remainder in [-2^29, 2^29).
        let shifted = angleWord &+ Bits(repeating: 1 &<< 29)
        let remainder = (shifted & Bits(repeating: 0x3FFF_FFFF)) | bits(Lanes(repeating: 0x1p52))
        let x = (number(remainder) - (0x1p52 + 0x1p29)) * 0x1.921fb54442d18p-30
        let t = x * x
        let (c, d) = corrections(t)
        let (cosine, sine) = rotated(
            cosine: radius * (1 - (0.5 * t - t * t * c)), sine: radius * (x + x * t * d), shifted &>> 30)
        return (cosine, sine)
    }
}
