import Algebra
import ExactNumbers
import Probability
import Rules

/// The increments of a rule in a regime, sorted by what matters on the time of a step and what does not.
struct RegimeExpansion {
    let states: [Symbol]
    let stepSize: Symbol
    let moments: OneStepMoments
    let quantities: [Regime.Quantity]
    let stepTime: Rational
    /// The weight relative to the states up to which increments are expanded.
    let reach: Rational
    let times: [Rational?]
    let driftTime: Rational?
    /// Whether the noise of some state acts on the time of the position.
    let hasNoiseOfOrderOne: Bool
    /// The weights of the increments relative to the states.
    let leading: [Weight]
    /// D1: the random terms up to the time of a step relative to the state, divided by eta; D2: those from there to the reach,
    /// divided by eta^2.
    let increments: Increments
    /// What stands for itself as a symbol in the increments: schedules, and bias corrections with a graded rate.
    private let held: [Symbol: Expression]
    /// The largest random term of each increment.
    let leadingTerms: [Expression]
    /// The sizes of the draw, and of everything else in moments.
    let randomScale: RegimeScale
    let scale: RegimeScale

    /// - Parameter times: the reach in times of a step.
    init(
        of rule: UpdateRule, sample: GradientSample, requested: [Regime.Quantity], usesBatch: Bool,
        reaching times: Rational = 2
    ) throws(DerivationError) {
        if let second = rule.laterGradients.first {
            throw .noRegime(reason: "the rule draws a second gradient \(second.symbol.name)")
        }
        if rule.updates.contains(where: sample.couplesCoordinates) {
            throw .noRegime(reason: "the gradients of all coordinates meet in a sum or a norm")
        }
        let states = rule.states.map(\.symbol)
        let moments = OneStepMoments(states: states, sample: sample)
        let draw = moments.draw
        let given = Dictionary(uniqueKeysWithValues: requested.map { ($0.symbol, $0.size) })
        let updates = try DisplacedGradients(of: rule, sizes: given.merging([rule.stepSize: 1]) { $1 }).updates
        let batch = usesBatch ? given[UpdateRule.batchSize] ?? .zero : .zero
        let noise = (given[rule.noiseScale] ?? .zero) - Rational.half * batch
        var functions = HeldFunctions()
        var frozen: [Expression] = []
        var exact: [Expression] = []
        let eta = Expression(rule.stepSize)
        let stepIndex = Expression(UpdateRule.time) / eta + 1
        for (state, update) in zip(states, updates) {
            let increment = update - Expression(state)
            exact.append(increment.substituting(UpdateRule.stepIndex, by: stepIndex))
            frozen.append(functions.hold(increment))
        }
        let balance = try RegimeBalance(
            states: states, increments: frozen, moments: moments, stepSize: rule.stepSize, given: given, noise: noise
        ).result()
        for (index, state) in states.enumerated() where !balance.increments[index].isPositive {
            throw .noDiffusionLimit(state: state, increment: exact[index])
        }

        var all = given
        for (state, size) in zip(states, balance.states) { all[state] = size }
        all[UpdateRule.time] = Weight(1 - balance.stepTime)
        let scale = RegimeScale(stepSize: rule.stepSize, sizes: all)
        let randomScale = RegimeScale(
            stepSize: rule.stepSize, sizes: all.merging([draw.symbol: noise.meet(.zero)]) { $1 })
        let values = functions.values(stepIndex: stepIndex)
        // A correction with a graded rate has no expansion at a fixed product of rate and step size.
        let graded = given.filter { !$0.value.slope.isZero }.keys
        let expanded = values.corrections.filter { !$0.value.contains(any: graded) }
        let kept = values.corrections.filter { $0.value.contains(any: graded) }
        var first: [Expression] = []
        var second: [Expression] = []
        var leadingTerms: [Expression] = []
        for (index, state) in states.enumerated() {
            let increment = frozen[index].substituting(expanded).substituting(UpdateRule.stepIndex, by: stepIndex)
            let size = balance.states[index].value(at: 1)
            let terms: [RegimeScale.Term]
            do {
                terms = try randomScale.terms(of: increment, .graded, upTo: size + times * balance.stepTime)
            } catch {
                throw .cannotExpand(state: state, increment: exact[index], reason: "\(error)")
            }
            leadingTerms.append(terms.first?.expression ?? .zero)
            func sum(_ isFirst: Bool) -> Expression {
                let chosen = terms.filter { ($0.weight <= size + balance.stepTime) == isFirst }.map(\.expression)
                let whole = Expression.sum(of: chosen) / (isFirst ? eta : eta * eta)
                return Increments.simplified(((try? whole.expanded()) ?? whole).sumsFactored)
            }
            first.append(sum(true))
            second.append(sum(false))
        }
        var quantities = requested
        for (state, size) in zip(states, balance.states) where given[state] == nil && state != rule.position {
            quantities.append(Regime.Quantity(symbol: state, size: size, origin: .balance))
        }
        self.states = states
        stepSize = rule.stepSize
        self.moments = moments
        self.quantities = quantities
        stepTime = balance.stepTime
        reach = times * balance.stepTime
        self.times = balance.times
        driftTime = balance.driftTime
        hasNoiseOfOrderOne = balance.noiseTimes.contains(balance.stepTime)
        leading = balance.increments
        self.leadingTerms = leadingTerms
        held = kept.merging(values.schedules) { $1 }
        increments = Increments(
            exact: exact, first: first, intermediate: states.map { _ in .zero }, second: second,
            approximatesBiasCorrection: false)
        self.scale = scale
        self.randomScale = randomScale
    }

    /// D/eta, as far as it was expanded.
    var wholeIncrements: [Expression] {
        zip(increments.first, increments.second).map { $0 + Expression(stepSize) * $1 }
    }

    /// The states that do not move on the time of the position.
    var otherTimes: [Regime.OtherTime] {
        zip(states, times).filter { $0.1 != stepTime }.map { Regime.OtherTime(state: $0.0, time: $0.1) }
    }

    /// The expression with bias corrections and schedules written out.
    func restored(_ expression: Expression) -> Expression { expression.substituting(held) }

    /// The size of a state.
    func size(_ index: Int) -> Weight { scale.sizes[states[index]] ?? .zero }

    /// The terms of a moment sorted by weight; it is of the state whose increment could not be weighed otherwise.
    func terms(of moment: Expression, upTo weight: Rational, state: Symbol) throws(DerivationError) -> [RegimeScale
        .Term]
    {
        do { return try scale.terms(of: moment, .graded, upTo: weight) } catch {
            throw .cannotExpand(state: state, increment: moment, reason: "\(error)")
        }
    }

    /// Whether some size depends on zeta.
    var isGraded: Bool { scale.sizes.values.contains { !$0.slope.isZero } }

    /// The largest terms of an expression and their weight for every zeta.
    ///
    /// Without a graded size cancellations are seen up to the weight given: zero stands for what is smaller.
    func leadingPart(
        of expression: Expression, lookingUpTo weight: Weight? = nil
    ) -> (expression: Expression, weight: Weight) {
        let found = expression.leadingPart(scale.weights)
        guard !isGraded, let weight, !found.weight.isAtLeast(weight),
            let terms = try? scale.terms(of: expression, .graded, upTo: weight.constant)
        else { return found }
        guard let first = terms.first else { return (.zero, weight) }
        return (first.expression.commonFactored, Weight(first.weight))
    }
}
