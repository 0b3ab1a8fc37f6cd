import Compilation

/// The values of many paths, stored variable by variable: variable `v` of lane `l` is `base[v * lanes + l]`.
///
/// With `d` coordinates, state `a` of coordinate `i` is variable `a * d + i`: first all positions, then the first
/// auxiliary state of every coordinate, and so on.
///
/// A block does not own its memory and is written by one thread at a time.
public struct LaneBlock: @unchecked Sendable {
    public let base: UnsafeMutablePointer<Double>
    public let variables: Int
    public let lanes: Int

    public init(_ base: UnsafeMutablePointer<Double>, variables: Int, lanes: Int) {
        self.base = base
        self.variables = variables
        self.lanes = lanes
    }

    /// All values.
    public var values: UnsafeMutableBufferPointer<Double> {
        UnsafeMutableBufferPointer(start: base, count: variables * lanes)
    }

    /// One variable of every lane.
    public subscript(variable: Int) -> UnsafeMutableBufferPointer<Double> {
        UnsafeMutableBufferPointer(start: base + variable * lanes, count: lanes)
    }

    /// The values as the compiled kernels take them.
    var rows: LaneRows { LaneRows(base, stride: lanes) }

    /// The first variables of a block that has at least as many, and the rest.
    func split(at variables: Int) -> (LaneBlock, LaneBlock) {
        (
            LaneBlock(base, variables: variables, lanes: lanes),
            LaneBlock(base + variables * lanes, variables: self.variables - variables, lanes: lanes)
        )
    }
}

/// Memory for a ``LaneBlock``, freed with its owner.
final class LaneStorage: Sendable {
    let block: LaneBlock

    /// Memory that is written before it is read.
    init(uninitializedVariables variables: Int, lanes: Int) {
        let base = UnsafeMutablePointer<Double>.allocate(capacity: max(1, variables * lanes))
        block = LaneBlock(base, variables: variables, lanes: lanes)
    }

    /// Zeros.
    convenience init(variables: Int, lanes: Int) {
        self.init(uninitializedVariables: variables, lanes: lanes)
        block.values.initialize(repeating: 0)
    }

    /// The same values in every lane.
    convenience init(repeating values: [Double], lanes: Int) {
        self.init(uninitializedVariables: values.count, lanes: lanes)
        for (variable, value) in values.enumerated() { block[variable].initialize(repeating: value) }
    }

    deinit { block.base.deallocate() }
}
