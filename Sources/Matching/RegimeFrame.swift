import Algebra
import ExactNumbers
import Probability
import Rules

/// The sizes and times of a rule's states in a regime, as they are known before its increments are expanded.
struct RegimeFrame {
    let states: [Symbol]
    let stepSize: Symbol
    let moments: OneStepMoments
    let quantities: [Regime.Quantity]
    let stepTime: Rational
    let times: [Rational?]
    let driftTime: Rational?
    /// Whether the noise of some state acts on the time of the position.
    let hasNoiseOfOrderOne: Bool
    /// The weights of the increments relative to the states.
    let leading: [Weight]
    /// The increments as the rule has them.
    let exact: [Expression]
    /// The increments that are to be expanded.
    private let increments: [Expression]
    /// What stands for itself as a symbol in the increments: schedules, and bias corrections with a graded rate.
    private let held: [Symbol: Expression]
    /// The sizes of the draw, and of everything else in moments.
    let randomScale: RegimeScale
    let scale: RegimeScale

    init(
        of rule: UpdateRule, sample: GradientSample, requested: [Regime.Quantity], usesBatch: Bool
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
        var quantities = requested
        for (state, size) in zip(states, balance.states) where given[state] == nil && state != rule.position {
            quantities.append(Regime.Quantity(symbol: state, size: size, origin: .balance))
        }
        self.states = states
        stepSize = rule.stepSize
        self.moments = moments
        self.quantities = quantities
        stepTime = balance.stepTime
        times = balance.times
        driftTime = balance.driftTime
        hasNoiseOfOrderOne = balance.noiseTimes.contains(balance.stepTime)
        leading = balance.increments
        self.exact = exact
        increments = frozen.map { $0.substituting(expanded).substituting(UpdateRule.stepIndex, by: stepIndex) }
        held = kept.merging(values.schedules) { $1 }
        self.scale = scale
        self.randomScale = randomScale
    }

    /// The states that do not move on the time of the position.
    var otherTimes: [Regime.OtherTime] {
        zip(states, times).filter { $0.1 != stepTime }.map { Regime.OtherTime(state: $0.0, time: $0.1) }
    }

    /// The expression with bias corrections and schedules written out.
    func restored(_ expression: Expression) -> Expression { expression.substituting(held) }

    /// The size of a state.
    func size(_ index: Int) -> Weight { scale.sizes[states[index]] ?? .zero }

    /// Whether some size depends on zeta.
    var isGraded: Bool { scale.sizes.values.contains { !$0.slope.isZero } }

    /// The random terms of a state's increment, larger ones first, up to so many times of a step relative to the state.
    func terms(ofIncrement index: Int, reaching times: Rational) throws(DerivationError) -> [RegimeScale.Term] {
        do {
            return try randomScale.terms(of: increments[index], .graded, upTo: weight(reaching: times, index))
        } catch { throw cannotExpand(index, error) }
    }

    /// The largest random term of every increment; zero where none is as large as two times of a step.
    func leadingTerms() throws(DerivationError) -> [Expression] {
        var result: [Expression] = []
        for index in states.indices {
            do {
                let term = try randomScale.leadingTerm(
                    of: increments[index], .graded, upTo: weight(reaching: 2, index))
                result.append(term?.expression ?? .zero)
            } catch { throw cannotExpand(index, error) }
        }
        return result
    }

    private func weight(reaching times: Rational, _ index: Int) -> Rational {
        size(index).value(at: 1) + times * stepTime
    }

    private func cannotExpand(_ index: Int, _ error: SeriesError) -> DerivationError {
        .cannotExpand(state: states[index], increment: exact[index], reason: "\(error)")
    }
}
