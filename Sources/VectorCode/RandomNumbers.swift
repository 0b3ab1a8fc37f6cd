import VectorTypes

/// Random numbers of consecutive paths at one step and component, from the counters of ``Philox``.
enum RandomNumbers {
    /// Fills the buffer with the uniform numbers of consecutive paths.
    static func fillUniform(_ buffer: UnsafeMutableBufferPointer<Double>, at address: RandomAddress) {
        fill(buffer, at: address, groupSize: 16) { words, target in
            target.storeBytes(of: openUnit(words.w0, words.w1), as: Lanes.self)
            target.storeBytes(of: openUnit(words.w2, words.w3), toByteOffset: 64, as: Lanes.self)
        } finish: { _, _ in
        }
    }

    /// Fills the buffer with the normal numbers of consecutive paths.
    ///
    /// Two pairs come from each counter by the transformation of Box and Muller (1958). A word of 32 bits gives the radius and
    /// one the angle. The radius is then at most sqrt(66 log 2) = 6.76, which a normal number exceeds with probability
    /// 1.4e-11, and the moments are off by less than 1e-9.
    static func fillNormal(_ buffer: UnsafeMutableBufferPointer<Double>, at address: RandomAddress) {
        // All words come first and wait in the place of the numbers: in two short loops the processor finds more to do at once
        // than in a long one.
        fill(buffer, at: address, groupSize: 32) { words, target in
            target.storeBytes(of: words.w0, as: Words.self)
            target.storeBytes(of: words.w1, toByteOffset: 64, as: Words.self)
            target.storeBytes(of: words.w2, toByteOffset: 128, as: Words.self)
            target.storeBytes(of: words.w3, toByteOffset: 192, as: Words.self)
        } finish: { target, halves in
            for half in halves {
                let place = target + 128 &* half
                let pair = VectorFunctions.normalPair(
                    place.loadUnaligned(as: Words.self), place.loadUnaligned(fromByteOffset: 64, as: Words.self),
                    sign: address.sign)
                place.storeBytes(of: pair.0, as: Lanes.self)
                place.storeBytes(of: pair.1, toByteOffset: 64, as: Lanes.self)
            }
        }
    }

    private typealias Lanes = SIMD8<Double>
    private typealias Words = SIMD8<UInt64>

    /// Fills by groups of consecutive paths that share eight counters: number q of counter c belongs to path 8 q + c of
    /// the group, so that it is stored without a shuffle.
    ///
    /// - Parameters:
    ///   - store: writes what a group's words give to the place of its numbers.
    ///   - finish: makes the numbers of the halves of groups from what was written, the first half being number 0.
    @inline(__always)
    private static func fill(
        _ buffer: UnsafeMutableBufferPointer<Double>, at address: RandomAddress, groupSize: Int,
        _ store: (_ words: Philox.Block, _ target: UnsafeMutableRawPointer) -> Void,
        finish: (_ target: UnsafeMutableRawPointer, _ halves: Range<Int>) -> Void
    ) {
        guard let base = buffer.baseAddress else { return }
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Philox.keyCount) { keys in
            guard let keys = keys.baseAddress else { return }
            let seed = address.seed
            Philox.fill(keys, first: UInt32(truncatingIfNeeded: seed), second: UInt32(truncatingIfNeeded: seed >> 32))
            // Whole groups stand in the buffer; of one at an end of it only a part does.
            withUnsafeTemporaryAllocation(of: Double.self, capacity: 32) { part in
                guard let part = part.baseAddress else { return }
                var done = 0
                while done < buffer.count {
                    let path = address.firstPath &+ done
                    let offset = path & (groupSize &- 1)
                    let group = (path &- offset) / groupSize
                    let whole = offset == 0 ? (buffer.count &- done) / groupSize : 0
                    let target = UnsafeMutableRawPointer(whole > 0 ? base + done : part)
                    for k in 0..<max(1, whole) {
                        store(words(group: group &+ k, address, keys), target + k &* groupSize &* 8)
                    }
                    let count = whole > 0 ? whole &* groupSize : min(groupSize &- offset, buffer.count &- done)
                    let half = groupSize / 2
                    finish(target, offset / half..<(offset &+ count &+ half &- 1) / half)
                    if whole == 0 { (base + done).update(from: part + offset, count: count) }
                    done &+= count
                }
            }
        }
    }

    /// The random words of the eight counters of a group.
    @inline(__always)
    private static func words(group: Int, _ address: RandomAddress, _ keys: UnsafePointer<UInt64>) -> Philox.Block {
        let path = UInt64(truncatingIfNeeded: group) &* 8
        let step = UInt64(truncatingIfNeeded: address.step)
        // The counters of a group differ only in the lowest word, which does not overflow: it is a multiple of eight.
        return Philox.words(
            of: (
                SIMD8(repeating: path & 0xFFFF_FFFF) &+ SIMD8(0, 1, 2, 3, 4, 5, 6, 7),
                SIMD8(repeating: (path >> 32) & 0xFFFF | ((step >> 32) & 0xFFFF) << 16),
                SIMD8(repeating: step & 0xFFFF_FFFF),
                SIMD8(repeating: UInt64(UInt32(truncatingIfNeeded: address.component)))
            ), keys: keys)
    }

    /// 52 random bits as the middle of one of 2^52 equal parts of the unit interval.
    @inline(__always)
    private static func openUnit(_ low: SIMD8<UInt64>, _ high: SIMD8<UInt64>) -> SIMD8<Double> {
        let bits = ((high &<< 32 | low) &>> 12) | SIMD8(repeating: 0x3FF0_0000_0000_0000)
        return unsafeBitCast(bits, to: SIMD8<Double>.self) - 0x1.fffffffffffffp-1
    }
}
