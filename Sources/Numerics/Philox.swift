/// The counter-based generator Philox4x32-10: a keyed bijection of 128-bit counters whose values pass for random.
///
/// A value depends on its key and counter alone, so that streams need no state, no seeding order and no locks.
/// Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
package enum Philox {
    private static let multiplier0: UInt64 = 0xD251_1F53
    private static let multiplier1: UInt64 = 0xCD9E_8D57
    private static let weyl0: UInt32 = 0x9E37_79B9
    private static let weyl1: UInt32 = 0xBB67_AE85

    /// Four 32-bit words for each of eight counters; every lane holds a word in its lower half.
    package struct Block {
        package var w0, w1, w2, w3: SIMD8<UInt64>

        @inline(__always)
        package init(_ w0: SIMD8<UInt64>, _ w1: SIMD8<UInt64>, _ w2: SIMD8<UInt64>, _ w3: SIMD8<UInt64>) {
            (self.w0, self.w1, self.w2, self.w3) = (w0, w1, w2, w3)
        }
    }

    /// The random words of eight counters under one key.
    @inline(__always)
    package static func words(of counter: Block, key: (UInt32, UInt32)) -> Block {
        let low = SIMD8<UInt64>(repeating: 0xFFFF_FFFF)
        let m0 = SIMD8<UInt64>(repeating: multiplier0)
        let m1 = SIMD8<UInt64>(repeating: multiplier1)
        var (k0, k1) = key
        var (w0, w1, w2, w3) = (counter.w0, counter.w1, counter.w2, counter.w3)
        // The upper halves of lanes hold what products leave there; they count for nothing until the end.
        @inline(__always)
        func round() {
            let p0 = (w0 & low) &* m0
            let p1 = (w2 & low) &* m1
            w0 = (p1 &>> 32) ^ (w1 ^ SIMD8(repeating: UInt64(k0)))
            w2 = (p0 &>> 32) ^ (w3 ^ SIMD8(repeating: UInt64(k1)))
            (w1, w3) = (p1, p0)
            k0 &+= weyl0
            k1 &+= weyl1
        }
        // Ten rounds on local variables, not in a loop: twice as fast, since the compiler then sees that the factors are
        // half as wide as the lanes, and multiplies them by one instruction.
        round()
        round()
        round()
        round()
        round()
        round()
        round()
        round()
        round()
        round()
        return Block(w0 & low, w1 & low, w2 & low, w3 & low)
    }
}
