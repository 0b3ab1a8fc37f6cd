import Compilation

/// A model whose steps may be taken for some coordinates before the others, so that the states of many coordinates pass through
/// the caches once in a step.
protocol CoordinatewiseModel: DiffusionKernel {
    /// Whether a step of a coordinate needs nothing of the others.
    var isCoordinatewise: Bool { get }

    /// A step of some coordinates of a model that ``isCoordinatewise``: the normal numbers are theirs alone, the states those of
    /// all.
    func advance(
        _ states: LaneBlock, coordinates: Range<Int>, normals: LaneBlock, time: Double, by length: Double,
        scratch: LaneBlock)
}

/// An optimizer whose steps may be taken for some coordinates before the others.
protocol CoordinatewiseOptimizer: OptimizerKernel {
    var dimension: Int { get }

    /// Whether a step of a coordinate needs nothing of the others.
    var isCoordinatewise: Bool { get }

    /// A step of some coordinates of an optimizer that ``isCoordinatewise``: the draws are theirs alone, the states those of all.
    func advance(_ states: LaneBlock, coordinates: Range<Int>, noise: LaneBlock, step: Int, scratch: LaneBlock)
}

/// Coordinates in blocks whose numbers stay in the second cache.
struct CoordinateBlocks: Sequence, IteratorProtocol {
    private var rest: Range<Int>
    private let size: Int

    init(dimension: Int, lanes: Int) {
        rest = 0..<dimension
        size = Swift.max(1, 8192 / Swift.max(1, lanes))
    }

    mutating func next() -> Range<Int>? {
        let block = rest.prefix(size)
        rest = rest.dropFirst(size)
        return block.isEmpty ? nil : block
    }
}
