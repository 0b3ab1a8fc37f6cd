import Algebra
import ExactNumbers
import Probability
import Rules

/// The scalings of the noise and of the rates of a rule that have a limit of their own, and why the others have none.
///
/// The scale of the noise runs over a lattice of sizes. For each of them the rates are matched: they get the size
/// `eta^(tau - 1)` at which what they damp moves on the time of the position, found by iteration, and parameters that
/// are no rates the size at which they stand in the leading terms. Beside the matched rates slower, faster and fixed ones
/// are tried one at a time.
public struct RegimeSearch: Sendable {
    public struct Scaling: Sendable {
        /// What the scaling is, in a few words.
        public let title: String
        /// The sizes of the noise and of the parameters.
        public let sizes: [Size]
        public let outcome: Outcome
    }

    public struct Size: Hashable, Sendable {
        public let symbol: Symbol
        public let weight: Weight
    }

    public enum Outcome: Sendable {
        case limit(Derivation)
        /// No limit of its own, with the reason in a sentence.
        case none(reason: String)
    }

    public let rule: UpdateRule
    public let scalings: [Scaling]

    public var limits: [Scaling] { scalings.filter { if case .limit = $0.outcome { true } else { false } } }

    /// The sizes of the scale of the noise that are tried: eta to these powers.
    private static let noiseSizes: [Rational] = [.zero, Rational(-1, 2), -1, Rational(-3, 2)]

    /// - Parameters:
    ///   - options: the noise and the batch; sizes are chosen by the search.
    public init(of rule: UpdateRule, options: DerivationOptions = DerivationOptions()) {
        self.rule = rule
        var plan = RegimePlan(rule: rule, options: options)
        for noise in RegimeSearch.noiseSizes where !plan.isExhausted { plan.add(noise: noise) }
        scalings = plan.result
    }
}
