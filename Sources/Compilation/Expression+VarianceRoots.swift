import Algebra
import ExactNumbers

extension Expression {
    /// How far below zero a variance may come by the rounding of its terms, relative to the sum of their sizes.
    private static let rounding = Expression(Rational(1, 1_000_000_000_000))

    /// The expression with the roots of sums kept real where only rounding makes the sum negative: there they are zero.
    ///
    /// A factor of a covariance has the roots of what is left of variances, sums that may cancel to nothing. A sum that is
    /// negative by more than rounding has no root, as before.
    package var guardingVarianceRoots: Expression {
        replacing { node in
            // What stands inside of an expectation is no variance.
            if case .expectation = node.content { return node }
            guard case .product(let coefficient, let factors) = node.content,
                factors.contains(where: { $0.isVarianceRoot })
            else { return nil }
            let guarded = factors.map { factor in
                let base = factor.base.guardingVarianceRoots
                guard factor.isVarianceRoot else { return Expression.power(base, factor.exponent) }
                let sizes = Expression.sum(of: factor.base.summands.map { abs($0) })
                return sqrt(max(base, min(.zero, base + Self.rounding * sizes)))
            }
            return Expression.product(of: [Expression(coefficient)] + guarded)
        }
    }
}

extension Expression.Factor {
    fileprivate var isVarianceRoot: Bool {
        guard case .sum = base.content, exponent == Expression.half else { return false }
        return !base.bounds.isNonnegative
    }
}
