import Algebra
import ExactNumbers
import Probability
import Rules

/// The derivation of the SDE of an update rule, from its one-step increments to the matched coefficients.
///
/// The model `dY = b dt + sqrt(eta) s dW` has `b = b0` (order 1) or `b = b0 + eta b1` (order 2) and `s s^T = S` with
/// `b0 = E[D1]`, `S = Cov(D1)`, `b1 = E[D2] - (d_t b0 + (b0 . grad) b0)/2` (Mil'shtein 1986; Li, Tai and E 2017).
public struct Derivation: Sendable {
    public let rule: UpdateRule
    public let options: DerivationOptions
    /// The stochastic gradient of coordinate `i`.
    public let draw: GradientDraw
    public let increments: Increments
    /// b0 of each state.
    public let leadingDrift: [Expression]
    /// b1 of each state; empty at order 1.
    public let driftCorrection: [Expression]
    /// S = Cov(D1) of the whole state, whatever the model keeps of it.
    public let fullCovariance: [[Expression]]
    public let sde: SDE
    public let certificate: Certificate
    /// The sizes and the time scale of the model where the noise or a state is not of order 1; nil otherwise.
    public let regime: Regime?
    /// The derivation as one would write it on paper.
    public let steps: [DerivationStep]

    public init(of rule: UpdateRule, noise: NoiseLaw) throws(DerivationError) {
        try self.init(of: rule, options: DerivationOptions(noise: noise))
    }

    public init(of rule: UpdateRule, options: DerivationOptions = DerivationOptions()) throws(DerivationError) {
        guard (1...2).contains(options.order) else { throw .unsupportedOrder(options.order) }
        if Regime.isNeeded(for: rule, options) {
            try self.init(of: rule, in: Regime.requested(by: options, of: rule), options)
        } else if let averaged = try Derivation(
            averaging: rule, Derivation.sizes(of: rule, overriddenBy: options.sizes), options)
        {
            self = averaged
        } else {
            try self.init(withNoiseOfOrderOne: rule, options)
        }
    }

    /// The derivation where the noise and the states are of order 1; rates may be graded.
    private init(withNoiseOfOrderOne rule: UpdateRule, _ options: DerivationOptions) throws(DerivationError) {
        let sizes = try Derivation.sizes(of: rule, overriddenBy: options.sizes)
        let updates = try DisplacedGradients(of: rule, sizes: sizes.merging([rule.stepSize: 1]) { $1 }).updates
        let graded = sizes.filter { parameter, size in !size.isZero && updates.contains { $0.contains(parameter) } }
        if options.order == 2, let parameter = graded.filter({ !$0.value.isInteger }).keys.min() {
            throw .noSecondOrder(
                reason: "\(parameter.name) is graded, of size eta^(\(sizes[parameter] ?? .zero)); "
                    + "declare it O(1) with the regime '\(parameter.name)=O(1)'")
        }
        let sample = Derivation.sample(of: rule, options: options)
        let draw = sample.draws[0]
        try Derivation.requireCorrelatable(rule, sample, options)
        let states = rule.states.map(\.symbol)
        let increments: Increments
        do {
            increments = try Increments(
                of: Increments.Input(
                    states: states, updates: updates, stepSize: rule.stepSize, graded: graded,
                    keepsBiasCorrections: options.grading == .matched))
        } catch {
            guard case .noDiffusionLimit(let state, let increment, _) = error else { throw error }
            let fast = try Increments.fastStates(states, updates, stepSize: rule.stepSize, graded: graded)
            if let maximum = RunningMaximum(of: state, increment: increment, fastStates: fast) {
                throw .reflected(maximum)
            }
            let input = JumpForm.Input(
                states: states, updates: updates, sample: sample, stepSize: rule.stepSize, graded: graded,
                defaultValues: rule.defaultValues)
            throw .noDiffusionLimit(state: state, increment: increment, jumpForm: JumpForm(of: state, input))
        }

        let moments = OneStepMoments(states: states, sample: sample)
        var drift: [Expression] = []
        for (index, state) in states.enumerated() {
            let increment = increments.first[index] + increments.intermediate[index]
            drift.append(try moments.mean(of: increment, state: state, graded: graded.keys.sorted()))
        }
        var covariance = try Derivation.covariance(of: increments.first, states, moments, graded: graded.keys.sorted())
        var matchedGrading: MatchedGrading?
        if options.grading == .matched,
            let matched = try MatchedGrading(
                MatchedGrading.Input(
                    states: states, increments: increments.first, drift: drift, covariance: covariance, sizes: graded,
                    stepSize: rule.stepSize, moments: moments))
        {
            drift = matched.drift
            covariance = matched.covariance
            matchedGrading = matched
        }
        var correction: [Expression] = []
        if options.order == 2 {
            try Derivation.requireContinuity(of: drift, states)
            correction = try Derivation.correction(increments, drift, states, moments)
        }

        let kept = Derivation.keptStates(of: rule, options: options)
        let modelCovariance = states.indices.map { a in
            states.indices.map { c in kept[a] && kept[c] ? covariance[a][c] : .zero }
        }
        let factor: ExpressionMatrix
        do {
            factor = try ExpressionMatrix(modelCovariance).choleskyFactor()
        } catch {
            throw .noDiffusionFactor(reason: "\(error)")
        }
        let eta = Expression(rule.stepSize)
        let couplings = try Couplings(of: increments, moments, sizes: sizes.merging([rule.stepSize: 1]) { $1 })
        sde = SDE(
            stepSize: rule.stepSize, time: UpdateRule.time, states: states,
            drift: correction.isEmpty ? drift : zip(drift, correction).map { $0 + eta * $1 },
            covariance: modelCovariance, diffusion: factor.rows,
            crossCovariance: couplings.covariance.isEmpty
                ? try Derivation.crossCovariance(of: increments.first, states, draw, kept: kept)
                : couplings.covariance(keeping: kept),
            defaultValues: rule.defaultValues)
        certificate = try Certificate(
            of: Certificate.Input(
                increments: increments, drift: drift, correction: correction, covariance: covariance, kept: kept,
                leftOut: couplings.leftOut, couplesCoordinates: sde.couplesCoordinates, matched: matchedGrading,
                sizes: graded, stepSize: rule.stepSize, moments: moments))
        steps = Derivation.steps(
            rule, sample, increments, drift: drift, correction: correction, covariance: covariance, sde: sde,
            graded: graded)
        regime = nil
        self.rule = rule
        self.options = options
        self.draw = draw
        self.increments = increments
        leadingDrift = drift
        driftCorrection = correction
        fullCovariance = covariance
    }

