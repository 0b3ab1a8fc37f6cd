import VectorTypes

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
        one { fillUniform($0, firstPath: path, step: step, component: component) }
    }

    /// A standard normal number of magnitude below 6.8.
    public func normal(path: Int, step: Int, component: Int) -> Double {
        one { fillNormal($0, firstPath: path, step: step, component: component) }
    }

    /// Fills the buffer with the uniform numbers of consecutive paths at one step.
    public func fillUniform(
        _ buffer: UnsafeMutableBufferPointer<Double>, firstPath: Int, step: Int, component: Int
    ) {
        VectorUnits.current.fillUniform(
            buffer, at: RandomAddress(seed: seed, firstPath: firstPath, step: step, component: component))
    }

    /// Fills the buffer with the normal numbers of consecutive paths at one step.
    public func fillNormal(
        _ buffer: UnsafeMutableBufferPointer<Double>, firstPath: Int, step: Int, component: Int
    ) {
        VectorUnits.current.fillNormal(
            buffer, at: RandomAddress(seed: seed, firstPath: firstPath, step: step, component: component, sign: sign))
    }

    private func one(_ fill: (UnsafeMutableBufferPointer<Double>) -> Void) -> Double {
        var value = 0.0
        withUnsafeMutablePointer(to: &value) { fill(UnsafeMutableBufferPointer(start: $0, count: 1)) }
        return value
    }
}
