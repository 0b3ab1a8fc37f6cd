/// Why a formula could not be made into a numerical kernel.
public enum CompilationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The formula contains an operation without a value.
    case undefined
    /// A symbol has no value: it is neither an input nor a parameter; `nearest` is the known name most like it.
    case unboundSymbol(String, nearest: String?)
    /// A function has no numerical kernel, such as a law that is not specified or a schedule without a definition.
    case noKernel(function: String)
    /// The formula is deeper or larger than the limit.
    case tooLarge(measure: String, limit: Int)
    /// A parameter of the formula was given no value.
    case missingParameter(String, given: [String])
    /// A value was given to a parameter that the formula does not have.
    case unknownParameter(String, nearest: String?, known: [String])
    /// A parameter's value lies outside of its range.
    case parameterOutOfRange(String, value: Double, range: String)
    /// Correlations of coordinates whose matrix is not positive semidefinite.
    case notCorrelations(String)
    /// A fast state forgets its past only where this expression, the factor of its previous value, is between -1 and 1.
    case notStationary(factor: String, value: Double)
    /// A sum over coordinates that is neither a sum of one coordinate's expression nor a product with derivatives of the
    /// gradient.
    case unsupportedSum(String)
    /// An expectation over more than the gradient noise of one coordinate that does not reduce to one length.
    case unsupportedExpectation(String)
    /// The model holds third derivatives of a loss that was given as functions without them.
    case noThirdDerivative
    /// A landscape without a dimension, or one that does not fit what is asked.
    case invalidDimension(Int)

    public var description: String {
        switch self {
        case .undefined: return "the formula contains an operation without a value, such as a division by zero"
        case .unboundSymbol(let name, let nearest):
            return "'\(name)' has no value" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
        case .noKernel(let function): return "the function '\(function)' cannot be evaluated numerically"
        case .tooLarge(let measure, let limit): return "the formula's \(measure) exceeds \(limit)"
        case .missingParameter(let name, let given):
            let list = given.isEmpty ? "none were given" : "given were \(given.joined(separator: ", "))"
            return "the parameter '\(name)' needs a value; \(list)"
        case .unknownParameter(let name, let nearest, let known):
            if let nearest { return "there is no parameter '\(name)'; did you mean '\(nearest)'?" }
            return "there is no parameter '\(name)'; the parameters are \(known.joined(separator: ", "))"
        case .parameterOutOfRange(let name, let value, let range): return "\(name) = \(value) is not \(range)"
        case .notCorrelations(let name):
            return
                "no noise has these correlations \(name): their matrix is not positive semidefinite; make them smaller"
        case .notStationary(let factor, let value):
            return
                "a fast state keeps the part \(factor) = \(value) of its value in a step: it has a stationary law only "
                + "between -1 and 1"
        case .unsupportedSum(let sum):
            return
                "\(sum) cannot be evaluated: a sum over coordinates has numbers where it is one of a single coordinate's "
                + "expression, or of derivatives of the gradient along one or two directions"
        case .unsupportedExpectation(let expectation):
            return
                "\(expectation) cannot be evaluated: an expectation has numbers over the gradient noise of one coordinate, "
                + "or of all coordinates where the noise is Gaussian and isotropic and they meet in one norm; "
                + "write `noise gaussian, isotropic`, or simulate the rule itself"
        case .noThirdDerivative:
            return "the model needs third derivatives of the loss; give the loss as a formula"
        case .invalidDimension(let d): return "a landscape has 1 to \(Landscape.largestDimension) coordinates, not \(d)"
        }
    }
}
