/// An optimizer with a single state on one coordinate, as the grid solver needs it.
public struct ScalarOptimizer: Sendable {
    /// A function of position, standardized noise and step index.
    public typealias Function = @Sendable (_ x: Double, _ z: Double, _ step: Int) -> Double

    public let noise: NoiseMeasure
    /// The next iterate.
    public let next: Function
    /// The arguments of every `sign`, `abs`, `max` and `min` in the update: where one changes its sign as a function of
    /// the noise, the update has a kink or a jump.
    public let kinks: [Function]
    /// Whether the update depends on the step index.
    public let dependsOnStep: Bool

    public init(noise: NoiseMeasure, next: @escaping Function, kinks: [Function] = [], dependsOnStep: Bool = false) {
        self.noise = noise
        self.next = next
        self.kinks = kinks
        self.dependsOnStep = dependsOnStep
    }

    /// How far the noise may carry the iterate from its mean in the first step.
    func reachOfStep(from x: Double) -> Double {
        let outcomes = outcomes(at: x, step: 1).filter { $0.weight > 1e-10 }
        let mean = outcomes.reduce(0) { $0 + $1.weight * $1.value }
        return outcomes.reduce(0) { max($0, ($1.value - mean).magnitude) }
    }

    /// The values of the next iterate and their probabilities.
    func outcomes(at x: Double, step: Int) -> [(value: Double, weight: Double)] {
        noise.nodes(
            kinks: kinks.map { kink in { z in kink(x, z, step) } },
            of: { z in next(x, z, step) })
    }
}

/// The model `dX = b(X, t) dt + sqrt(eta) s(X, t) dW` of one coordinate with a single state, with `S = s^2`.
public struct ScalarDiffusion: Sendable {
    public typealias Function = @Sendable (_ x: Double, _ time: Double) -> Double

    /// The step size `eta` of the optimizer.
    public let stepSize: Double
    public let drift: Function
    /// `S`, without the factor `eta`.
    public let covariance: Function
    /// Whether drift or covariance depend on time.
    public let dependsOnTime: Bool

    public init(
        stepSize: Double, drift: @escaping Function, covariance: @escaping Function, dependsOnTime: Bool = false
    ) {
        self.stepSize = stepSize
        self.drift = drift
        self.covariance = covariance
        self.dependsOnTime = dependsOnTime
    }
}
