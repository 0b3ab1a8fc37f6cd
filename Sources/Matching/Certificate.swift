import Algebra
import ExactNumbers
import Probability

/// The Mil'shtein conditions of a model, term by term.
///
/// Conditions 1 to 4 of Mil'shtein (1986, Theorem 2) in the form of Li, Tai and E (2017, Theorem 1): the moments of one
/// step of the optimizer and of the model over the time eta agree to O(eta^(order + 1)).
public struct Certificate: Hashable, Sendable {
    /// What is left of one moment after matching.
    public struct Residual: Hashable, Sendable {
        /// The moment, such as `E Δx` or `E Δx Δv`.
        public let moment: String
        /// The leading difference between optimizer and model; nil where only its weight is known.
        public let expression: Expression?
        /// The residual is O(eta^weight).
        public let weight: Weight
        /// For which zeta the residual is small enough.
        public let range: Weight.Range
    }

    public struct Condition: Hashable, Sendable {
        /// 1 to 4.
        public let number: Int
        public let statement: String
        public let residuals: [Residual]
        /// For which zeta the condition holds.
        public let range: Weight.Range
    }

    /// An entry of the covariance that the model leaves out.
    public struct DroppedCovariance: Hashable, Sendable {
        public let states: [Symbol]
        /// The entry of S = Cov(D1), without the factor eta^2.
        public let expression: Expression
        /// The weight of the entry in the second moment of one step, `eta^2 S`.
        public let weight: Weight
        /// For which zeta condition 2 tolerates the loss.
        public let tolerated: Weight.Range
    }

    /// A moment of the noise that the derivation or a condition uses.
    public struct RequiredMoment: Hashable, Sendable {
        public let order: Int
        public let purpose: String
        /// Whether the law has the moment; nil where it depends on a parameter.
        public let exists: Bool?
        public let requirement: String?
    }

    /// A set of states on which a coefficient is not smooth.
    public struct NonsmoothPoint: Hashable, Sendable {
        public let coefficient: Expression
        /// The coefficient is not smooth where this vanishes.
        public let vanishing: Expression
        /// Whether the coefficient jumps there.
        public let isDiscontinuous: Bool
    }

    /// The weak order claimed: 1 or 2.
    public let order: Int
    /// In a regime, one step takes the time eta^stepTime in units in which the position moves by an amount of order 1;
    /// nil where the noise and the states are of order 1.
    public let stepTime: Rational?
    public let level: MatchingLevel
    public let conditions: [Condition]
    public let droppedCovariances: [DroppedCovariance]
    public let requiredMoments: [RequiredMoment]
    public let nonsmoothPoints: [NonsmoothPoint]
    public let notes: [String]

    /// Whether all conditions hold, whatever zeta is, and no coefficient jumps.
    public var holds: Bool {
        conditions.allSatisfy { $0.range == .always } && requiredMoments.allSatisfy { $0.exists != false }
            && !nonsmoothPoints.contains(where: \.isDiscontinuous)
    }

    /// The claim in a line.
    public var verdict: String {
        let claim = claim
        if requiredMoments.contains(where: { $0.exists == false }) {
            return "\(claim): fails, the noise lacks a moment"
        }
        let range = conditions.map(\.range).reduce(Weight.Range.always) { $0.intersection($1) }
        if range != .always { return "\(claim): \(range)\(reachedOrder)" }
        if nonsmoothPoints.contains(where: \.isDiscontinuous) {
            return "\(claim): not covered by the theorem, a coefficient jumps"
        }
        return nonsmoothPoints.isEmpty
            ? "\(claim): holds" : "\(claim): holds away from the points where a coefficient is not smooth"
    }
}

extension Weight.Range: CustomStringConvertible {
    public var description: String {
        switch self {
        case .always: return "holds"
        case .never: return "fails"
        case .upTo(let zeta): return "holds only for ζ ≤ \(zeta)"
        case .from(let zeta): return "holds only for ζ ≥ \(zeta)"
        }
    }

    /// Where both hold.
    func intersection(_ other: Weight.Range) -> Weight.Range {
        switch (self, other) {
        case (.always, let range), (let range, .always): return range
        case (.never, _), (_, .never): return .never
        case (.upTo(let a), .upTo(let b)): return .upTo(min(a, b))
        case (.from(let a), .from(let b)): return .from(max(a, b))
        case (.upTo(let a), .from(let b)), (.from(let b), .upTo(let a)): return a >= b ? .upTo(a) : .never
        }
    }
}
