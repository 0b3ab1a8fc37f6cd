import Algebra
import ExactNumbers
import Probability

/// An affine chain `y' = A y + B g + c` under Gaussian noise: its stationary law, and that of functions of one combination.
struct GaussianChain {
    let affine: AffineChain
    /// B.
    let gain: [Expression]
    let mean: [Expression]
    /// The stationary covariance P = A P A^T + B B^T sigma^2.
    let covariance: [[Expression]]

    private var chain: FrozenChain { affine.chain }
    private var draw: GradientDraw { affine.chain.draw }
    private var variance: Expression { draw.scale ** 2 }

    /// - Returns: nil where the forcing is not affine in the gradient or the noise not Gaussian.
    init?(_ affine: AffineChain) throws(DerivationError) {
        guard affine.chain.draw.law == .gaussian else { return nil }
        self.affine = affine
        let draw = affine.chain.draw
        var gain: [Expression] = []
        for forcing in affine.forcing {
            let slope = forcing.derivative(by: draw.symbol).expandedIfPossible
            guard !slope.contains(draw.symbol) else { return nil }
            gain.append(slope)
        }
        self.gain = gain
        mean = try affine.accumulated(affine.forcing.map { $0.substituting(draw.symbol, by: draw.mean) })
            .map { $0.simplified().commonFactored }
        covariance = try GaussianChain.covariance(affine, gain, draw.scale ** 2)
    }

    private static func covariance(
        _ affine: AffineChain, _ gain: [Expression], _ variance: Expression
    ) throws(DerivationError) -> [[Expression]] {
        let n = gain.count
        let pairs = (0..<n).flatMap { a in (a..<n).map { (a, $0) } }
        func position(_ a: Int, _ c: Int) -> Int { pairs.firstIndex { $0 == (min(a, c), max(a, c)) } ?? 0 }
        var rows = pairs.map { _ in [Expression](repeating: .zero, count: pairs.count) }
        for (equation, (a, c)) in pairs.enumerated() {
            rows[equation][equation] = .one
            for k in 0..<n {
                for l in 0..<n {
                    let place = position(k, l)
                    rows[equation][place] = rows[equation][place] - affine.matrix[a, k] * affine.matrix[c, l]
                }
            }
        }
        do {
            let right = ExpressionMatrix(rowCount: pairs.count, columnCount: 1) { equation, _ in
                gain[pairs[equation].0] * gain[pairs[equation].1] * variance
            }
            let solution = try ExpressionMatrix(rows).solution(of: right)
            return (0..<n).map { a in (0..<n).map { solution[position(a, $0), 0] } }
        } catch {
            throw .noAveragedModel(reason: "the fast states have no stationary covariance: \(error)")
        }
    }

    // MARK: One combination

    func mean(of term: GaussianTerm) -> Expression {
        (Expression.sum(of: zip(term.slopes, mean).map { $0 * $1 }) + term.gradientSlope * draw.mean)
            .simplified().commonFactored
    }

    /// Cov(u, w) of two combinations at the same step.
    func presentCovariance(_ u: GaussianTerm, _ w: GaussianTerm) -> Expression {
        var terms = [u.gradientSlope * w.gradientSlope * variance]
        for a in gain.indices { for c in gain.indices { terms.append(u.slopes[a] * covariance[a][c] * w.slopes[c]) } }
        return Expression.sum(of: terms).simplified()
    }

    /// The root of the variance, which is positive.
    func deviation(of term: GaussianTerm) -> Expression {
        let variance = presentCovariance(term, term)
        let (content, factors) = variance.asProduct
        var coefficient = content
        let known = factors.filter { $0.base.bounds.isNonnegative }
        var unknown = factors.filter { !$0.base.bounds.isNonnegative }.map { (base: $0.base, exponent: $0.exponent) }
        func flip(_ k: Int) {
            guard unknown[k].exponent.number?.asInt?.isMultiple(of: 2) == false else { return }
            unknown[k].base = -unknown[k].base
            coefficient = -coefficient
        }
        // As in (kappa - 2)^-1, which stands for -(2 - kappa)^-1.
        for k in unknown.indices where unknown[k].base.leadsNegative { flip(k) }
        for k in unknown.indices where coefficient.isNegative { flip(k) }
        guard !coefficient.isNegative else { return sqrt(variance) }
        // A single factor of unknown sign is positive as the variance is; of two, both may be negative.
        let rest = Expression.product(of: unknown.map { Expression.power($0.base, $0.exponent) })
        return Expression.product(
            of: [sqrt(Expression(coefficient)), unknown.count == 1 ? Self.root(of: unknown[0]) : sqrt(rest)]
                + known.map { Self.root(of: ($0.base, $0.exponent)) })
    }

    private static func root(of factor: (base: Expression, exponent: Expression)) -> Expression {
        Expression.power(factor.base, factor.exponent.scaled(by: .half))
    }

    /// The expectation of a function of the combination, closed where the engine can close it.
    func expectation(
        of body: Expression, of term: GaussianTerm
    ) throws(ProbabilityError) -> Expression {
        let (centre, scale) = (Symbol("centre of u"), Symbol("scale of u", bounds: .positive))
        let draw = GradientDraw(
            symbol: GaussianTerm.variable, mean: Expression(centre), scale: Expression(scale), law: .gaussian)
        return try draw.expectation(of: body)
            .substituting([centre: mean(of: term), scale: deviation(of: term)])
    }

    // MARK: Two combinations at different steps

    /// The correlation of u now with w any number of steps later: `r_j = slopes_w A^(j-1) Cov(y_1, u_0)/(s_u s_w)`.
    func correlation(
        of u: GaussianTerm, withLater w: GaussianTerm
    ) -> (row: [Expression], column: [Expression]) {
        let product = (deviation(of: u) * deviation(of: w))
        let column = gain.indices.map { a in
            var terms = [gain[a] * u.gradientSlope * variance]
            for k in gain.indices {
                for l in gain.indices { terms.append(affine.matrix[a, k] * covariance[k][l] * u.slopes[l]) }
            }
            return (Expression.sum(of: terms).simplified() / product).simplified()
        }
        return (w.slopes, column)
    }
}
