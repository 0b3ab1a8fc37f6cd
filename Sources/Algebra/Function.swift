/// A function that an expression can apply.
///
/// The set is small on purpose. `sqrt`, `exp`, `erfc`, `min`, `clip`, `step` and the normal density and distribution
/// function are constructors that rewrite to these, so that each value has few forms.
public enum Function: Hashable, Sendable {
    case sign, abs, max
    case log, erf, sin, cos, tanh, atan, asin
    case gamma
    /// The n-th derivative of the digamma function; `polygamma(0)` is digamma.
    case polygamma(Int)
    /// Gauss's 2F1(a, b; c; z).
    case hypergeometric2F1
    /// Kummer's 1F1(a; b; z).
    case kummer
    /// Cov(sign(a + X), sign(b + Y)) of standard normal X and Y with correlation r, in the arguments a, b and r.
    case signCovariance
    /// The n-th derivative of Dirac's delta; it arises when a sign is differentiated.
    case dirac(Int)
    /// P(u < 0) of a random u whose law is not specified.
    case probabilityNegative
    /// A function known by its name alone, such as a schedule `s(t)`, with the order of its derivative in each argument.
    case unnamed(String, derivatives: [Int])

    enum Parity { case even, odd, none }

    /// A number that orders functions, the same in every process.
    var rank: Int {
        switch self {
        case .sign: return 0
        case .abs: return 1
        case .max: return 2
        case .log: return 3
        case .erf: return 4
        case .sin: return 5
        case .cos: return 6
        case .tanh: return 7
        case .atan: return 8
        case .asin: return 9
        case .gamma: return 10
        case .hypergeometric2F1: return 11
        case .kummer: return 12
        case .probabilityNegative: return 13
        case .signCovariance: return 14
        case .polygamma(let n): return 1000 + Swift.min(n, 999)
        case .dirac(let n): return 2000 + Swift.min(n, 999)
        case .unnamed: return 3000
        }
    }

    static func precedes(_ a: Function, _ b: Function) -> Bool {
        if case .unnamed(let m, let p) = a, case .unnamed(let n, let q) = b {
            return m != n ? m < n : p.lexicographicallyPrecedes(q)
        }
        return a.rank < b.rank
    }

    /// How the function of one argument answers to a change of sign.
    var parity: Parity {
        switch self {
        case .sign, .erf, .sin, .tanh, .atan, .asin: return .odd
        case .abs, .cos: return .even
        case .dirac(let n): return n.isMultiple(of: 2) ? .even : .odd
        default: return .none
        }
    }

    /// What is known of the value, given the bounds of the arguments.
    func bounds(of arguments: [Bounds]) -> Bounds {
        let first = arguments.first ?? .real
        switch self {
        case .sign: return Bounds.signed.signed(like: first)
        case .abs: return first.magnitude
        case .erf, .tanh: return Bounds(-1, 1, lowerIsOpen: true, upperIsOpen: true).signed(like: first)
        case .sin, .cos: return .signed
        case .atan, .asin: return Bounds(-2, 2).signed(like: first)
        case .log:
            return first.lower >= 1 ? .nonnegative : first.isNonnegative && first.upper <= 1 ? .nonpositive : .real
        case .gamma: return first.isPositive ? .positive : .nonzero
        case .max:
            return Bounds(
                arguments.map(\.lower).max() ?? -.infinity, arguments.map(\.upper).max() ?? .infinity,
                excludesZero: arguments.contains { $0.isPositive } || arguments.allSatisfy { $0.isNegative })
        case .probabilityNegative: return Bounds(0, 1)
        case .signCovariance: return .signed
        default: return .real
        }
    }
}

extension Bounds {
    /// The part of these bounds that has the sign of `argument`, for an odd increasing function.
    fileprivate func signed(like argument: Bounds) -> Bounds {
        Bounds(
            argument.isNonnegative ? 0 : lower, argument.isNonpositive ? 0 : upper,
            lowerIsOpen: lowerIsOpen && !argument.isNonnegative, upperIsOpen: upperIsOpen && !argument.isNonpositive,
            excludesZero: argument.excludesZero)
    }
}
