import Algebra
import ExactNumbers
import Probability
import Rules

extension Derivation {
    /// The states whose model is derived first, those averaged over last: the rule that simulations take.
    public var simulatedRule: UpdateRule {
        guard let averages = sde.averages else { return rule }
        let fast = rule.states.indices.filter { averages.fastStates.contains(rule.states[$0].symbol) }
        return rule.withStates(in: rule.states.indices.filter { !fast.contains($0) } + fast)
    }

    /// The averaged model of the slow states, where a rate is of size `eta^-1`.
    ///
    /// - Returns: nil where no state is fast.
    init?(averaging rule: UpdateRule, _ sizes: [Symbol: Weight], _ options: DerivationOptions) throws(DerivationError) {
        guard sizes.values.contains(TimeScales.fastSize) else { return nil }
        let sample = Derivation.sample(of: rule, options: options)
        let draw = sample.draws[0]
        if draw.correlation != nil {
            throw .noCrossCovariance(reason: "a state that is averaged over is so for independent noise only")
        }
        if let second = rule.laterGradients.first {
            throw .noAveragedModel(
                reason:
                    "the rule draws a second gradient \(second.symbol.name); the chain of a fast state takes one a step"
            )
        }
        if rule.updates.contains(where: sample.couplesCoordinates) {
            throw .noAveragedModel(reason: "the gradients of all coordinates meet in a sum or a norm")
        }
        guard let scales = try TimeScales(of: rule, sample: sample, sizes: sizes) else { return nil }
        let fastNames = scales.fast.map { rule.states[$0].name }.joined(separator: ", ")
        if options.order == 2 {
            throw .noSecondOrder(
                reason: "\(fastNames) moves by O(1) a step and is averaged over; the O(eta) correction of the averaged "
                    + "drift is the solution of a cell problem (a Poisson equation), which is not derived")
        }
        if options.grading == .matched {
            throw .noMatchedForm(reason: "\(fastNames) is averaged over, so that there is no relaxation to match")
        }
        if options.diffusion == .declared {
            throw .noAveragedModel(
                reason: "--diffusion declared is for published models of all states; an averaged one keeps its noise")
        }
        let states = scales.slow.map { rule.states[$0].symbol }
        let rates = try AveragedRates(scales, rule: rule)
        let averages = Averages(
            fastStates: scales.fast.map { rule.states[$0].symbol }, functions: rates.functions,
            contractions: rates.contractions, presentVariance: rates.presentVariance)
        sde = SDE(
            stepSize: rule.stepSize, time: UpdateRule.time, states: states, drift: rates.drift,
            covariance: rates.covariance, diffusion: try Derivation.root(of: rates.covariance),
            defaultValues: rule.defaultValues, averages: averages)
        certificate = Certificate(averaging: scales, rates, rule: rule)
        self.rule = rule
        self.options = options
        self.draw = draw
        increments = scales.increments
        leadingDrift = rates.drift
        driftCorrection = []
        fullCovariance = rates.covariance
        regime = nil
        steps = Derivation.steps(scales, rates, rule, draw, sde)
    }

    /// The diffusion by Cholesky's method; a pivot with a function in it of which no sign is known counts as positive.
    private static func root(of covariance: [[Expression]]) throws(DerivationError) -> [[Expression]] {
        let count = covariance.count
        var columns: [[Expression]] = []
        for pivot in 0..<count {
            func residual(_ row: Int) -> Expression {
                covariance[row][pivot] - Expression.sum(of: columns.map { $0[row] * $0[pivot] })
            }
            let variance = residual(pivot).simplified()
            if variance.isZeroTest() == .zero { continue }
            if variance.bounds.isNegative { throw .noDiffusionFactor(reason: "\(variance) is negative") }
            let square = variance.commonFactored
            let (coefficient, factors) = square.asProduct
            let isSum = if case .sum = square.content { true } else { coefficient.isNegative }
            // Squares come out of the root.
            let root =
                isSum
                ? sqrt(square)
                : Expression.product(
                    of: [sqrt(Expression(coefficient))]
                        + factors.map { factor in
                            factor.exponent == 2 && factor.base.bounds.isNonnegative
                                ? factor.base : sqrt(Expression.power(factor.base, factor.exponent))
                        })
            columns.append(
                (0..<count).map { row in
                    row < pivot ? .zero : row == pivot ? root : (residual(row) / root).simplified()
                })
        }
        return (0..<count).map { row in columns.map { $0[row] } }
    }

    private static func steps(
        _ scales: TimeScales, _ rates: AveragedRates, _ rule: UpdateRule, _ draw: GradientDraw, _ sde: SDE
    ) -> [DerivationStep] {
        let units = scales.scales.sorted { $0.key < $1.key }.map { state, power in
            "; \(state.name) is given in units of η^\(power)"
        }.joined()
        let chain = scales.chain
        var result = [
            DerivationStep(
                "Noise",
                "The gradient of coordinate i is g_i = \(draw.mean) + \(draw.scale) Z_i with Z_i \(draw.law), independent."
            ),
            DerivationStep(
                "Time scales",
                "At a fixed product of η and the rate, \(chain.states.map(\.name).joined(separator: ", ")) moves by O(1) "
                    + "a step: fast, a stationary chain while the other states are frozen\(units).",
                zip(chain.states, chain.next).map { .init("\($0.name)'", $1) }),
            DerivationStep(
                "Rates", "A slow state moves by η h a step.",
                zip(sde.states, scales.rates).map { .init("h_\($0.name)", $1) }),
            DerivationStep(
                "Average", rates.method.explanation, zip(sde.states, rates.drift).map { .init("b_\($0.name)", $1) }),
        ]
        var entries: [DerivationStep.Formula] = []
        for a in sde.states.indices {
            for c in a..<sde.states.count {
                entries.append(.init("S_\(sde.states[a].name)\(sde.states[c].name)", rates.covariance[a][c]))
            }
        }
        if let variance = rates.presentVariance { entries.append(.init("Cov0_\(sde.states[0].name)", variance)) }
        result.append(
            DerivationStep(
                "Long-run covariance",
                "Successive steps are correlated through the fast states: S = Cov_0 + Σ_(j≥1) (Cov_j + Cov_jᵀ) "
                    + "(Green and Kubo). The covariance of one step, Cov_0, is not the model's.", entries))
        return result
    }
}

extension AveragedRates.Method {
    var explanation: String {
        switch self {
        case .wholeEffect:
            return
                "Chain and rates are affine in the fast states: a gradient acts by the sum q of its effects on all later "
                + "steps, E h = E q and S = Cov(q), for any law of the noise."
        case .gaussian:
            return "The fast states are Gaussian, and h is a function of combinations of them: b = E h over their law."
        case .chain: return "b = E h over the stationary law of the chain, by quadrature of its transition operator."
        }
    }
}
