/// The values of some quantities on all paths of an ensemble, to be measured piece by piece.
///
/// Pieces are written by different threads, each to its own part.
final class Measurements: Sendable {
    let quantities: [Quantity]
    private let values: LaneStorage

    /// - Parameter paths: the number of paths of the ensemble.
    init(_ quantities: [Quantity], paths: Int) {
        self.quantities = quantities
        values = LaneStorage(uninitializedVariables: quantities.count, lanes: paths)
    }

    /// Measures the quantities on a piece whose first path is number `offset` of the ensemble.
    func measure(_ states: LaneBlock, time: Double, offset: Int) {
        for (number, quantity) in quantities.enumerated() {
            let part = values.block[number][offset..<offset + states.lanes]
            quantity.body(states, time, UnsafeMutableBufferPointer(rebasing: part))
        }
    }

    /// Calls the body with the values of a quantity, path by path.
    func withValues<Result>(of quantity: Int, _ body: (UnsafeBufferPointer<Double>) -> Result) -> Result {
        withExtendedLifetime(values) { body(UnsafeBufferPointer(values.block[quantity])) }
    }
}
