extension VectorFunctions {
    /// log(x): -infinity at 0, NaN below.
    ///
    /// x = m 2^e with m in [sqrt(1/2), sqrt(2)): log x = e log 2 + 2 artanh(s), s = (m - 1)/(m + 1).
    @inline(__always)
    package static func logarithm(_ x: Lanes) -> Lanes {
        if holdsForAll((x .>= 0x1p-1022) .& (x .< .infinity)) { return normalLogarithm(x, offset: .zero) }
        let isSubnormal = x .< 0x1p-1022
        let normal = x.replacing(with: x * 0x1p54, where: isSubnormal)
        let offset = Lanes.zero.replacing(with: -54, where: isSubnormal)
        return normalLogarithm(normal, offset: offset)
            .replacing(with: -.infinity, where: x .== 0)
            .replacing(with: .nan, where: x .< 0)
            .replacing(with: x + x, where: .!(x .< .infinity))
    }

    @inline(__always)
    private static func normalLogarithm(_ x: Lanes, offset: Lanes) -> Lanes {
        let (m, e) = parts(x)
        let d = m - 1
        let s = d / (m + 1)
        let z = s * s
        // 2 s = d - s d without the rounding of the quotient: log m = d - (d^2/2 - s (d^2/2 + z p)).
        let square = 0.5 * d * d
        let tail = (e + offset) * logarithmOfTwo.low
        return (e + offset) * logarithmOfTwo.high + (d - (square - (s * (square + z * arcTangentCorrection(z)) + tail)))
    }

    /// m and e of a normal number m 2^e with m in [sqrt(1/2), sqrt(2)).
    @inline(__always)
    static func parts(_ x: Lanes) -> (m: Lanes, e: Lanes) {
        // Subtracting the bits of sqrt(1/2) leaves the exponent of x/sqrt(1/2) above its significand. Biased by 1024, it
        // is not negative; added to the significand of 2^52 it becomes a number without a conversion.
        let root = Bits(repeating: 0x3FE6_A09E_667F_3BCD)
        let shifted = bits(x) &- root &+ Bits(repeating: 1024 &<< 52)
        let m = number((shifted & Bits(repeating: 0x000F_FFFF_FFFF_FFFF)) &+ root)
        return (m, number(shifted &>> 52 | Bits(repeating: 0x4330_0000_0000_0000)) - (0x1p52 + 1024))
    }

    /// p in 2 artanh(s) = 2 s + s z p with z = s^2, |s| <= 0.172.
    @inline(__always)
    static func arcTangentCorrection(_ z: Lanes) -> Lanes {
        splitPolynomial(
            z,
            [
                0x1.2b6688a387e03p-3, 0x1.39fd392179a95p-3, 0x1.7462bd8f7796ep-3, 0x1.c71c62c639fdep-3,
                0x1.2492492e09d4dp-2, 0x1.9999999995204p-2, 0x1.5555555555558p-1,
            ])
    }

    /// log 2 in two parts, the first short enough that its product with an exponent is exact.
    @inline(__always)
    static var logarithmOfTwo: (high: Double, low: Double) { (0x1.62e42fefap-1, 0x1.cf79abc9e3b3ap-40) }
}
