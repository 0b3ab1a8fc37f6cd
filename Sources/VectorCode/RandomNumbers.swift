import VectorTypes

/// Random numbers of consecutive paths at one step and component, from the counters of ``Philox``.
enum RandomNumbers {
    /// Fills the buffer with the uniform numbers of consecutive paths.
    static func fillUniform(_ buffer: UnsafeMutableBufferPointer<Double>, at address: RandomAddress) {
        fill(buffer, at: address, groupSize: 16) { words, target, halves in
            if halves.first { target.storeBytes(of: Self.openUnit(words.w0, words.w1), as: SIMD8<Double>.self) }
            if halves.second {
                target.storeBytes(of: Self.openUnit(words.w2, words.w3), toByteOffset: 64, as: SIMD8<Double>.self)
            }
        }
    }

    /// Fills the buffer with the normal numbers of consecutive paths.
    ///
    /// Two pairs come from each counter by the transformation of Box and Muller (1958). A word of 32 bits gives the radius and
    /// one the angle. The radius is then at most sqrt(66 log 2) = 6.76, which a normal number exceeds with probability
    /// 1.4e-11, and the moments are off by less than 1e-9.
    static func fillNormal(_ buffer: UnsafeMutableBufferPointer<Double>, at address: RandomAddress) {
        fill(buffer, at: address, groupSize: 32) { words, target, halves in
            if halves.first {
                let pair = VectorFunctions.normalPair(words.w0, words.w1, sign: address.sign)
                target.storeBytes(of: pair.0, as: SIMD8<Double>.self)
                target.storeBytes(of: pair.1, toByteOffset: 64, as: SIMD8<Double>.self)
            }
            if halves.second {
                let pair = VectorFunctions.normalPair(words.w2, words.w3, sign: address.sign)
                target.storeBytes(of: pair.0, toByteOffset: 128, as: SIMD8<Double>.self)
                target.storeBytes(of: pair.1, toByteOffset: 192, as: SIMD8<Double>.self)
            }
        }
    }

    /// Fills by groups of consecutive paths that share eight counters: number q of counter c belongs to path 8 q + c of
    /// the group, so that it is stored without a shuffle. A half of a group without a path in the buffer is left out.
    @inline(__always)
    private static func fill(
        _ buffer: UnsafeMutableBufferPointer<Double>, at address: RandomAddress, groupSize: Int,
        _ store: (_ words: Philox.Block, _ target: UnsafeMutableRawPointer, _ halves: (first: Bool, second: Bool)) ->
            Void
    ) {
        guard let base = buffer.baseAddress else { return }
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Philox.keyCount) { keys in
            guard let keys = keys.baseAddress else { return }
            let seed = address.seed
            Philox.fill(keys, first: UInt32(truncatingIfNeeded: seed), second: UInt32(truncatingIfNeeded: seed >> 32))
            var done = 0
            while done < buffer.count {
                let path = address.firstPath &+ done
                let offset = path & (groupSize - 1)
                let words = words(group: (path &- offset) / groupSize, address, keys)
                if offset == 0 && buffer.count - done >= groupSize {
                    store(words, UnsafeMutableRawPointer(base + done), (true, true))
                    done += groupSize
                } else {
                    let count = min(groupSize - offset, buffer.count - done)
                    withUnsafeTemporaryAllocation(of: Double.self, capacity: 32) {
                        guard let part = $0.baseAddress else { return }
                        let halves = (offset < groupSize / 2, offset + count > groupSize / 2)
                        store(words, UnsafeMutableRawPointer(part), halves)
                        (base + done).update(from: part + offset, count: count)
                    }
                    done += count
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
