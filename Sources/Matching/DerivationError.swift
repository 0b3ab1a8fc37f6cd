import Algebra
import Probability

/// Why a rule has no SDE of the kind asked for.
public enum DerivationError: Error, Hashable, Sendable {
    /// An increment does not shrink with the step size; with the jump process that describes the rule, where there is one.
    case noDiffusionLimit(state: Symbol, increment: Expression, jumpForm: JumpForm? = nil)
    /// A state follows the running maximum of a slow quantity: its limit is a reflected process.
    case reflected(RunningMaximum)
    /// An increment cannot be expanded in the step size.
    case cannotExpand(state: Symbol, increment: Expression, reason: String)
    /// A gradient is drawn too far from the position to be expanded there.
    case largeDisplacement(gradient: Symbol, displacement: Expression, weight: Weight)
    /// An expectation does not exist.
    case noMoment(state: Symbol, ProbabilityError)
    /// The batch size is given twice: by the law and by the option.
    case batchOfSample
    /// The covariance between coordinates cannot be had.
    case noCrossCovariance(reason: String)
    /// Order 2 cannot be had.
    case noSecondOrder(reason: String)
    /// `--graded matched` has no closed form for the rule.
    case noMatchedForm(reason: String)
    case unsupportedOrder(Int)
    case unknownParameter(name: String, known: [String])
    /// The position is of order 1: the loss is a given function of it.
    case sizedPosition(Symbol)
    /// The sizes of a regime do not fit together.
    case noRegime(reason: String)
    /// Fast states cannot be averaged over.
    case noAveragedModel(reason: String)
    /// The covariance has no closed root.
    case noDiffusionFactor(reason: String)
    case algebra(AlgebraError)
}

extension DerivationError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noDiffusionLimit(let state, let increment, let jumpForm):
            let remedy =
                jumpForm.map { "\($0)" }
                ?? ((increment + Expression(state)).contains(state)
                    ? "declare the rate of a moving average (beta = 1 - eta*rho), so that the state moves by a small amount a step"
                    : "\(state.name) is replaced at every step. Written as \(state.name)' = beta*\(state.name) + (1 - beta)*(...) "
                        + "with beta = 1 - eta*rho it can be averaged over: --regime 'rho=O(eta^-1)', where beta = 0 is this rule")
            return """
                there is no diffusion limit: the increment of \(state.name) does not shrink with the step size
                  Δ\(state.name) → \(increment) as eta → 0
                  conditions 1 and 4 of Mil'shtein's theorem fail for this state: its first and third moments are of order 1, \
                not eta
                  \(remedy.indented)
                """
        case .reflected(let maximum): return "there is no diffusion limit: \("\(maximum)".indented)"
        case .cannotExpand(let state, let increment, let reason):
            return """
                the increment of \(state.name) cannot be expanded in the step size: \(reason)
                  Δ\(state.name) = \(increment)
                """
        case .largeDisplacement(let gradient, let displacement, let weight):
            return """
                \(gradient) is drawn too far from the position to be expanded there: the displacement is O(eta^(\(weight)))
                  \(displacement)
                  displacements of O(eta^(1/2)) or smaller have an SDE: declare the size of the factor in front, such as \
                `parameter rho : positive, O(eta^1/2)`, or `O(eta)`
                """
        case .noMoment(let state, let error):
            return "the increment of \(state.name) has no moment that is needed: \(error)"
        case .batchOfSample:
            return "the batch of a finite sample is part of its law, as its mean has another law for every size: write "
                + "'sample(...) batch 4'"
        case .noCrossCovariance(let reason): return "there is no covariance between coordinates: \(reason)"
        case .noSecondOrder(let reason): return "there is no order-2 model: \(reason)"
        case .noMatchedForm(let reason): return "there is no matched form of the graded model: \(reason)"
        case .unsupportedOrder(let order): return "the order is 1 or 2, not \(order)"
        case .unknownParameter(let name, let known):
            return
                "the rule has nothing named '\(name)' that has a size; it has \(known.joined(separator: ", "))"
        case .sizedPosition(let position):
            return "the position \(position.name) is of size O(1), since the loss is a given function of it; "
                + "size the noise, the rates or the other states"
        case .noRegime(let reason): return "there is no such regime: \(reason)"
        case .noAveragedModel(let reason): return "there is no averaged model: \(reason)"
        case .noDiffusionFactor(let reason): return "the covariance has no closed root: \(reason)"
        case .algebra(let error): return error.description
        }
    }
}

extension String {
    /// The text with every further line indented as the first one is.
    fileprivate var indented: String {
        split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n  ")
    }
}