    // MARK: The parts of a rule

    /// The sizes of the parameters, those asked for in place of those declared.
    private static func sizes(
        of rule: UpdateRule, overriddenBy overrides: [String: Weight]
    ) throws(DerivationError) -> [Symbol: Weight] {
        var result = Dictionary(uniqueKeysWithValues: rule.parameters.map { ($0.symbol, $0.size) })
        for (name, size) in overrides.sorted(by: { $0.key < $1.key }) {
            guard let parameter = rule.parameters.first(where: { $0.symbol.name == name }) else {
                throw .unknownParameter(name: name, known: rule.parameters.map(\.symbol.name))
            }
            result[parameter.symbol] = size
        }
        return result
    }

    /// The gradients drawn, one for each independent sample.
    static func sample(of rule: UpdateRule, options: DerivationOptions) -> GradientSample {
        let scale = Expression(rule.noiseScale)
        return GradientSample(
            rule.gradients.filter { $0.sample == .fresh }.map { gradient in
                GradientDraw(
                    symbol: gradient.symbol,
                    mean: Expression(Symbol("f", role: .field, derivatives: [.free(UpdateRule.index)])),
                    scale: options.usesBatch ? scale / sqrt(Expression(UpdateRule.batchSize)) : scale,
                    law: options.noise ?? rule.noise,
                    correlation: options.correlatesNoise ?? (options.noise == nil && rule.correlatesNoise)
                        ? UpdateRule.correlation : nil)
            })
    }

    static func keptStates(of rule: UpdateRule, options: DerivationOptions) -> [Bool] {
        rule.states.map { options.diffusion == .full || rule.diffusion.contains($0.symbol) }
    }

    // MARK: Matching

    static func covariance(
        of increments: [Expression], _ states: [Symbol], _ moments: OneStepMoments, graded: [Symbol]
    ) throws(DerivationError) -> [[Expression]] {
        var result = [[Expression]](repeating: [Expression](repeating: .zero, count: states.count), count: states.count)
        for a in states.indices {
            for c in a..<states.count {
                let entry = try moments.covariance(increments[a], increments[c], states: (states[a], states[c]))
                    .collectingSums(by: graded)
                result[a][c] = entry
                result[c][a] = entry
            }
        }
        return result
    }

    /// Order 2 needs derivatives of the drift: one that jumps has none.
    private static func requireContinuity(of drift: [Expression], _ states: [Symbol]) throws(DerivationError) {
        for (state, coefficient) in zip(states, drift) {
            if let jump = coefficient.jumps.first {
                throw .noSecondOrder(
                    reason: "the drift of \(state.name) jumps where \(jump) = 0, and condition 1 needs its derivative")
            }
        }
    }

    /// b1 = E[D2] - (d_t b0 + (b0 . grad) b0)/2.
    private static func correction(
        _ increments: Increments, _ drift: [Expression], _ states: [Symbol], _ moments: OneStepMoments
    ) throws(DerivationError) -> [Expression] {
        let transport = Transport(states: states, drift: drift, time: UpdateRule.time)
        var result: [Expression] = []
        for (index, state) in states.enumerated() {
            let second = try moments.expectation(of: increments.second[index], state: state)
            // The deltas in the derivative of a sign have nothing to stand for where the drift does not jump.
            let transported = try moments.closingExpectations(in: transport(drift[index]).withoutDeltas, state: state)
            let difference = second - transported.scaled(by: .half)
            do { result.append(try difference.expanded().commonFactored.written) } catch { throw .algebra(error) }
        }
        return result
    }
}
