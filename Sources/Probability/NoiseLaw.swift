import Algebra

/// The law of the standardized gradient noise Z of one coordinate: the gradient drawn is `mu + sigma Z`.
///
/// Every law but Student's and a mixture has unit variance, so that `sigma` is the standard deviation.
public enum NoiseLaw: Hashable, Sendable {
    case gaussian
    /// Student's t with `nu > 0` degrees of freedom, not rescaled: `sigma` is a scale, and moments exist for orders below nu.
    case student(nu: Expression)
    case laplace
    /// Uniform on [-sqrt 3, sqrt 3].
    case uniform
    case logistic
    /// -1 or 1, each with probability 1/2.
    case rademacher
    /// A normal of scale `firstScale` with probability `weight`, of `secondScale` otherwise.
    case mixture(weight: Expression, firstScale: Expression, secondScale: Expression)
    /// Any law with the mean that the gradient has: expectations keep their names.
    case any
}

extension NoiseLaw {
    /// The name of the law in the rule language.
    public var name: String {
        switch self {
        case .gaussian: return "gaussian"
        case .student: return "student"
        case .laplace: return "laplace"
        case .uniform: return "uniform"
        case .logistic: return "logistic"
        case .rademacher: return "rademacher"
        case .mixture: return "mixture"
        case .any: return "any"
        }
    }

    /// The names of all laws, with their arguments, as the rule language spells them.
    public static let spellings = [
        "gaussian", "student(nu)", "laplace", "uniform", "logistic", "rademacher", "mixture(w, s1, s2)", "any",
    ]

    /// The law named in the rule language, given its arguments.
    ///
    /// - Returns: nil for an unknown name or a wrong number of arguments.
    public init?(name: String, arguments: [Expression]) {
        switch (name, arguments.count) {
        case ("gaussian", 0), ("normal", 0): self = .gaussian
        case ("student", 1): self = .student(nu: arguments[0])
        case ("laplace", 0): self = .laplace
        case ("uniform", 0): self = .uniform
        case ("logistic", 0): self = .logistic
        case ("rademacher", 0): self = .rademacher
        case ("mixture", 3): self = .mixture(weight: arguments[0], firstScale: arguments[1], secondScale: arguments[2])
        case ("any", 0): self = .any
        default: return nil
        }
    }

    /// The arguments of the law.
    public var arguments: [Expression] {
        switch self {
        case .student(let nu): return [nu]
        case .mixture(let weight, let first, let second): return [weight, first, second]
        default: return []
        }
    }

    /// Whether Z and -Z have the same law.
    public var isSymmetric: Bool { self != .any }
}
