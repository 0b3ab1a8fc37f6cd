/// How fewer paths are made to do.
public enum VarianceReduction: String, CaseIterable, Sendable {
    /// Coupled paths alone.
    case none
    /// Each path beside the one under the opposite normal numbers.
    case antithetic
    /// Quantities of mean 0 that go along with the test function are taken out: sums over the steps of what their noise
    /// does, or optimizer and model to first order about their mean paths.
    case control
    /// Both.
    case both

    var isAntithetic: Bool { self == .antithetic || self == .both }
    var usesControls: Bool { self == .control || self == .both }

    /// What a choice among the methods won.
    public struct Report: Equatable, Sendable {
        /// The method that was used.
        public let used: VarianceReduction
        /// The variance of independent sampling of optimizer and model over that of coupled paths.
        public let coupling: Double
        /// The variance of coupled paths over that with each method, by a pilot; empty without one.
        public let byMethod: [VarianceReduction: Double]
        /// The variance of independent sampling over that of the estimate, as many paths of each.
        public let total: Double
        /// The number of paths of the optimizer.
        public let paths: Int
    }
}
