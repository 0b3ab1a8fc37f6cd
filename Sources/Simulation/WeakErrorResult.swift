/// The weak errors of a model for one test function, and the order at which they fall.
public struct WeakErrorResult: Equatable, Sendable {
    public enum Method: String, Sendable {
        /// Computed on grids; the half-widths are 0.
        case deterministic
        /// Means over simulated paths.
        case sampled
    }

    /// The errors at one step size.
    public struct Entry: Equatable, Sendable {
        public let stepSize: Double
        /// The number of optimizer steps to the horizon.
        public let steps: Int
        /// Expectations of the test function at the horizon.
        public let optimizer: Double
        public let sde: Double
        public let ode: Double
        /// Half the width of the 95% interval of the error; 0 where nothing is sampled.
        public let halfwidth95: Double
        /// How much of the error may be the integrator's or the grid's rather than the model's.
        public let integratorError: Double
        /// How the model was integrated: `grid of 202 nodes`, `dt = eta/8, extrapolated`, `dt = eta`.
        public let integrator: String
        /// What the methods to reduce the variance won; `nil` where nothing is sampled.
        public let variance: VarianceReduction.Report?

        init(
            stepSize: Double, steps: Int, optimizer: Double, sde: Double, ode: Double, halfwidth95: Double,
            integratorError: Double, integrator: String, variance: VarianceReduction.Report? = nil
        ) {
            self.stepSize = stepSize
            self.steps = steps
            self.optimizer = optimizer
            self.sde = sde
            self.ode = ode
            self.halfwidth95 = halfwidth95
            self.integratorError = integratorError
            self.integrator = integrator
            self.variance = variance
        }

        /// The model's weak error.
        public var error: Double { sde - optimizer }
        /// The error of the ordinary differential equation `dX = b dt`.
        public var odeError: Double { ode - optimizer }
    }

    /// The name of the test function.
    public let test: String
    public let method: Method
    public let claimedOrder: Double
    public let entries: [Entry]
    /// False after a cancellation: the entries are those of the step sizes that were finished.
    public let isComplete: Bool
    public let notes: [String]
    /// What the model is called in print.
    public var modelName = "SDE"

    /// The fitted order; `nil` where the errors are not known well enough.
    public var fit: OrderFit? { fit { $0.error } }

    /// The order fitted to the errors of the ordinary differential equation.
    public var odeFit: OrderFit? { fit { $0.odeError } }

    public var verdict: OrderFit.Verdict { fit?.verdict(claimed: claimedOrder) ?? .undecided }

    private func fit(_ error: (Entry) -> Double) -> OrderFit? {
        let points = entries.map { entry in
            // Differences of a few units in the last place are rounding, whatever their spread.
            let rounding = 1e-13 * max(1, entry.optimizer.magnitude)
            return OrderFit.Point(
                stepSize: entry.stepSize, error: error(entry),
                halfwidth: entry.halfwidth95 + entry.integratorError + rounding)
        }
        return method == .deterministic ? OrderFit.extrapolation(points) : OrderFit.regression(points)
    }
}
