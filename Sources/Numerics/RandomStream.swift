/// A stream of random numbers addressed by path, step and component.
///
/// Every number is a pure function of (seed, path, step, component): the order in which numbers are drawn, the number
/// of threads and the division of paths among machines cannot change them. Only additions, multiplications and divisions
/// of IEEE doubles are used, never the system's mathematical library, so that the bits are the same on every platform.
///
/// Paths and steps are taken modulo 2^48, components modulo 2^32. A number addressed as a uniform and one addressed as
/// a normal are not independent if their addresses agree: give each use of randomness its own component.
public struct RandomStream: Hashable, Sendable {
    public let seed: UInt64

    public init(seed: UInt64) { self.seed = seed }

    /// A uniform number in the open interval (0, 1): an odd multiple of 2^-53.
    public func uniform(path: Int, step: Int, component: Int) -> Double {
        let (first, second) = uniforms(group: path >> 4, step: step, component: component)
        return path & 8 == 0 ? first[path & 7] : second[path & 7]
    }

    /// A standard normal number, by the transformation of Box and Muller (1958).
    public func normal(path: Int, step: Int, component: Int) -> Double {
        let (first, second) = normals(group: path >> 4, step: step, component: component)
        return path & 8 == 0 ? first[path & 7] : second[path & 7]
    }

    /// Fills the buffer with the uniform numbers of consecutive paths at one step.
    public func fillUniform(
        _ buffer: UnsafeMutableBufferPointer<Double>, firstPath: Int, step: Int, component: Int
    ) {
        fill(buffer, firstPath: firstPath) { uniforms(group: $0, step: step, component: component) }
    }

    /// Fills the buffer with the normal numbers of consecutive paths at one step.
    public func fillNormal(
        _ buffer: UnsafeMutableBufferPointer<Double>, firstPath: Int, step: Int, component: Int
    ) {
        fill(buffer, firstPath: firstPath) { normals(group: $0, step: step, component: component) }
    }

    /// Sixteen consecutive paths form a group and share eight counters; the first eight take the first number of each
    /// counter and the last eight the second, so that both halves are stored without a shuffle.
    @inline(__always)
    private func fill(
        _ buffer: UnsafeMutableBufferPointer<Double>, firstPath: Int,
        _ numbers: (_ group: Int) -> (SIMD8<Double>, SIMD8<Double>)
    ) {
        guard let base = buffer.baseAddress else { return }
        var done = 0
        while done < buffer.count {
            let path = firstPath &+ done
            let (first, second) = numbers(path >> 4)
            let offset = path & 15
            if offset == 0 && buffer.count - done >= 16 {
                let raw = UnsafeMutableRawPointer(base + done)
                raw.storeBytes(of: first, as: SIMD8<Double>.self)
                (raw + 64).storeBytes(of: second, as: SIMD8<Double>.self)
                done += 16
            } else {
                let count = min(16 - offset, buffer.count - done)
                for lane in offset..<offset + count {
                    base[done + lane - offset] = lane < 8 ? first[lane] : second[lane & 7]
                }
                done += count
            }
        }
    }

    @inline(__always)
    private func uniforms(group: Int, step: Int, component: Int) -> (SIMD8<Double>, SIMD8<Double>) {
        let path = UInt64(truncatingIfNeeded: group) &* 8
        let step = UInt64(truncatingIfNeeded: step)
        // The counters of a group differ only in the lowest word, which does not overflow: it is a multiple of eight.
        let words = Philox.words(
            of: Philox.Block(
                SIMD8(repeating: path & 0xFFFF_FFFF) &+ SIMD8(0, 1, 2, 3, 4, 5, 6, 7),
                SIMD8(repeating: (path >> 32) & 0xFFFF | ((step >> 32) & 0xFFFF) << 16),
                SIMD8(repeating: step & 0xFFFF_FFFF),
                SIMD8(repeating: UInt64(UInt32(truncatingIfNeeded: component)))),
            key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
        return (Self.openUnit(words.w0, words.w1), Self.openUnit(words.w2, words.w3))
    }

    @inline(__always)
    private func normals(group: Int, step: Int, component: Int) -> (SIMD8<Double>, SIMD8<Double>) {
        let (u, angle) = uniforms(group: group, step: step, component: component)
        let radius = PortableFunctions.squareRoot(-2 * PortableFunctions.log(u))
        let (cosine, sine) = PortableFunctions.cosineAndSine(ofTurns: angle)
        return (radius * cosine, radius * sine)
    }

    /// 52 random bits as the middle of one of 2^52 equal parts of the unit interval.
    @inline(__always)
    private static func openUnit(_ low: SIMD8<UInt64>, _ high: SIMD8<UInt64>) -> SIMD8<Double> {
        let bits = ((high &<< 32 | low) &>> 12) | SIMD8(repeating: 0x3FF0_0000_0000_0000)
        return unsafeBitCast(bits, to: SIMD8<Double>.self) - 0x1.fffffffffffffp-1
    }
}
