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
        var c = counter
        for _ in 0..<10 {
            let p0 = c.w0 &* m0
            let p1 = c.w2 &* m1
            c = Block(
                (p1 &>> 32) ^ c.w1 ^ SIMD8(repeating: UInt64(k0)), p1 & low,
                (p0 &>> 32) ^ c.w3 ^ SIMD8(repeating: UInt64(k1)), p0 & low)
            k0 &+= weyl0
            k1 &+= weyl1
        }
        return c
    }
}
