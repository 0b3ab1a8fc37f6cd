import Algebra

/// An expectation that does not exist or cannot be had.
public enum ProbabilityError: Error, Hashable, Sendable {
    /// The law has no moment of this order.
    case missingMoment(order: Int, law: NoiseLaw)
    /// A power of the noise above the bound.
    case degreeTooHigh(degree: Int, limit: Int)
    /// Nested kinks cut the noise into more pieces than the bound.
    case tooManyPieces(limit: Int)
    /// A parameter of the law lies outside of its range.
    case invalidParameter(law: NoiseLaw, requirement: String)
    /// The expectation of the body is infinite or does not exist.
    case divergent(body: Expression, law: NoiseLaw)
    /// A function in which draws of different coordinates meet.
    case coupledCoordinates(body: Expression)
    /// A function in which two draws meet.
    case coupledDraws(body: Expression)
    /// The mean of a minibatch takes more values than are summed over.
    case tooManyAtoms(law: NoiseLaw, limit: Int)
    case algebra(AlgebraError)
}

extension ProbabilityError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missingMoment(let order, let law):
            return "the noise law \(law) has no moment of order \(order), which this rule needs; "
                + "choose a law with lighter tails, or a rule that bounds the gradient (sign, clip)"
        case .degreeTooHigh(let degree, let limit):
            return "the noise occurs to the power \(degree); powers above \(limit) are refused"
        case .tooManyPieces(let limit):
            return "nested sign, abs, max, min or clip cut the noise into more than \(limit) pieces of unknown order; "
                + "declare the signs of the parameters inside them"
        case .invalidParameter(let law, let requirement): return "the noise law \(law) needs \(requirement)"
        case .divergent(let body, let law):
            return "the expectation of \(body) does not exist under the noise law \(law): it grows faster than the "
                + "tails of the law fall; bound the gradient (sign, clip, tanh)"
        case .coupledCoordinates(let body):
            return "the gradients of different coordinates meet in \(body), whose expectation is not known"
        case .coupledDraws(let body):
            return "both gradients of the step meet in \(body), whose expectation is not known"
        case .tooManyAtoms(let law, let limit):
            return
                "the mean of a minibatch of \(law) takes more than \(limit) values, too many to sum a function over that "
                + "is no polynomial; take a smaller batch or sample, or another law for large batches (gaussian)"
        case .algebra(let error): return error.description
        }
    }
}

extension NoiseLaw: CustomStringConvertible {
    public var description: String {
        if case .sample(let values, let batch) = self {
            let size = batch == 1 ? "" : " batch \(batch)"
            guard values.count > 8 else { return "sample(\(values.map { "\($0)" }.joined(separator: ", ")))\(size)" }
            return
                "sample(\(values.prefix(3).map { "\($0)" }.joined(separator: ", ")), ...: \(values.count) values)\(size)"
        }
        return arguments.isEmpty ? name : "\(name)(\(arguments.map { "\($0)" }.joined(separator: ", ")))"
    }
}
