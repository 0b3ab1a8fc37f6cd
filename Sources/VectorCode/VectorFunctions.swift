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

    /// The same with even and odd powers apart: two chains of operations of half the length, which the processor does at once.
    @inline(__always)
    static func splitPolynomial<let count: Int>(_ x: Lanes, _ coefficients: InlineArray<count, Double>) -> Lanes {
        let square = x * x
        var first = Lanes(repeating: coefficients[0])
        var second = Lanes(repeating: coefficients[1])
        for k in 2..<count {
            if k & 1 == 0 {
                first = first * square + coefficients[k]
            } else {
                second = second * square + coefficients[k]
            }
        }
        return count & 1 == 1 ? first + x * second : second + x * first
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

    /// For each lane four consecutive numbers of a table, which begin at an index of its own: their first, second, third and
    /// fourth ones.
    ///
    /// Loads of whole rows, which are then transposed: a load for each number takes longer.
    @inline(__always)
    static func quadruples(of table: UnsafePointer<Double>, at indices: Bits, plus offset: Int)
        -> (Lanes, Lanes, Lanes, Lanes)
    {
        @inline(__always)
        func row(_ lane: Int) -> SIMD4<Double> {
            let first = table + (Int(truncatingIfNeeded: indices[lane]) &+ offset)
            return UnsafeRawPointer(first).loadUnaligned(as: SIMD4<Double>.self)
        }
        // Pairs of lanes stand side by side after the first exchange, all of them after the second.
        let (a, b) = (Lanes(lowHalf: row(0), highHalf: row(2)), Lanes(lowHalf: row(1), highHalf: row(3)))
        let (c, d) = (Lanes(lowHalf: row(4), highHalf: row(6)), Lanes(lowHalf: row(5), highHalf: row(7)))
        let (ab, cd) = (firstOfPairs(a, b), firstOfPairs(c, d))
        let (abSecond, cdSecond) = (secondOfPairs(a, b), secondOfPairs(c, d))
        return (evenPairs(ab, cd), evenPairs(abSecond, cdSecond), oddPairs(ab, cd), oddPairs(abSecond, cdSecond))
    }

    /// The even lanes of two vectors in turn.
    @inline(__always)
    private static func firstOfPairs(_ a: Lanes, _ b: Lanes) -> Lanes {
        Lanes(a[0], b[0], a[2], b[2], a[4], b[4], a[6], b[6])
    }

    /// The odd lanes of two vectors in turn.
    @inline(__always)
    private static func secondOfPairs(_ a: Lanes, _ b: Lanes) -> Lanes {
        Lanes(a[1], b[1], a[3], b[3], a[5], b[5], a[7], b[7])
    }

    @inline(__always)
    private static func evenPairs(_ a: Lanes, _ b: Lanes) -> Lanes {
        Lanes(a[0], a[1], a[4], a[5], b[0], b[1], b[4], b[5])
    }

    @inline(__always)
    private static func oddPairs(_ a: Lanes, _ b: Lanes) -> Lanes {
        Lanes(a[2], a[3], a[6], a[7], b[2], b[3], b[6], b[7])
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
