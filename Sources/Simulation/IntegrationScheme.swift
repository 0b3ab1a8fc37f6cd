import Compilation

/// How a step of a model is integrated.
public enum IntegrationScheme: String, CaseIterable, Sendable {
    /// Euler and Maruyama's scheme, of weak order 1 and strong order 1/2.
    case euler
    /// Mil'shtein's scheme for commutative noise, of weak and strong order 1.
    case milstein
    /// Platen's explicit scheme of weak order 2.
    case platen
    /// The exact step of a linear SDE with additive noise.
    case linear

    /// The name in print.
    public var name: String {
        switch self {
        case .euler: "Euler"
        case .milstein: "Milstein"
        case .platen: "Platen"
        case .linear: "the exact linear step"
        }
    }

    /// The order in `dt` at which expectations converge; `nil` where they are exact.
    public var weakOrder: Int? {
        switch self {
        case .euler, .milstein: 1
        case .platen: 2
        case .linear: nil
        }
    }

    /// Why the scheme is not made for a model; `nil` where it is.
    ///
    /// - Parameter jumps: whether the model is a jump form.
    public func objection(to model: any DiffusionKernel, jumps: Bool = false) -> String? {
        if self == .euler { return nil }
        if jumps { return "the model jumps, and only Euler's scheme stops at the jumps; ask for --scheme euler" }
        if model.couplesCoordinates {
            return "coordinates share noise, whose factor only Euler's scheme knows; ask for --scheme euler"
        }
        switch self {
        case .euler, .platen: return nil
        case .milstein:
            return model.form.commutes
                ? nil
                : "the noise is not seen to be commutative (L^p s_q = L^q s_p), and would need iterated integrals; "
                    + "ask for --scheme platen or euler"
        case .linear:
            guard model.form.isLinear else {
                return "the drift is not seen to be affine with constant diffusion; ask for --scheme platen or euler"
            }
            return model.variableCount <= LinearStep.largestVariableCount
                ? nil
                : "the exact covariance of \(model.variableCount) variables is too large a matrix (at most "
                    + "\(LinearStep.largestVariableCount)); ask for --scheme euler"
        }
    }

    /// The scheme's step for a model.
    ///
    /// - Parameter length: the step `dt` in time.
    /// - Throws: ``SimulationError/schemeDoesNotApply(_:reason:)``.
    func step(
        of model: any DiffusionKernel, length: Double, jumps: Bool = false
    ) throws(SimulationError) -> any IntegratorStep {
        if let reason = objection(to: model, jumps: jumps) { throw .schemeDoesNotApply(self, reason: reason) }
        switch self {
        case .euler: return EulerStep(model: model)
        case .milstein: return MilsteinStep(model)
        case .platen: return PlatenStep(model)
        case .linear: return try LinearStep(model, length: length)
        }
    }
}

/// One step of a model on many paths at once.
protocol IntegratorStep: Sendable {
    /// The number of standard normal numbers that a step takes beside the Brownian increments.
    var auxiliaryCount: Int { get }

    /// The number of variables of memory that a step needs.
    var scratchCount: Int { get }

    /// How many evaluations of all coefficients a step costs.
    var evaluationCount: Int { get }

    /// - Parameters:
    ///   - normals: the standardized Brownian increments, then the auxiliary numbers.
    ///   - length: the step `dt` in time.
    func advance(_ states: LaneBlock, normals: LaneBlock, time: Double, by length: Double, scratch: LaneBlock)
}

/// Euler and Maruyama's step `X + b dt + sqrt(eta dt) s Z`.
struct EulerStep: IntegratorStep {
    let model: any DiffusionKernel

    var auxiliaryCount: Int { 0 }
    var scratchCount: Int { model.scratchCount }
    var evaluationCount: Int { 1 }

    func advance(_ states: LaneBlock, normals: LaneBlock, time: Double, by length: Double, scratch: LaneBlock) {
        model.advance(states, normals: normals, time: time, by: length, scratch: scratch)
    }
}
