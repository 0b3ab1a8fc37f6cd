/// The loops over lanes, compiled for the registers of some processors.
///
/// The same source is compiled for several widths of registers. No operation is fused or reordered, so that all give the same
/// bits; only their speeds differ.
package protocol VectorUnit: Sendable {
    /// Runs instructions one after the other, each over all lanes.
    ///
    /// - Parameters:
    ///   - slots: for each slot, its lanes; two slots are the same lanes or do not overlap.
    ///   - shared: the shared values.
    static func run(
        _ instructions: UnsafeBufferPointer<VectorInstruction>, slots: UnsafePointer<UnsafeMutablePointer<Double>>,
        shared: UnsafePointer<Double>, lanes: Int)

    /// Fills the buffer with uniform numbers in the open interval (0, 1), one for each path.
    static func fillUniform(_ buffer: UnsafeMutableBufferPointer<Double>, at address: RandomAddress)

    /// Fills the buffer with standard normal numbers, one for each path.
    static func fillNormal(_ buffer: UnsafeMutableBufferPointer<Double>, at address: RandomAddress)

    /// a b.
    static func multiply(
        _ a: UnsafePointer<Double>, by b: Double, into target: UnsafeMutablePointer<Double>, _ count: Int)

    /// Adds a^2 b to the target.
    static func addSquare(
        _ a: UnsafePointer<Double>, times b: Double, to target: UnsafeMutablePointer<Double>, _ count: Int)

    /// Whether all numbers are finite.
    static func areFinite(_ a: UnsafePointer<Double>, _ count: Int) -> Bool

    /// The sum, in eight running sums.
    static func sum(_ a: UnsafePointer<Double>, _ count: Int) -> Double

    /// The sum of squared distances from a number, in eight running sums.
    static func sumOfSquares(_ a: UnsafePointer<Double>, from center: Double, _ count: Int) -> Double
}
