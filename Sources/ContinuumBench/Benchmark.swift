/// A case to be timed.
///
/// What the operation returns tells that the work was done, such as the number of terms of the result or a mean loss: it is
/// added up, so that no compiler leaves the work out, and printed beside the time.
struct Benchmark: Sendable {
    let name: String
    /// How many units of work one call of the operation is, where a rate is of interest: path-steps, states.
    var unitsPerCall = 1.0
    /// What the units are; nil where only the time counts.
    var unit: String?
    /// Prepares the operation, outside of the timed region.
    let prepare: @Sendable () throws -> @Sendable () throws -> Double

    /// An operation whose result is counted.
    init(_ name: String, prepare: @escaping @Sendable () throws -> @Sendable () throws -> Int) {
        self.init(name, prepareCount: prepare)
    }

    /// An operation whose result is counted, of many units of work.
    init(
        _ name: String, units: Double, _ unit: String,
        prepare: @escaping @Sendable () throws -> @Sendable () throws -> Int
    ) {
        self.init(name, prepareCount: prepare)
        self.unitsPerCall = units
        self.unit = unit
    }

    /// An operation whose result is a number, of many units of work.
    init(
        _ name: String, units: Double, _ unit: String,
        prepareNumber: @escaping @Sendable () throws -> @Sendable () throws -> Double
    ) {
        self.name = name
        self.unitsPerCall = units
        self.unit = unit
        prepare = prepareNumber
    }

    private init(_ name: String, prepareCount: @escaping @Sendable () throws -> @Sendable () throws -> Int) {
        self.name = name
        prepare = {
            let operation = try prepareCount()
            return { Double(try operation()) }
        }
    }
}
