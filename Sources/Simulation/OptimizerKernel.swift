/// One step of an optimizer on many paths at once.
public protocol OptimizerKernel: Sendable {
    /// The number of values that a path carries: states times coordinates.
    var variableCount: Int { get }

    /// The number of random numbers that a step uses, one for each coordinate of each fresh gradient draw.
    var noiseCount: Int { get }

    /// Replaces the states by the next iterates.
    ///
    /// - Parameters:
    ///   - states: the states of every lane, read and written.
    ///   - noise: standardized draws of the noise law, `noiseCount` variables of as many lanes.
    ///   - step: the index `k` of the step being taken, 1 for the first.
    func advance(_ states: LaneBlock, noise: LaneBlock, step: Int)

    /// The same in memory of `scratchCount` variables, of any values.
    func advance(_ states: LaneBlock, noise: LaneBlock, step: Int, scratch: LaneBlock)

    /// The number of variables of memory that a step needs; none by default.
    var scratchCount: Int { get }
}

extension OptimizerKernel {
    public var scratchCount: Int { 0 }

    public func advance(_ states: LaneBlock, noise: LaneBlock, step: Int, scratch: LaneBlock) {
        advance(states, noise: noise, step: step)
    }
}

/// An optimizer given as a closure.
public struct ClosureOptimizer: OptimizerKernel {
    public let variableCount: Int
    public let noiseCount: Int
    private let body: @Sendable (_ states: LaneBlock, _ noise: LaneBlock, _ step: Int) -> Void

    public init(
        variableCount: Int, noiseCount: Int,
        _ body: @escaping @Sendable (_ states: LaneBlock, _ noise: LaneBlock, _ step: Int) -> Void
    ) {
        self.variableCount = variableCount
        self.noiseCount = noiseCount
        self.body = body
    }

    public func advance(_ states: LaneBlock, noise: LaneBlock, step: Int) { body(states, noise, step) }
}
