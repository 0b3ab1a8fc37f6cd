/// A case to be timed.
///
/// What the operation returns is a count that tells that the work was done, such as the number of terms of the result:
/// it is added up, so that no compiler leaves the work out, and printed beside the time.
struct Benchmark: Sendable {
    let name: String
    /// How many units of work one call of the operation is, where a rate is of interest: path-steps, states.
    var unitsPerCall = 1.0
    /// What the units are; nil where only the time counts.
    var unit: String?
    /// Prepares the operation, outside of the timed region.
    let prepare: @Sendable () throws -> @Sendable () throws -> Int

    init(_ name: String, prepare: @escaping @Sendable () throws -> @Sendable () throws -> Int) {
        self.name = name
        self.prepare = prepare
    }

    init(
        _ name: String, units: Double, _ unit: String,
        prepare: @escaping @Sendable () throws -> @Sendable () throws -> Int
    ) {
        self.name = name
        self.unitsPerCall = units
        self.unit = unit
        self.prepare = prepare
    }
}
