/// A table of numbers of many states: row r of lane l stands at `base[r * stride + l]`.
///
/// The memory is the caller's; nothing is copied or checked.
public struct LaneRows {
    public let base: UnsafeMutablePointer<Double>
    public let stride: Int

    public init(_ base: UnsafeMutablePointer<Double>, stride: Int) {
        self.base = base
        self.stride = stride
    }

    /// The lanes of a row.
    @inlinable
    public subscript(row: Int) -> UnsafeMutablePointer<Double> { base + row * stride }

    /// The table that begins at a later row.
    func dropping(rows: Int) -> LaneRows { LaneRows(base + rows * stride, stride: stride) }

    /// The table that begins at a later lane.
    func dropping(lanes: Int) -> LaneRows { LaneRows(base + lanes, stride: stride) }
}
