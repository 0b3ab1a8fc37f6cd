import Numerics

/// A process whose paths an ``EnsembleRun`` advances, one optimizer step of length `stepSize` at a time.
public protocol EnsembleProcess: Sendable {
    /// The name under which results are reported.
    var name: String { get }
    var stepSize: Double { get }
    var variableCount: Int { get }

    /// The number of variables of scratch memory that ``advance(_:firstPath:completedSteps:scratch:)`` asks for.
    var scratchCount: Int { get }

    /// Advances consecutive paths from time `completedSteps * stepSize` by one step.
    func advance(_ states: LaneBlock, firstPath: Int, completedSteps: Int, scratch: LaneBlock)
}

/// The optimizer itself.
public struct OptimizerProcess: EnsembleProcess {
    public let name = "optimizer"
    public let stepSize: Double
    let kernel: any OptimizerKernel
    let noise: NoiseSource
    private(set) var stream: RandomStream
    /// The kernel, where it takes its steps in blocks of coordinates.
    private let coordinatewise: (any CoordinatewiseOptimizer)?

    public init(_ kernel: any OptimizerKernel, noise: NoiseSource = .gaussian, stepSize: Double, seed: UInt64) {
        self.kernel = kernel
        self.noise = noise
        self.stepSize = stepSize
        stream = RandomStream(seed: seed)
        coordinatewise =
            if noise.isCoordinatewise, let kernel = kernel as? any CoordinatewiseOptimizer, kernel.isCoordinatewise {
                kernel
            } else { nil }
    }

    /// The same with the normal numbers of the other half of an antithetic pair.
    var mirrored: OptimizerProcess {
        var result = self
        result.stream = stream.mirrored
        return result
    }

    public var variableCount: Int { kernel.variableCount }
    public var scratchCount: Int { kernel.noiseCount + kernel.scratchCount }

    public func advance(_ states: LaneBlock, firstPath: Int, completedSteps: Int, scratch: LaneBlock) {
        if let coordinatewise { return advance(states, coordinatewise, firstPath, completedSteps, scratch) }
        let (draws, memory) = scratch.split(at: kernel.noiseCount)
        noise.fill(draws, stream: stream, firstPath: firstPath, step: completedSteps)
        kernel.advance(states, noise: draws, step: completedSteps + 1, scratch: memory)
    }

    private func advance(
        _ states: LaneBlock, _ kernel: any CoordinatewiseOptimizer, _ firstPath: Int, _ completedSteps: Int,
        _ scratch: LaneBlock
    ) {
        let draws = kernel.noiseCount / kernel.dimension
        for coordinates in CoordinateBlocks(dimension: kernel.dimension, lanes: states.lanes) {
            let (noise, memory) = scratch.split(at: draws * coordinates.count)
            for draw in 0..<draws {
                for (row, coordinate) in coordinates.enumerated() {
                    stream.fillNormal(
                        noise[draw * coordinates.count + row], firstPath: firstPath, step: completedSteps,
                        component: draw * kernel.dimension + coordinate)
                }
            }
            self.noise.transformNormals(noise)
            kernel.advance(states, coordinates: coordinates, noise: noise, step: completedSteps + 1, scratch: memory)
        }
    }
}
