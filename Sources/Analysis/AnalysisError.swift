import Algebra

/// Why a model has no analysis of the kind asked for.
public enum AnalysisError: Error, Hashable, Sendable {
    /// The law of the noise is not specified, so that the coefficients are names.
    case unspecifiedLaw
    /// The noise scale is a function of the position, which a quadratic landscape leaves open.
    case positionDependentNoise(Symbol)
    /// A coefficient still depends on the time when everything that decays is gone.
    case timeDependent(Expression)
    /// The position has a drift at the minimum.
    case driftAtMinimum(Expression)
    /// There is no linear model near the minimum.
    case noLinearization(reason: String)
    /// An expression is outside of what the generator acts on.
    case noGenerator(reason: String)
    /// The coefficients do not depend on the signal-to-noise ratio as phases need it.
    case noPhases(reason: String)
    /// There is no bound of the loss of this form.
    case noBound(reason: String)
    /// The schedule is not one that has a quasi-static level.
    case noSchedule(reason: String)
    /// No scaling of the hyperparameters does what is required.
    case noScaling(reason: String)
    case matrix(MatrixError)
    case algebra(AlgebraError)
}

extension AnalysisError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unspecifiedLaw:
            return "the law of the noise is not specified: choose one, such as --noise gaussian"
        case .positionDependentNoise(let scale):
            return "the noise scale \(scale) depends on the position: the analysis near a minimum takes it as constant"
        case .timeDependent(let coefficient):
            return """
                a coefficient depends on the time for ever: \(coefficient)
                leave a schedule out of the rule, and give it to --part schedule with --of
                """
        case .driftAtMinimum(let drift):
            return "the minimum is no equilibrium: the drift of the position there is \(drift)"
        case .noLinearization(let reason): return "there is no linear model near the minimum: \(reason)"
        case .noGenerator(let reason): return "the generator cannot be applied: \(reason)"
        case .noPhases(let reason): return "there are no phases: \(reason)"
        case .noBound(let reason): return "there is no bound of the loss: \(reason)"
        case .noSchedule(let reason): return "the schedule cannot be analyzed: \(reason)"
        case .noScaling(let reason): return "there is no scaling rule: \(reason)"
        case .matrix(let error): return "\(error)"
        case .algebra(let error): return "\(error)"
        }
    }
}
