import Algebra
import Rules

/// What an averaged model carries beside its formulas.
public struct Averages: Hashable, Sendable {
    /// The states that are averaged over.
    public let fastStates: [Symbol]
    /// The functions in the formulas that have no closed form.
    public let functions: [AveragedFunction]
    /// Expressions in parameters that must lie between -1 and 1 for the fast states to have a stationary law.
    public let contractions: [Expression]
    /// The stationary variance of one step of the position, `Cov_0`, where it has a closed form.
    public let presentVariance: Expression?
}
