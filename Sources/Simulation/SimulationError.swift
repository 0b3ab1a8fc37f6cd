import Compilation
import Foundation
import Numerics
import Probability

/// Why a simulation or a numerical check has no result.
public enum SimulationError: Error, Sendable {
    /// A state stopped being finite; `saved` holds the statistics of the times before.
    case blewUp(process: String, step: Int, path: Int, saved: EnsembleSeries)
    /// A coefficient of the model is not finite at the given start.
    case coefficientNotFiniteAtStart(state: String, time: Double)
    /// The noise of a model that is singular at time 0 takes it out of the domain of its coefficients, also when it starts as
    /// late as this.
    case leavesDomain(startTime: Double)
    /// The covariance of the model is not positive semidefinite at the given start.
    case covarianceNotSemidefiniteAtStart(time: Double)
    /// The numbers of values given and needed differ.
    case startHasWrongCount(given: Int, needed: Int)
    /// A number that must be positive is not.
    case notPositive(name: String, value: Double)
    /// The grid solver did not settle: its last two results differ by `difference`, more than `tolerance`.
    case notResolved(process: String, difference: Double, tolerance: Double)
    /// The step size does not go into the horizon at least once.
    case horizonShorterThanStep(horizon: Double, stepSize: Double)
    /// A model, an optimizer or a test function could not be compiled.
    case compilation(CompilationError)
    /// The noise law cannot be sampled or lacks a moment.
    case noise(ProbabilityError)
    /// The expectation of a test function of the optimizer is infinite from this step on.
    case infiniteExpectation(test: String, step: Int, growth: NoiseGrowth, law: NoiseLaw)
    /// A moment could not be integrated over the noise.
    case quadrature(QuadratureError)
    /// A rule that draws more samples than the moments of a step are integrated over.
    case tooManySamples(Int, largest: Int)
    /// What an earlier run left does not belong to this one.
    case doesNotFit(process: String)
    /// An integrator that is not made for this model.
    case schemeDoesNotApply(IntegrationScheme, reason: String)
    /// A goal that would take more paths than may be run.
    case tooManyPaths(WeakErrorPlan, largest: Int)
    /// An error at the largest step size that a pilot does not tell from 0, so that no paths can be planned for its order.
    case errorNotSeen(stepSize: Double, halfwidth: Double, paths: Int)
    /// The user asked to stop before anything was finished.
    case cancelled
}

extension SimulationError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .blewUp(let process, let step, let path, _):
            "the \(process) left the finite numbers at step \(step) on path \(path); a smaller step size may help"
        case .coefficientNotFiniteAtStart(let state, let time):
            """
            the coefficients of d\(state) are not finite at the start (time \(time)); give finite auxiliary states, \
            for example --start v=0.01
            """
        case .leavesDomain(let time):
            """
            the model is singular at time 0, and its noise takes some path out of the domain of its coefficients also from a \
            start at t = \(String(format: "%.4g", time)) where the optimizer is: at such step sizes the noise of an average is as \
            large as the average
            Take smaller --etas, averages that start away from 0 such as --start v=0.5, or --diffusion declared.
            """
        case .covarianceNotSemidefiniteAtStart(let time):
            """
            the covariance between coordinates is not positive semidefinite at the start (time \(time)): no noise has it; \
            check the correlations
            """
        case .startHasWrongCount(let given, let needed):
            "the start has \(given) values where \(needed) are needed"
        case .notPositive(let name, let value):
            "\(name) must be positive, not \(value)"
        case .notResolved(let process, let difference, let tolerance):
            difference.isNaN
                ? "the \(process) leaves every grid, or the domain of its coefficients"
                : "the grid does not resolve the \(process): two grids differ by \(difference), more than \(tolerance)"
        case .horizonShorterThanStep(let horizon, let stepSize):
            "the horizon \(horizon) is shorter than one step of \(stepSize)"
        case .compilation(let error): "\(error)"
        case .noise(let error): "\(error)"
        case .infiniteExpectation(let test, let step, let growth, let law):
            """
            E[\(test)] of the optimizer is infinite after \(step) step\(step == 1 ? "" : "s"): \(test) grows like \
            |Z|^\(growth.degreeText) in the noise of \(step == 1 ? "the" : "a") step, and \(law) has no moment of that order
            Take a test function that is bounded, such as 'exp(-x1^2)', or a law with lighter tails.
            """
        case .quadrature(let error): "a one-step moment: \(error)"
        case .tooManySamples(let count, let largest):
            "a one-step moment: the rule draws \(count) samples, and moments are integrated over \(largest) at most"
        case .doesNotFit(let process):
            "what an earlier run left of the \(process) is of other paths or another model"
        case .schemeDoesNotApply(let scheme, let reason):
            "\(scheme.name) does not apply: \(reason)"
        case .tooManyPaths(let plan, let largest):
            switch plan.goal {
            case .halfwidth(let halfwidth):
                """
                a half-width of \(halfwidth) takes \(plan.paths) paths, more than \(largest), at eta = \(plan.stepSize); \
                \(largest) paths give about \(String(format: "%.2g", plan.halfwidth(with: largest) ?? 0))
                """
            case .separation:
                """
                telling the order from the next takes \(plan.paths) paths, more than \(largest), at eta = \(plan.stepSize)
                Take larger --etas, or a larger --paths.
                """
            }
        case .errorNotSeen(let stepSize, let halfwidth, let paths):
            """
            \(paths) paths do not tell the error at eta = \(stepSize) from 0: their 95% interval has the half-width \
            \(String(format: "%.2g", halfwidth))
            \(paths < WeakError.largestPilot ? "Allow more --paths, take" : "Take") larger --etas, or another test function.
            """
        case .cancelled:
            "stopped before anything was finished"
        }
    }
}

extension SimulationError {
    /// For a blow-up, whether it is that of a process of this name; `nil` for another error.
    func isBlowUp(of name: String) -> Bool? {
        guard case .blewUp(let process, _, _, _) = self else { return nil }
        return process == name
    }
}
