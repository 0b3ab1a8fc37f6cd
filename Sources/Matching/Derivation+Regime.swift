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
        let kept = Derivation.keptStates(of: rule, options: options)
        var expansion = try RegimeExpansion(
            of: rule, sample: sample, requested: requested, usesBatch: options.usesBatch)
        var model = try RegimeModel(expansion)
        var certificate = try Certificate(of: model, expansion, kept: kept)
        var correction: RegimeCorrection?
        if options.order == 2 {
            if let excess = try RegimeCumulants(of: expansion.increments.first, model, expansion).obstacle {
                throw .noSecondOrder(reason: certificate.obstacleToOrderTwo(excess))
            }
            try Derivation.requireCorrectable(
                model, expansion, try Certificate(of: model, expansion, kept: states.map { _ in true }))
            expansion = try RegimeExpansion(
                of: rule, sample: sample, requested: requested, usesBatch: options.usesBatch, reaching: 3)
            model = try RegimeModel(expansion)
            if let excess = try RegimeCumulants(of: expansion.wholeIncrements, model, expansion).obstacle {
                throw .noSecondOrder(reason: certificate.obstacleToOrderTwo(excess))
            }
            let found = try RegimeCorrection(model, expansion)
            certificate = Certificate(orderTwo: found, expansion, kept: kept, orderOne: certificate)
            correction = found
        }
        func keeping(_ entries: [[Expression]]) -> [[Expression]] {
            entries.enumerated().map { a, row in row.enumerated().map { c, entry in kept[a] && kept[c] ? entry : .zero }
            }
        }
        let covariance = correction?.covariance ?? model.covariance
        let root = try CorrectedRoot(leading: keeping(model.covariance), corrected: keeping(covariance))
        let crossCovariance = keeping(correction?.crossCovariance ?? [])
        if !root.isExact { try Derivation.requireRoot(of: crossCovariance, states) }
        sde = SDE(
            stepSize: rule.stepSize, time: UpdateRule.time, states: states, drift: correction?.drift ?? model.drift,
            covariance: root.covariance, diffusion: root.factor.rows, crossCovariance: crossCovariance,
            defaultValues: rule.defaultValues)
        let regime = correction == nil ? model.regime : model.regime.withoutOmissions
        let eta = Expression(rule.stepSize)
        let next = correction.map { found in zip(found.drift, model.drift).map { (($0 - $1) / eta).tidied } } ?? []
        let written = Increments(
            exact: expansion.increments.exact, first: expansion.increments.first.map(expansion.restored),
            intermediate: states.map { _ in .zero },
            second: expansion.increments.second.map(expansion.restored), approximatesBiasCorrection: false)
        var steps = Derivation.steps(
            rule, sample, written, drift: model.drift, correction: next, covariance: model.covariance,
            sde: sde, graded: [:], hasRegime: true)
        let list = regime.quantities.map { "\($0.symbol.name) = O(η^(\($0.size)))" }.joined(separator: ", ")
        steps.insert(
            DerivationStep(
                "Regime",
                "With \(list) the position moves by an amount of order 1 within η^-(\(regime.stepTime)) steps. "
                    + "Mean increments are kept up to the relative size η^(\(regime.stepTime)), covariances at their "
                    + "leading size."),
            at: 2)
        self.certificate = certificate
        self.steps = steps
        self.regime = regime
        self.rule = rule
        self.options = options
        self.draw = draw
        increments = written
        leadingDrift = model.drift
        driftCorrection = next
        fullCovariance = covariance
    }

    /// Where all states share the noise of one gradient the covariance is singular, and no correction between coordinates keeps
    /// it positive semidefinite by itself.
    private static func requireRoot(of crossCovariance: [[Expression]], _ states: [Symbol]) throws(DerivationError) {
        for (a, row) in crossCovariance.enumerated() {
            for (c, entry) in row.enumerated() where !entry.isZero {
                throw .noSecondOrder(
                    reason:
                        "condition 2 asks for the covariance S[\(states[a].name)_i,\(states[c].name)_j] = \(entry.simplified().text) of two "
                        + "coordinates; in this regime all states share the noise of one gradient, and with this entry the "
                        + "covariance is positive semidefinite only together with terms beyond order 2, squares of the "
                        + "Hessian, which are not derived; order 1 has a model here")
            }
        }
    }

    /// Corrections of a model are about a step of the time h: a model of order 1 has to hold on it, of all states alike.
    private static func requireCorrectable(
        _ model: RegimeModel, _ expansion: RegimeExpansion, _ certificate: Certificate
    ) throws(DerivationError) {
        if let graded = expansion.quantities.first(where: { !$0.size.slope.isZero }) {
            let name = graded.symbol.name
            throw .noSecondOrder(
                reason: "\(name) is graded, of size eta^(\(graded.size)); declare it O(1), as in the regime "
                    + "'\(name)=O(1), ...'")
        }
        if let fast = expansion.otherTimes.first(where: { $0.isFast(expansion.stepTime) }) {
            throw .noSecondOrder(
                reason:
                    "in this regime \(fast.state.name) is fast: it relaxes in less than the time of a step of the position"
            )
        }
        guard certificate.conditions.allSatisfy({ $0.range == .always }) else {
            throw .noSecondOrder(reason: "in this regime not even order 1 holds: \(certificate.verdict)")
        }
    }
}
