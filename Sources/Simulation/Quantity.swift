/// A number read off the state of a path, of which an ensemble reports statistics.
public struct Quantity: Sendable {
    public let name: String
    let body: @Sendable (_ states: LaneBlock, _ time: Double, _ values: UnsafeMutableBufferPointer<Double>) -> Void

    /// - Parameter body: writes one value for each lane.
    public init(
        _ name: String,
        _ body:
            @escaping @Sendable (
                _ states: LaneBlock, _ time: Double, _ values: UnsafeMutableBufferPointer<Double>
            ) -> Void
    ) {
        self.name = name
        self.body = body
    }

    /// One of the variables of the state.
    public static func variable(_ index: Int, named name: String) -> Quantity {
        Quantity(name) { states, _, values in _ = values.update(fromContentsOf: states[index]) }
    }
}
