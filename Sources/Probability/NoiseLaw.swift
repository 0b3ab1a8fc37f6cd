import Algebra
import ExactNumbers

/// The law of the standardized gradient noise Z of one coordinate: the gradient drawn is `mu + sigma Z`.
///
/// Every law but Student's, a mixture and a sample has unit variance, so that `sigma` is the standard deviation.
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
    /// The mean of `batch` draws, with replacement, from given values of mean zero: a minibatch of a finite sample.
    case sample(values: [Rational], batch: Int)
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
        case .sample: return "sample"
        case .any: return "any"
        }
    }

    /// The names of all laws, with their arguments, as the rule language spells them.
    public static let spellings = [
        "gaussian", "student(nu)", "laplace", "uniform", "logistic", "rademacher", "mixture(w, s1, s2)",
        "sample(z1, z2, ...)", "any",
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
        case ("sample", 2...):
            let values = arguments.compactMap(\.number)
            guard values.count == arguments.count, let law = NoiseLaw(sample: values) else { return nil }
            self = law
        case ("any", 0): self = .any
        default: return nil
        }
    }

    /// The arguments of the law.
    public var arguments: [Expression] {
        switch self {
        case .student(let nu): return [nu]
        case .mixture(let weight, let first, let second): return [weight, first, second]
        case .sample(let values, _): return values.map { Expression($0) }
        default: return []
        }
    }

    /// The law of the mean of `batch` draws, with replacement, from a sample of per-sample deviations.
    ///
    /// The mean of the values is subtracted from them: the gradient of the loss is the mean of the per-sample gradients,
    /// so that the noise has none.
    /// - Returns: nil unless there are two different values and the batch is at least 1.
    public init?(sample values: [Rational], batch: Int = 1) {
        guard let first = values.first, values.contains(where: { $0 != first }), batch >= 1 else { return nil }
        let mean = values.reduce(Rational.zero) { $0 + $1 } * Rational(1, values.count)
        self = .sample(values: values.map { $0 - mean }, batch: batch)
    }

    /// The law of the mean of a batch, of a sample; the law itself otherwise.
    public func withBatch(_ size: Int) -> NoiseLaw {
        guard case .sample(let values, _) = self else { return self }
        return .sample(values: values, batch: size)
    }

    /// The same law with other arguments in place of its own.
    public func replacingArguments(by arguments: [Expression]) -> NoiseLaw {
        if case .sample = self { return self }
        return NoiseLaw(name: name, arguments: arguments) ?? self
    }

    /// Whether the noise takes finitely many values.
    public var hasAtoms: Bool {
        switch self {
        case .rademacher, .sample: return true
        default: return false
        }
    }

    /// Whether Z and -Z have the same law.
    public var isSymmetric: Bool {
        switch self {
        case .any: return false
        case .sample(let values, _): return values.sorted() == values.map { -$0 }.sorted()
        default: return true
        }
    }
}
