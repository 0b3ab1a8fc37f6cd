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
    package typealias Block = (w0: SIMD8<UInt64>, w1: SIMD8<UInt64>, w2: SIMD8<UInt64>, w3: SIMD8<UInt64>)

    /// The number of words that the keys of all rounds are.
    package static let keyCount = 20

    /// Writes down the keys of the ten rounds, two words for each.
    package static func fill(_ keys: UnsafeMutablePointer<UInt64>, first: UInt32, second: UInt32) {
        for round in 0..<10 {
            keys[2 * round] = UInt64(first &+ UInt32(round) &* weyl0)
            keys[2 * round + 1] = UInt64(second &+ UInt32(round) &* weyl1)
        }
    }

    /// The random words of eight counters under the keys.
    @inline(__always)
    package static func words(of counter: Block, keys: UnsafePointer<UInt64>) -> Block {
        let low = SIMD8<UInt64>(repeating: 0xFFFF_FFFF)
        let m0 = SIMD8<UInt64>(repeating: multiplier0)
        let m1 = SIMD8<UInt64>(repeating: multiplier1)
        var (w0, w1, w2, w3) = (counter.w0, counter.w1, counter.w2, counter.w3)
        // The upper halves of lanes hold what products leave there; they count for nothing until the end.
        @inline(__always)
        func round(_ number: Int) {
            let p0 = (w0 & low) &* m0
            let p1 = (w2 & low) &* m1
            w0 = (p1 &>> 32) ^ (w1 ^ SIMD8(repeating: keys[2 * number]))
            w2 = (p0 &>> 32) ^ (w3 ^ SIMD8(repeating: keys[2 * number + 1]))
            (w1, w3) = (p1, p0)
        }
        // Ten rounds on local variables, not in a loop: twice as fast, since the compiler then sees that the factors are
        // half as wide as the lanes, and multiplies them by one instruction.
        round(0)
        round(1)
        round(2)
        round(3)
        round(4)
        round(5)
        round(6)
        round(7)
        round(8)
        round(9)
        return (w0 & low, w1 & low, w2 & low, w3 & low)
    }
}
