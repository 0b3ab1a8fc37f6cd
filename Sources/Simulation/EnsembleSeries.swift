/// Statistics of an ensemble at the times at which they were saved.
public struct EnsembleSeries: Equatable, Sendable {
    /// The statistics of one quantity at one time.
    public struct Row: Equatable, Sendable {
        public let step: Int
        public let time: Double
        public let quantity: String
        public let summary: SampleSummary
    }

    /// `optimizer`, `sde` or the name of another model.
    public let process: String
    /// The number of paths.
    public let paths: Int
    /// In order of time, and at each time in the order of the quantities.
    public internal(set) var rows: [Row] = []
    /// Whether the last requested time was reached: false after a cancellation or a blow-up.
    public internal(set) var isComplete = false
    /// Where an incomplete series ends.
    public internal(set) var stop = "stopped before the last time"
    public internal(set) var quantiles = QuantileMethod.exact
    /// What a reader must know to read the numbers: the start of a singular model, the integrator's step.
    public var notes: [String] = []
}
