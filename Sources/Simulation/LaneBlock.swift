/// The values of many paths, stored variable by variable: variable `v` of lane `l` is `values[v * lanes + l]`.
///
/// With `d` coordinates, state `a` of coordinate `i` is variable `a * d + i`: first all positions, then the first
/// auxiliary state of every coordinate, and so on.
///
/// A block does not own its memory and is written by one thread at a time.
public struct LaneBlock: @unchecked Sendable {
    public let values: UnsafeMutableBufferPointer<Double>
    public let lanes: Int

    public init(_ values: UnsafeMutableBufferPointer<Double>, lanes: Int) {
        self.values = values
        self.lanes = lanes
    }

    public var variables: Int { lanes == 0 ? 0 : values.count / lanes }

    /// One variable of every lane.
    public subscript(variable: Int) -> UnsafeMutableBufferPointer<Double> {
        UnsafeMutableBufferPointer(rebasing: values[variable * lanes..<(variable + 1) * lanes])
    }
}

/// Memory for a ``LaneBlock``, freed with its owner.
final class LaneStorage: Sendable {
    let block: LaneBlock

    init(variables: Int, lanes: Int) {
        let values = UnsafeMutableBufferPointer<Double>.allocate(capacity: variables * lanes)
        values.initialize(repeating: 0)
        block = LaneBlock(values, lanes: lanes)
    }

    deinit { block.values.deallocate() }
}
