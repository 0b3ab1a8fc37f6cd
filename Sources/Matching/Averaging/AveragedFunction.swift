import Algebra
import Probability

/// A function that averaging gives rise to and that has no closed form: a mean over the stationary law of a fast state, or
/// a sum of its covariances over all later steps.
///
/// In formulas it stands as a function known by its name, applied to ``arguments``; what it is, in terms of ``parameters``,
/// is said by ``kind``.
public struct AveragedFunction: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case gaussian(GaussianCovarianceSum)
        case chainMean(FrozenFunction, Expression)
        case chainCovariance(FrozenFunction, Expression, Expression)
    }

    public let name: String
    /// The names of the arguments.
    public let parameters: [Symbol]
    /// What the function is applied to, in the quantities of coordinate `i`.
    public let arguments: [Expression]
    public let kind: Kind

    /// The function as expressions apply it.
    public var function: Function { .unnamed(name, derivatives: parameters.map { _ in 0 }) }
    /// The function applied to its arguments.
    public var value: Expression { .function(function, arguments) }

    /// The definition as a formula in words.
    public var definition: String {
        let head = "\(name)(\(parameters.map { Expression($0).text }.joined(separator: ", ")))"
        switch kind {
        case .gaussian(let sum): return "\(head) = \(sum)"
        case .chainMean(let chain, let body): return "\(head) = stationary mean of \(body.text), \(chain)"
        case .chainCovariance(let chain, let left, let right):
            let covariance =
                left == right
                ? "long-run variance of \(left.text)" : "long-run covariance of \(left.text) and \(right.text)"
            return "\(head) = \(covariance), \(chain)"
        }
    }
}

/// Covariances between functions of a stationary Gaussian sequence at different steps, summed over the steps.
///
/// `sum over j of Cov(left(Z_0), right(Z_j))`, where `Z_j` are standard normal numbers with the correlations given.
public struct GaussianCovarianceSum: Hashable, Sendable {
    /// r_j = row A^(j-1) column for j = 1, 2, ...
    public struct Correlation: Hashable, Sendable {
        public let row: [Expression]
        public let matrix: [[Expression]]
        public let column: [Expression]
    }

    /// Functions of the standardized noise ``GradientDraw/variable``.
    public let left: Expression
    public let right: Expression
    /// Cov(Z_0, Z'_0), where the term j = 0 belongs to the sum.
    public let present: Expression?
    /// Cov(left variable now, right variable j steps later), and the other way round.
    public let forward: Correlation
    public let backward: Correlation

    /// Whether the sum runs over j >= 1 in one direction only, both being the same.
    public var isOneSided: Bool { present == nil }
}

extension GaussianCovarianceSum: CustomStringConvertible {
    public var description: String {
        func at(_ body: Expression, _ step: String) -> String {
            body.substituting(GradientDraw.variable, by: Expression(Symbol("Z\(step)"))).text
        }
        let summand = "Cov(\(at(left, "0")), \(at(right, "_j")))"
        guard isOneSided else {
            return "Σ_j \(summand) over all steps j before and after, Z_j standard Gaussian, "
                + "Cov(Z0, Z_j) = \(forward.text), \(backward.text) backward, \(present?.text ?? "0") at j = 0"
        }
        return "Σ_(j≥1) \(summand), Z_j standard Gaussian, Cov(Z0, Z_j) = \(forward.text)"
    }
}

extension GaussianCovarianceSum.Correlation {
    /// `β^j`, or `r β^(j-1)`.
    var text: String {
        guard matrix.count == 1 else { return "a Aʲ⁻¹ b with a = \(row), A = \(matrix), b = \(column)" }
        let (first, ratio) = ((row[0] * column[0]), matrix[0][0])
        return first == ratio ? "\(ratio.text)^j" : "\(first.text) \(ratio.text)^(j-1)"
    }
}
