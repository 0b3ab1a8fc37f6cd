import Algebra
import Rules

/// An SDE written by a person beside the one derived for the same rule, coefficient by coefficient.
///
/// A difference counts by what it does to the moments of one step: that of a drift enters the first moment times eta, that
/// of an entry of S the second moment times eta^2. The weak order survives where both are O(eta^(order + 1)), conditions 1
/// and 2 of Mil'shtein's theorem. The noise agrees (M1c, M2) where the covariance does to O(eta^3).
public struct ModelComparison: Hashable, Sendable {
    /// A coefficient of the model.
    public enum Coefficient: Hashable, Sendable {
        case drift(Symbol)
        case covariance(Symbol, Symbol)
        /// That of the first state of a coordinate `i` with the second of another one `j`.
        case crossCovariance(Symbol, Symbol)
    }

    public enum Agreement: String, Hashable, Sendable {
        /// Proved equal.
        case agrees
        /// Proved different.
        case differs
        /// Neither could be proved.
        case undecided
    }

    /// What is wrong with a part of a coefficient.
    public enum Defect: String, Hashable, Sendable {
        /// The derived coefficient has the part as a term, the published one has not.
        case missing
        /// The published coefficient has the part as a term, the derived one has not.
        case extra
        /// Both have something there.
        case wrong
    }

    /// A recognisable part of a difference.
    public struct Part: Hashable, Sendable {
        public let defect: Defect
        /// Published minus derived.
        public let difference: Expression
    }

    /// One coefficient of both models.
    public struct Entry: Hashable, Sendable {
        public let coefficient: Coefficient
        public let published: Expression
        public let derived: Expression
        public let agreement: Agreement
        /// Published minus derived, in closed form.
        public let difference: Expression
        /// The difference as a sum; empty where the models agree.
        public let parts: [Part]
        /// The largest terms of the difference as the step size goes to zero.
        public let leading: Expression
        /// The moment of one step is off by O(eta^weight); nil where the models agree.
        public let weight: Weight?
        /// For which zeta the weak order survives the difference.
        public let weakOrder: Weight.Range
        /// For which zeta the model with the difference keeps the level of the derivation: M1c at order 1, M2 at order 2.
        public let matching: Weight.Range

        /// The condition of Mil'shtein's theorem that the coefficient enters: 1 or 2.
        public var condition: Int { if case .drift = coefficient { 1 } else { 2 } }
    }

    public enum Verdict: String, Hashable, Sendable {
        /// Every coefficient was proved equal.
        case agrees
        /// There are differences, and the weak order survives all of them.
        case agreesToOrder
        /// The weak order survives for some zeta only.
        case restricted
        /// A difference costs the weak order.
        case fails
        /// No difference costs the weak order, but some coefficient could not be decided.
        case undecided
    }

    /// The weak order claimed: 1 or 2.
    public let order: Int
    /// The drift of each state.
    public let drift: [Entry]
    /// The lower triangle of S, without the factor eta, then the entries between coordinates that a model has.
    public let covariance: [Entry]
    /// The level of matching of the derived model.
    public let derivedLevel: MatchingLevel
    /// What the certificate of the derived model says of its own weak order.
    public let derivedClaim: String
}

extension ModelComparison {
    public var entries: [Entry] { drift + covariance }
    /// The coefficients that differ or could not be decided.
    public var disagreements: [Entry] { entries.filter { $0.agreement != .agrees } }

    /// For which zeta the weak order survives the differences.
    public var weakOrder: Weight.Range {
        entries.map(\.weakOrder).reduce(Weight.Range.always) { $0.intersection($1) }
    }

    public var verdict: Verdict {
        if weakOrder == .never { return .fails }
        if entries.contains(where: { $0.agreement == .undecided }) { return .undecided }
        if weakOrder != .always { return .restricted }
        return disagreements.isEmpty ? .agrees : .agreesToOrder
    }

    /// How far the published model matches the optimizer, whatever zeta is; nil where it does not reach its weak order.
    public var level: MatchingLevel? {
        let matching = entries.map(\.matching).reduce(Weight.Range.always) { $0.intersection($1) }
        guard verdict == .agrees || verdict == .agreesToOrder else { return nil }
        return matching == .always ? derivedLevel : order == 1 ? .m1 : nil
    }

    /// Whether the published model is as good as the derived one: the weak order survives, and so does the level.
    public var passes: Bool { level == derivedLevel }

    public subscript(coefficient: Coefficient) -> Entry? { entries.first { $0.coefficient == coefficient } }
}

extension ModelComparison.Coefficient: CustomStringConvertible {
    /// `b[x]`, `S[x,v]`, `S[x_i,v_j]`.
    public var description: String {
        switch self {
        case .drift(let state): "b[\(state.name)]"
        case .covariance(let first, let second): "S[\(first.name),\(second.name)]"
        case .crossCovariance(let first, let second):
            "S[\(first.name)_\(UpdateRule.index),\(second.name)_\(UpdateRule.otherIndex)]"
        }
    }
}
