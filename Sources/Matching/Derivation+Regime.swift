import Algebra
import ExactNumbers
import Probability
import Rules

extension Derivation {
    /// The derivation in a regime where the noise, the batch or a state is not of order 1.
    ///
    /// With every quantity written as a power of eta times one of order 1, a mean increment is kept up to the time of a
    /// step, an entry of the covariance at its leading weight; what is left out is listed.
    init(of rule: UpdateRule, in requested: [Regime.Quantity], _ options: DerivationOptions) throws(DerivationError) {
        if options.grading == .matched {
            throw .noMatchedForm(reason: "it is derived for noise and states of order 1 only")
        }
        var options = options
        if requested.contains(where: { $0.symbol == UpdateRule.batchSize }) { options.usesBatch = true }
        let sample = Derivation.sample(of: rule, options: options)
        let draw = sample.draws[0]
        try Derivation.requireCorrelatable(rule, sample, options)
        if draw.correlation != nil {
            throw .noCrossCovariance(reason: "it is derived for noise and states of order 1 only")
        }
        let states = rule.states.map(\.symbol)
        let expansion = try RegimeExpansion(
            of: rule, sample: sample, requested: requested, usesBatch: options.usesBatch)
        let model = try RegimeModel(expansion)

        let kept = Derivation.keptStates(of: rule, options: options)
        let modelCovariance = states.indices.map { a in
            states.indices.map { c in kept[a] && kept[c] ? model.covariance[a][c] : .zero }
        }
        let factor: ExpressionMatrix
        do {
            factor = try ExpressionMatrix(modelCovariance).choleskyFactor()
        } catch {
            throw .noDiffusionFactor(reason: "\(error)")
        }
        sde = SDE(
            stepSize: rule.stepSize, time: UpdateRule.time, states: states, drift: model.drift,
            covariance: modelCovariance, diffusion: factor.rows, defaultValues: rule.defaultValues)
        certificate = try Certificate(of: model, expansion, kept: kept)
        if options.order == 2 {
            let excess = try RegimeCumulants(model, expansion).obstacle
            throw .noSecondOrder(reason: certificate.obstacleToOrderTwo(excess))
        }
        let regime = model.regime
        let written = Increments(
            exact: expansion.increments.exact, first: expansion.increments.first.map(expansion.restored),
            intermediate: states.map { _ in .zero },
            second: expansion.increments.second.map(expansion.restored), approximatesBiasCorrection: false)
        var steps = Derivation.steps(
            rule, sample, written, drift: model.drift, correction: [], covariance: model.covariance,
            sde: sde, graded: [:])
        let list = regime.quantities.map { "\($0.symbol.name) = O(η^(\($0.size)))" }.joined(separator: ", ")
        steps.insert(
            DerivationStep(
                "Regime",
                "With \(list) the position moves by an amount of order 1 within η^-(\(regime.stepTime)) steps. "
                    + "Mean increments are kept up to the relative size η^(\(regime.stepTime)), covariances at their "
                    + "leading size."),
            at: 2)
        self.steps = steps
        self.regime = regime
        self.rule = rule
        self.options = options
        self.draw = draw
        increments = written
        leadingDrift = model.drift
        driftCorrection = []
        fullCovariance = model.covariance
    }
}
