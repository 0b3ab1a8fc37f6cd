import Algebra

/// A stochastic differential equation dY = b(Y, t) dt + sqrt(eta) s(Y, t) dW, written for one coordinate.
///
/// Every coordinate `i` has the same equations, in its own states, its own component `d_i f` of the gradient and its own
/// noise scale `sigma_i`; coordinates meet through the gradient and, at order 2, through sums over the Hessian. The
/// Brownian motions of different coordinates are independent.
public struct SDE: Sendable, Hashable {
    /// The step size eta of the optimizer, the small parameter.
    public let stepSize: Symbol
    /// The time t.
    public let time: Symbol
    /// The states of coordinate `i`; the first is the position.
    public let states: [Symbol]
    /// The drift b of each state.
    public let drift: [Expression]
    /// The covariance S = s s^T of the states, without the factor eta.
    public let covariance: [[Expression]]
    /// The diffusion s, a row for each state and a column for each Brownian motion of the coordinate.
    public let diffusion: [[Expression]]
    /// The values of parameters where none are given, by name.
    public let defaultValues: [String: Double]

    public init(
        stepSize: Symbol, time: Symbol, states: [Symbol], drift: [Expression], covariance: [[Expression]],
        diffusion: [[Expression]], defaultValues: [String: Double] = [:]
    ) {
        self.stepSize = stepSize
        self.time = time
        self.states = states
        self.drift = drift
        self.covariance = covariance
        self.diffusion = diffusion
        self.defaultValues = defaultValues
    }
}
