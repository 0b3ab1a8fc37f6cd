import Compilation

/// Why no source code can be written for a model.
public enum EmissionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A named expectation is left, which has no closed form.
    case expectation(String)
    /// The law of the noise is not specified, and a coefficient depends on it.
    case unspecifiedLaw
    /// The model averages over fast states, and its coefficients are integrals.
    case averagedModel
    /// Coordinates share noise, and the diffusion has no closed factor.
    case coupledCoordinates
    /// The model holds third derivatives of the loss.
    case thirdDerivatives
    /// The language has no such function.
    case noFunction(String, target: SourceTarget, targets: [SourceTarget])
    /// The formulas do not separate into those of one coordinate.
    case formulas(CompilationError)

    public var description: String {
        switch self {
        case .expectation(let text):
            return "there is no closed form to write: the model holds \(text)\n"
                + "'continuum evaluate' and the closures of the library compute it by quadrature."
        case .unspecifiedLaw:
            return "the law of the noise is not specified, and a coefficient depends on it\nChoose one with --noise."
        case .averagedModel:
            return "there is no closed form to write: the coefficients of an averaged model are integrals\n"
                + "'continuum evaluate' and the closures of the library compute them."
        case .coupledCoordinates:
            return "there is no closed form to write: coordinates share noise, and the diffusion is a factor of the "
                + "whole covariance matrix\n'continuum evaluate' and the closures of the library compute it."
        case .thirdDerivatives:
            return "the model holds third derivatives of f, and the code is given its gradient and Hessian\n"
                + "'continuum evaluate' and the closures of the library compute them."
        case .noFunction(let name, let target, let targets):
            let others = targets.map(\.rawValue).joined(separator: ", ")
            return "\(target.rawValue) has no function \(name)"
                + (targets.isEmpty ? "" : "\nTargets that have it: \(others).")
        case .formulas(let error): return "\(error)"
        }
    }
}
