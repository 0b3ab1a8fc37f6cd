/// The elementary functions behind ``RandomStream``, in arithmetic that gives the same bits on every platform.
enum PortableFunctions {
    /// The natural logarithm of numbers in (0, 1), to about one unit in the last place.
    ///
    /// log(m 2^e) = e log 2 + 2 artanh(s) with s = (m - 1)/(m + 1) and m in [sqrt(1/2), sqrt(2)).
    @inline(__always)
    static func log(_ x: SIMD8<Double>) -> SIMD8<Double> {
        // Subtracting the bits of sqrt(1/2) leaves the exponent of x/sqrt(1/2) above the mantissa.
        let pivot = SIMD8<UInt64>(repeating: 0x3FE6_A09E_667F_3BCD)
        let bits = unsafeBitCast(x, to: SIMD8<UInt64>.self)
        // Biased by 1024, the exponent is not negative; added to the mantissa of 2^52 it converts without a branch.
        let exponent = ((bits &- pivot &+ SIMD8(repeating: 1024 &<< 52)) &>> 52) &- SIMD8(repeating: 1024)
        let mantissa = unsafeBitCast(bits &- (exponent &<< 52), to: SIMD8<Double>.self)
        let shifted = (exponent &+ SIMD8(repeating: 1024)) | SIMD8(repeating: 0x4330_0000_0000_0000)
        let e = unsafeBitCast(shifted, to: SIMD8<Double>.self) - (0x1p52 + 1024)
        let s = (mantissa - 1) / (mantissa + 1)
        let z = s * s
        var p = SIMD8<Double>(repeating: 2.0 / 21)
        p = p * z + 2.0 / 19
        p = p * z + 2.0 / 17
        p = p * z + 2.0 / 15
        p = p * z + 2.0 / 13
        p = p * z + 2.0 / 11
        p = p * z + 2.0 / 9
        p = p * z + 2.0 / 7
        p = p * z + 2.0 / 5
        p = p * z + 2.0 / 3
        // log 2 in two parts, the first short enough that its product with an exponent is exact.
        let tail = e * 0x1.cf79abc9e3b3ap-40 + s * z * p
        return e * 0x1.62e42fefap-1 + (2 * s + tail)
    }

    /// The square root of positive normal numbers, to about one unit in the last place.
    ///
    /// Newton's method for 1/sqrt(x) from an approximation in the bits: the standard library's root has a slow path for
    /// negative numbers in every lane, which would also keep the arithmetic around it from using vector registers.
    @inline(__always)
    static func squareRoot(_ x: SIMD8<Double>) -> SIMD8<Double> {
        let bits = SIMD8<UInt64>(repeating: 0x5FE6_EB50_C7B5_37A9) &- (unsafeBitCast(x, to: SIMD8<UInt64>.self) &>> 1)
        var y = unsafeBitCast(bits, to: SIMD8<Double>.self)
        let half = 0.5 * x
        // The relative error is 0.035 at first and becomes 3/2 of its square in each step.
        y = y * (1.5 - half * y * y)
        y = y * (1.5 - half * y * y)
        y = y * (1.5 - half * y * y)
        let root = x * y
        return root + 0.5 * y * (x - root * root)
    }

    /// cos and sin of 2 pi u for u in (0, 1), to about one unit in the last place of 1.
    @inline(__always)
    static func cosineAndSine(ofTurns u: SIMD8<Double>) -> (SIMD8<Double>, SIMD8<Double>) {
        // Adding 1.5 * 2^52 rounds 4u to an integer, the quadrant, held in the low bits.
        let magic = SIMD8<Double>(repeating: 0x1.8p52)
        let rounded = 4 * u + magic
        let quadrant = unsafeBitCast(rounded, to: SIMD8<UInt64>.self)
        let x = (u - 0.25 * (rounded - magic)) * 0x1.921fb54442d18p2
        let z = x * x
        var s = SIMD8<Double>(repeating: -1.0 / 1_307_674_368_000)
        s = s * z + 1.0 / 6_227_020_800
        s = s * z + -1.0 / 39_916_800
        s = s * z + 1.0 / 362_880
        s = s * z + -1.0 / 5040
        s = s * z + 1.0 / 120
        s = s * z + -1.0 / 6
        let sine = x + x * z * s
        var c = SIMD8<Double>(repeating: 1.0 / 20_922_789_888_000)
        c = c * z + -1.0 / 87_178_291_200
        c = c * z + 1.0 / 479_001_600
        c = c * z + -1.0 / 3_628_800
        c = c * z + 1.0 / 40_320
        c = c * z + -1.0 / 720
        c = c * z + 1.0 / 24
        let cosine = 1 - 0.5 * z + z * z * c
        // Quadrants 1 and 3 exchange sine and cosine; the signs are those of the quadrant.
        let one = SIMD8<UInt64>(repeating: 1)
        let swap = (SIMD8<UInt64>(repeating: 0) &- (quadrant & one))
        let sineBits = unsafeBitCast(sine, to: SIMD8<UInt64>.self)
        let cosineBits = unsafeBitCast(cosine, to: SIMD8<UInt64>.self)
        let difference = (sineBits ^ cosineBits) & swap
        let sineSign = (quadrant & SIMD8(repeating: 2)) &<< 62
        let cosineSign = ((quadrant &+ one) & SIMD8(repeating: 2)) &<< 62
        return (
            unsafeBitCast((cosineBits ^ difference) ^ cosineSign, to: SIMD8<Double>.self),
            unsafeBitCast((sineBits ^ difference) ^ sineSign, to: SIMD8<Double>.self)
        )
    }
}
