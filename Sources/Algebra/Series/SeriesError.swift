/// Why an expression has no series, and where in it.
public enum SeriesError: Error, Hashable, Sendable {
    /// A root or logarithm of something whose leading coefficient has no known sign, or the wrong one.
    case unknownSign(of: Expression, in: Expression)
    /// A function with a kink, such as a sign, at an argument whose leading coefficient has no known sign and vanishes with
    /// the parameter.
    case kink(at: Expression, in: Expression)
    /// An exponential, sine or other function of something that grows without bound, or a singularity such as a
    /// logarithm at zero.
    case singular(in: Expression)
    /// A power with a symbolic exponent of something that goes to zero or grows.
    case symbolicPower(in: Expression)
    /// Which of two terms is the larger depends on zeta.
    case undecidedOrder(Weight, Weight, in: Expression)
    /// Whether a leading coefficient is zero could not be decided.
    case undecidedCoefficient(Expression, in: Expression)
    /// The series does not reach the order asked for within a fixed number of terms: powers of a graded quantity grow too
    /// slowly for some zeta, or leading terms cancel again and again.
    case tooManyTerms(limit: Int, in: Expression)
}

extension SeriesError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownSign(let coefficient, let place):
            return
                "\(place) has no series: the sign of its leading coefficient \(coefficient) is not known to be positive"
        case .kink(let coefficient, let place):
            return "\(place) has no series: it has a kink where \(coefficient) changes its sign; "
                + "take the expectation over the noise first"
        case .singular(let place): return "\(place) has no series: it is singular where the parameter vanishes"
        case .symbolicPower(let place):
            return "\(place) has no series: its base goes to zero or grows, and its exponent is not a number"
        case .undecidedOrder(let a, let b, let place):
            return "in \(place), which of the orders \(a) and \(b) is the larger depends on zeta"
        case .undecidedCoefficient(let coefficient, let place):
            return "\(place): whether the leading coefficient \(coefficient) is zero could not be decided"
        case .tooManyTerms(let limit, let place):
            return "the series of \(place) does not reach the order asked for within \(limit) terms"
        }
    }
}
