/// Elementary and special functions of eight numbers at once, to two units in the last place.
///
/// They use additions, multiplications, divisions and square roots of IEEE doubles only, no call of the system's library
/// and no fused operation that the plain build would have to emulate, so that a value has the same bits on every
/// platform, whatever stands in the other lanes. Arguments in the common range take a short way; the branch to the long
/// one is decided for all lanes together, and both give the same value where both apply.
package enum VectorFunctions {
    package typealias Lanes = SIMD8<Double>
    typealias Bits = SIMD8<UInt64>

    /// Added to a number of magnitude below 2^51 it rounds the number to an integer, held in the low bits of the sum.
    static let integerShift = 0x1.8p52

    /// The value of a polynomial, its coefficients from the highest power down.
    ///
    /// An array of many literals would be allocated at every call.
    @inline(__always)
    static func polynomial<let count: Int>(_ x: Lanes, _ coefficients: InlineArray<count, Double>) -> Lanes {
        var value = Lanes(repeating: coefficients[0])
        for k in 1..<count { value = value * x + coefficients[k] }
        return value
    }

    /// Whether a condition holds in all lanes; the library's function is a call.
    @inline(__always)
    static func holdsForAll(_ mask: SIMDMask<SIMD8<Int64>>) -> Bool {
        let words = unsafeBitCast(mask, to: SIMD8<Int64>.self)
        return words[0] & words[1] & words[2] & words[3] & words[4] & words[5] & words[6] & words[7] != 0
    }

    @inline(__always)
    static func bits(_ x: Lanes) -> Bits { unsafeBitCast(x, to: Bits.self) }

    @inline(__always)
    static func number(_ bits: Bits) -> Lanes { unsafeBitCast(bits, to: Lanes.self) }

    /// For each lane the number of a table that stands so many places after an index of its own.
    @inline(__always)
    static func entries(of table: UnsafePointer<Double>, at indices: Bits, plus offset: Int = 0) -> Lanes {
        var lanes = Lanes.zero
        for lane in lanes.indices { lanes[lane] = table[Int(truncatingIfNeeded: indices[lane]) + offset] }
        return lanes
    }

    /// |x|.
    @inline(__always)
    package static func magnitude(_ x: Lanes) -> Lanes { number(bits(x) & Bits(repeating: 0x7FFF_FFFF_FFFF_FFFF)) }

    /// The magnitude of x with the sign of y.
    @inline(__always)
    static func withSign(of y: Lanes, _ x: Lanes) -> Lanes {
        number(bits(x) & Bits(repeating: 0x7FFF_FFFF_FFFF_FFFF) | bits(y) & Bits(repeating: 0x8000_0000_0000_0000))
    }

    /// The number with the lower half of its significand cleared: its square and its products with such numbers are exact.
    @inline(__always)
    static func head(_ x: Lanes) -> Lanes { number(bits(x) & Bits(repeating: 0xFFFF_FFFF_F800_0000)) }

    /// 1, 0 or -1; NaN for NaN.
    @inline(__always)
    package static func sign(_ x: Lanes) -> Lanes { signProduct(Lanes(repeating: 1), x) }

    /// a where b > 0, -a where b < 0, and 0 where b = 0, whatever a; NaN where b is.
    @inline(__always)
    package static func signProduct(_ a: Lanes, _ b: Lanes) -> Lanes {
        let flipped = number(bits(a) ^ bits(b) & Bits(repeating: 0x8000_0000_0000_0000))
        return flipped.replacing(with: 0, where: b .== 0).replacing(with: b, where: b .!= b)
    }

    /// The larger number; NaN if either is.
    @inline(__always)
    package static func maximum(_ a: Lanes, _ b: Lanes) -> Lanes {
        a.replacing(with: b, where: .!(a .>= b)).replacing(with: a, where: a .!= a)
    }
}
