/// A compiled loop over lanes; valid as long as the ``MachineCode`` that it belongs to.
package struct MachineLoop: @unchecked Sendable {
    private typealias Function =
        @convention(c) (
            _ slots: UnsafePointer<UnsafeMutablePointer<Double>>, _ shared: UnsafePointer<Double>, _ bytes: Int,
            _ constants: UnsafePointer<Double>
        ) -> Void

    private let function: Function
    private let constants: UnsafePointer<Double>

    init(function: UnsafeRawPointer, constants: UnsafeRawPointer) {
        self.function = unsafeBitCast(function, to: Function.self)
        self.constants = constants.assumingMemoryBound(to: Double.self)
    }

    /// Runs the loop.
    ///
    /// - Parameters:
    ///   - slots: for each slot, its lanes; two slots are the same lanes or do not overlap.
    ///   - shared: the shared values.
    ///   - lanes: a positive multiple of ``MachineCode/laneCount``.
    @inline(__always)
    package func run(
        slots: UnsafePointer<UnsafeMutablePointer<Double>>, shared: UnsafePointer<Double>, lanes: Int
    ) {
        function(slots, shared, lanes * 8, constants)
    }
}
