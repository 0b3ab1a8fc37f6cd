import Algebra
import ExactNumbers
import Rules

/// The coefficients of a model whose one-step mean agrees with the optimizer's at a fixed kappa = eta rho.
///
/// For one graded linear average `m' = m + kappa (h - m)` and other states whose increments are affine in `m`,
/// `D_b = eta (f_b + C_b m)`. With the other states frozen over a step the model's average relaxes at the rate
/// `L/eta`, `L = -ln(1 - kappa)`, so that its mean is exact, and a drift `gamma m + alpha` of another state has the mean
/// increment `eta (alpha + gamma (E h + (m - E h) kappa/L))`. Both are solved for the model:
///
///     b_m = (L/eta)(E h - m)
///     b_b = E f_b + C_b ((L/kappa) m - (L/kappa - 1) E h)
///     S_mm = 2 L T_mm/(1 - (1 - kappa)^2)
///     S_bm = (L/kappa)(T_bm - (C_b/kappa) eta S_mm (kappa/L - (1 - (1-kappa)^2)/(2L)))
///
/// with `T = Cov(D)/eta^2`. The noise of the other states is what they share with the average, through the same Brownian
/// motion, and what is independent of it; the part of `Cov(D_b, D_c)` that a continuous path cannot reproduce is of weight
/// `4 - 2 zeta`.
struct MatchedGrading {
    let drift: [Expression]
    let covariance: [[Expression]]
    /// The average whose relaxation is matched exactly.
    let average: Symbol

    struct Input {
        let states: [Symbol]
        let increments: [Expression]
        let covariance: [[Expression]]
        let sizes: [Symbol: Weight]
        let stepSize: Symbol
        let moments: OneStepMoments
    }

    /// - Returns: nil where no state is a graded average, so that nothing needs to be matched.
    init?(_ input: Input) throws(DerivationError) {
        let states = input.states
        let sizes = input.sizes.merging([input.stepSize: 1]) { $1 }
        let fast = states.indices.filter { input.increments[$0].weight(sizes).isNegative }
        guard let a = fast.first else { return nil }
        guard fast.count == 1 else {
            throw .noMatchedForm(
                reason:
                    "\(fast.map { states[$0].name }.joined(separator: " and ")) are graded averages; the closed form is for one"
            )
        }
        let average = Expression(states[a])
        let eta = Expression(input.stepSize)
        func isFree(_ expression: Expression) -> Bool {
            !expression.contains(states[a]) && !input.moments.sample.isRandom(expression)
        }
        func slope(_ index: Int) throws(DerivationError) -> Expression {
            do {
                return try input.increments[index].derivative(by: states[a]).simplified().expanded().commonFactored
            } catch {
                throw .algebra(error)
            }
        }
        /// What an affine increment is at a vanishing average.
        func rest(_ index: Int) -> Expression { input.increments[index].substituting(states[a], by: .zero) }
        let rate = try -slope(a)
        let target = rest(a) / rate
        guard isFree(rate), rate.bounds.isPositive else {
            throw .noMatchedForm(reason: "the update of \(states[a].name) is not a linear average")
        }
        let kappa = eta * rate
        let logarithm = -log(1 - kappa)
        let mean = try input.moments.mean(of: target, state: states[a])
        let ratio = logarithm / kappa

        var slopes = [Expression](repeating: .zero, count: states.count)
        var drift: [Expression] = []
        for b in states.indices {
            if b == a {
                drift.append(logarithm / eta * (mean - average))
                continue
            }
            slopes[b] = try slope(b)
            let other = rest(b)
            guard isFree(slopes[b]) else {
                throw .noMatchedForm(
                    reason:
                        "the increment of \(states[b].name) is not linear in the average \(states[a].name), with a coefficient free of noise"
                )
            }
            let own = try input.moments.mean(of: other, state: states[b])
            drift.append((own + slopes[b] * (ratio * average - (ratio - 1) * mean)).commonFactored)
        }

        let retained = 1 - (1 - kappa) ** 2
        let target2 = input.covariance
        var covariance = target2
        let own = (2 * logarithm / retained * target2[a][a])
        covariance[a][a] = own
        for b in states.indices where b != a {
            let shared = slopes[b] / kappa * eta * own * (kappa / logarithm - retained / (2 * logarithm))
            let entry = (ratio * (target2[b][a] - shared)).simplified().commonFactored
            covariance[b][a] = entry
            covariance[a][b] = entry
        }
        for b in states.indices where b != a {
            for c in states.indices where c != a && c >= b {
                // The noise shared with the average, and what is independent of it.
                let independent =
                    target2[a][a].isZero ? target2[b][c] : target2[b][c] - target2[b][a] * target2[a][c] / target2[a][a]
                let entry = (covariance[b][a] * covariance[a][c] / own + independent).simplified().commonFactored
                covariance[b][c] = entry
                covariance[c][b] = entry
            }
        }
        self.drift = drift
        self.covariance = covariance
        self.average = states[a]
    }
}
