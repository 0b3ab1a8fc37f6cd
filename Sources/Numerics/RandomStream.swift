/// A stream of random numbers addressed by path, step and component.
///
/// Every number is a pure function of (seed, path, step, component): the order in which numbers are drawn, the number
/// of threads and the division of paths among machines cannot change them. Only additions, multiplications, divisions
/// and square roots of IEEE doubles are used, never the system's mathematical library, so that the bits are the same on
/// every platform.
///
/// Paths and steps are taken modulo 2^48, components modulo 2^32. A number addressed as a uniform and one addressed as
/// a normal are not independent if their addresses agree: give each use of randomness its own component.
public struct RandomStream: Hashable, Sendable {
    public let seed: UInt64
    /// The sign of all normal numbers.
    private var sign = 1.0

    public init(seed: UInt64) { self.seed = seed }

    /// The stream with the signs of all normal numbers turned: the other half of an antithetic pair.
    public var mirrored: RandomStream {
        var result = self
        result.sign = -sign
        return result
    }

    /// A uniform number in the open interval (0, 1): an odd multiple of 2^-53.
    public func uniform(path: Int, step: Int, component: Int) -> Double {
        let (first, second) = uniforms(group: path >> 4, step: step, component: component)
        return path & 8 == 0 ? first[path & 7] : second[path & 7]
    }

    /// A standard normal number of magnitude below 6.8; see ``normals(group:step:component:)``.
    public func normal(path: Int, step: Int, component: Int) -> Double {
        let numbers = normals(group: path >> 5, step: step, component: component)
        switch path & 24 {
        case 0: return numbers.0[path & 7]
        case 8: return numbers.1[path & 7]
        case 16: return numbers.2[path & 7]
        default: return numbers.3[path & 7]
        }
    }

    /// Fills the buffer with the uniform numbers of consecutive paths at one step.
    public func fillUniform(
        _ buffer: UnsafeMutableBufferPointer<Double>, firstPath: Int, step: Int, component: Int
    ) {
        fill(buffer, firstPath: firstPath, groupSize: 16) { group, target, halves in
            let words = words(group: group, step: step, component: component)
            if halves.first { target.storeBytes(of: Self.openUnit(words.w0, words.w1), as: SIMD8<Double>.self) }
            if halves.second {
                target.storeBytes(of: Self.openUnit(words.w2, words.w3), toByteOffset: 64, as: SIMD8<Double>.self)
            }
        }
    }

    /// Fills the buffer with the normal numbers of consecutive paths at one step.
    public func fillNormal(
        _ buffer: UnsafeMutableBufferPointer<Double>, firstPath: Int, step: Int, component: Int
    ) {
        fill(buffer, firstPath: firstPath, groupSize: 32) { group, target, halves in
            let words = words(group: group, step: step, component: component)
            if halves.first {
                let pair = VectorFunctions.normalPair(words.w0, words.w1, sign: sign)
                target.storeBytes(of: pair.0, as: SIMD8<Double>.self)
                target.storeBytes(of: pair.1, toByteOffset: 64, as: SIMD8<Double>.self)
            }
            if halves.second {
                let pair = VectorFunctions.normalPair(words.w2, words.w3, sign: sign)
                target.storeBytes(of: pair.0, toByteOffset: 128, as: SIMD8<Double>.self)
                target.storeBytes(of: pair.1, toByteOffset: 192, as: SIMD8<Double>.self)
            }
        }
    }

    /// Fills by groups of consecutive paths that share eight counters: number q of counter c belongs to path 8 q + c of
    /// the group, so that it is stored without a shuffle. A half of a group without a path in the buffer is left out.
    @inline(__always)
    private func fill(
        _ buffer: UnsafeMutableBufferPointer<Double>, firstPath: Int, groupSize: Int,
        _ store: (_ group: Int, _ target: UnsafeMutableRawPointer, _ halves: (first: Bool, second: Bool)) -> Void
    ) {
        guard let base = buffer.baseAddress else { return }
        var done = 0
        while done < buffer.count {
            let path = firstPath &+ done
            let offset = path & (groupSize - 1)
            let group = (path &- offset) / groupSize
            if offset == 0 && buffer.count - done >= groupSize {
                store(group, UnsafeMutableRawPointer(base + done), (true, true))
                done += groupSize
            } else {
                let count = min(groupSize - offset, buffer.count - done)
                withUnsafeTemporaryAllocation(byteCount: groupSize * 8, alignment: 64) {
                    guard let part = $0.baseAddress else { return }
                    store(group, part, (offset < groupSize / 2, offset + count > groupSize / 2))
                    (base + done).update(
                        from: part.assumingMemoryBound(to: Double.self) + offset, count: count)
                }
                done += count
            }
        }
    }

    /// The random words of the eight counters of a group.
    @inline(__always)
    private func words(group: Int, step: Int, component: Int) -> Philox.Block {
        let path = UInt64(truncatingIfNeeded: group) &* 8
        let step = UInt64(truncatingIfNeeded: step)
        // The counters of a group differ only in the lowest word, which does not overflow: it is a multiple of eight.
        return Philox.words(
            of: Philox.Block(
                SIMD8(repeating: path & 0xFFFF_FFFF) &+ SIMD8(0, 1, 2, 3, 4, 5, 6, 7),
                SIMD8(repeating: (path >> 32) & 0xFFFF | ((step >> 32) & 0xFFFF) << 16),
                SIMD8(repeating: step & 0xFFFF_FFFF),
                SIMD8(repeating: UInt64(UInt32(truncatingIfNeeded: component)))),
            key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    }

    @inline(__always)
    private func uniforms(group: Int, step: Int, component: Int) -> (SIMD8<Double>, SIMD8<Double>) {
        let words = words(group: group, step: step, component: component)
        return (Self.openUnit(words.w0, words.w1), Self.openUnit(words.w2, words.w3))
    }

    /// Two pairs of normal numbers from each counter, by the transformation of Box and Muller (1958).
    ///
    /// A word of 32 bits gives the radius and one the angle. The radius is then at most sqrt(66 log 2) = 6.76, which a
    /// normal number exceeds with probability 1.4e-11, and the moments are off by less than 1e-9.
    @inline(__always)
    private func normals(
        group: Int, step: Int, component: Int
    ) -> (SIMD8<Double>, SIMD8<Double>, SIMD8<Double>, SIMD8<Double>) {
        let words = words(group: group, step: step, component: component)
        let first = VectorFunctions.normalPair(words.w0, words.w1, sign: sign)
        let second = VectorFunctions.normalPair(words.w2, words.w3, sign: sign)
        return (first.0, first.1, second.0, second.1)
    }

    /// 52 random bits as the middle of one of 2^52 equal parts of the unit interval.
    @inline(__always)
    private static func openUnit(_ low: SIMD8<UInt64>, _ high: SIMD8<UInt64>) -> SIMD8<Double> {
        let bits = ((high &<< 32 | low) &>> 12) | SIMD8(repeating: 0x3FF0_0000_0000_0000)
        return unsafeBitCast(bits, to: SIMD8<Double>.self) - 0x1.fffffffffffffp-1
    }
}
