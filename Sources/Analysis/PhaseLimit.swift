import Algebra
import ExactNumbers

/// A coefficient at small and at large signal-to-noise ratios.
public struct PhaseLimit: Sendable {
    /// The name of the coefficient: `b_x`, `S_xx`.
    public let name: String
    /// The coefficient in the ratio `Y = |d_i f|/(sqrt 2 sigma_i)`, for a positive gradient.
    public let coefficient: Expression
    /// The coefficient for small ratios: a drift to first order, a covariance to second; nil where there is no series.
    public let small: Expression?
    /// The next term for small ratios: the error of ``small``.
    public let smallError: Expression?
    /// The largest term for large ratios; nil where there is no series.
    public let large: Expression?
    /// The error of ``large``, exactly.
    public let largeError: Expression?

    /// The order in the ratio beyond which a term counts as the error.
    private static let furthestOrder: Rational = 8

    init(name: String, coefficient: Expression, order: Int) {
        self.name = name
        self.coefficient = coefficient
        let ratio = Phases.ratio
        let kept = PhaseLimit.series(of: coefficient, upTo: Weight(Rational(order) + Rational(1, 2)))
        small = kept
        var next: Expression?
        if kept != nil {
            var bound = Rational(order + 1)
            while next == nil, bound <= PhaseLimit.furthestOrder {
                bound = bound + 1
                let series = try? Series(of: coefficient, in: ratio, upTo: Weight(bound))
                next = series?.terms.first {
                    $0.weight.constant > Rational(order) && $0.coefficient.isZeroTest() != .zero
                }
                .flatMap { term in series?.expression(of: term).simplified() }
            }
        }
        smallError = next
        let inverse = Symbol(" inverse", bounds: .positive)
        let far = coefficient.substituting(ratio, by: 1 / Expression(inverse))
        let limit = (try? Series(of: far, in: inverse, upTo: Weight(Rational(1, 2)))).map { series in
            let leading = series.leading.map { series.expression(of: $0) } ?? .zero
            return leading.substituting(inverse, by: 1 / Expression(ratio)).simplified()
        }
        large = limit
        largeError = limit.map { (coefficient - $0).simplified() }
    }

    private static func series(of coefficient: Expression, upTo order: Weight) -> Expression? {
        (try? Series(of: coefficient, in: Phases.ratio, upTo: order)).map { $0.expression.simplified() }
    }

    /// Whether the coefficient is its small limit everywhere: linear as a drift, quadratic as a covariance.
    var isTrivial: Bool { small.map { $0.equals(coefficient) == .zero } ?? false }
}
