/// What a weak-error check compares: the optimizer and its model for each of several step sizes.
public struct WeakErrorProblem: Sendable {
    /// Optimizer and model at one step size.
    public struct Instance: Sendable {
        public let stepSize: Double
        public let optimizer: any OptimizerKernel
        public let model: any DiffusionKernel
        /// The model of order 1 whose drift alone makes the ordinary differential equation shown beside.
        public let baseline: any DiffusionKernel
        /// The same three for the grid solver, where there is a single state on one coordinate.
        public let scalar: Scalar?
        /// The jumps of the model, where it is a jump form.
        public let events: EventKernel?
        /// A law of few points that may stand for the noise, where the rule is smooth in it.
        public let pointLaw: PointLaw?

        public init(
            stepSize: Double, optimizer: any OptimizerKernel, model: any DiffusionKernel,
            baseline: any DiffusionKernel, events: EventKernel? = nil, scalar: Scalar? = nil, pointLaw: PointLaw? = nil
        ) {
            self.events = events
            self.stepSize = stepSize
            self.optimizer = optimizer
            self.model = model
            self.baseline = baseline
            self.scalar = scalar
            self.pointLaw = pointLaw
        }
    }

    /// Optimizer and models of a single state.
    public struct Scalar: Sendable {
        public let optimizer: ScalarOptimizer
        public let model: ScalarDiffusion
        public let baseline: ScalarDiffusion

        /// Whether it matters at which time they start.
        var dependsOnTime: Bool { optimizer.dependsOnStep || model.dependsOnTime || baseline.dependsOnTime }

        public init(optimizer: ScalarOptimizer, model: ScalarDiffusion, baseline: ScalarDiffusion) {
            self.optimizer = optimizer
            self.model = model
            self.baseline = baseline
        }
    }

    /// A function of the state whose expectations are compared.
    public struct Test: Sendable {
        public let quantity: Quantity
        /// The same as a function of a single state.
        public let scalar: (@Sendable (Double) -> Double)?

        public init(_ quantity: Quantity, scalar: (@Sendable (Double) -> Double)? = nil) {
            self.quantity = quantity
            self.scalar = scalar
        }
    }

    public let instances: [Instance]
    public let noise: NoiseSource
    public let initial: [Double]
    /// Where the models start; `nil` to choose, see ``ModelStart/chosen(for:optimizer:initial:stateNames:)``.
    public let modelStart: ModelStart?
    /// The number of optimizer steps, at the largest step size, before the start that is chosen for a model that is singular
    /// at time 0; half of all steps where that is less.
    var startStep = 1
    /// The time at which the optimizer starts from ``initial``; the models then start there too.
    public let initialTime: Double
    /// The time from the start to the comparison.
    public let horizon: Double
    public let tests: [Test]
    /// The weak order that the model is said to have.
    public let claimedOrder: Double
    /// One for each state of a coordinate.
    public let stateNames: [String]

    public init(
        instances: [Instance], noise: NoiseSource = .gaussian, initial: [Double], modelStart: ModelStart? = nil,
        initialTime: Double = 0, horizon: Double, tests: [Test], claimedOrder: Double, stateNames: [String]
    ) {
        self.instances = instances
        self.noise = noise
        self.initial = initial
        self.modelStart = modelStart
        self.initialTime = initialTime
        self.horizon = horizon
        self.tests = tests
        self.claimedOrder = claimedOrder
        self.stateNames = stateNames
    }
}
