import Algebra
import ExactNumbers
import Probability
import Rules

/// The states of a rule with a rate of size `eta^-1`, told apart: fast ones move by an amount of order 1 a step, slow ones
/// by an amount that vanishes with the step size.
struct TimeScales {
    /// The size of a rate whose average forgets at a fixed `beta = 1 - eta rho`.
    static let fastSize: Weight = -1

    /// The indices of the states in the rule.
    let slow: [Int]
    let fast: [Int]
    /// The increments of the slow states.
    let increments: Increments
    /// The increment of each slow state divided by the step size, in the fast states and the gradient drawn.
    let rates: [Expression]
    let chain: FrozenChain
    let sample: GradientSample
    /// Powers of eta by which fast states are divided, so that they are of order 1.
    let scales: [Symbol: Rational]
    /// Whether a bias correction of a fast average was left out.
    let dropsBiasCorrection: Bool

    /// - Returns: nil where no state is fast.
    init?(
        of rule: UpdateRule, sample: GradientSample, sizes: [Symbol: Weight]
    ) throws(DerivationError) {
        let graded = sizes.filter { !$0.value.isZero }
        let rates = graded.filter { $0.value == Self.fastSize }.keys.sorted()
        let states = rule.states.map(\.symbol)
        let stepSize = rule.stepSize
        let original = try DisplacedGradients(of: rule, sizes: sizes.merging([stepSize: 1]) { $1 }).updates
        var updates = original.map { $0.withoutTransients(of: rates) }
        dropsBiasCorrection = updates != original

        let moving = try Increments.fastStates(states, updates, stepSize: stepSize, graded: graded)
        let fast = states.indices.filter { moving.contains(states[$0]) }
        if fast.isEmpty { return nil }
        guard !fast.contains(0) else {
            throw .noAveragedModel(reason: "the position \(states[0].name) itself moves by an amount of order 1 a step")
        }

        // In units in which every fast state is of order 1.
        var scales: [Symbol: Rational] = [:]
        let fastStates = fast.map { states[$0] }
        let origin = Dictionary(uniqueKeysWithValues: fastStates.map { ($0, Expression.zero) })
        for _ in fast {
            for index in fast {
                let forcing = updates[index].substituting(origin)
                let terms = try Self.terms(of: forcing, rates, stepSize, state: states[index], upTo: 4)
                guard let size = terms.first?.weight.constant, size.isPositive else { continue }
                let unit = Expression.power(Expression(stepSize), Expression(size))
                let scaled = Expression(states[index]) * unit
                updates = updates.map { $0.substituting(states[index], by: scaled) }
                updates[index] = updates[index] / unit
                scales[states[index]] = (scales[states[index]] ?? .zero) + size
            }
        }

        let slow = states.indices.filter { !fast.contains($0) }
        let increments = try Increments(
            of: Increments.Input(
                states: slow.map { states[$0] }, updates: slow.map { updates[$0] }, stepSize: stepSize, graded: graded,
                keepsBiasCorrections: false))
        let eta = Expression(stepSize)
        self.rates =
            increments.first.allSatisfy(\.isZero) ? increments.second.map { eta * $0 } : increments.first
        self.increments = increments
        var next: [Expression] = []
        for index in fast {
            let terms = try Self.terms(of: updates[index], rates, stepSize, state: states[index], upTo: 1)
            if let first = terms.first, first.weight.constant.isNegative {
                throw .noAveragedModel(reason: "\(states[index].name) grows without bound as eta goes to zero")
            }
            next.append(
                Expression.sum(of: terms.filter { $0.weight.isZero }.map { $0.coefficient }).substituting(
                    Dictionary(uniqueKeysWithValues: rates.map { (Self.kappa($0), eta * Expression($0)) })))
        }
        self.slow = slow
        self.fast = fast
        self.scales = scales
        chain = FrozenChain(states: fastStates, next: next, draw: sample.draws[0])
        self.sample = sample
    }

    private static func kappa(_ rate: Symbol) -> Symbol { Symbol("kappa_\(rate.name)", bounds: rate.bounds) }

    /// The expansion of an update in the step size with `kappa = eta rho` of the fast rates held fixed.
    private static func terms(
        of update: Expression, _ rates: [Symbol], _ stepSize: Symbol, state: Symbol, upTo order: Weight
    ) throws(DerivationError) -> [Series.Term] {
        let eta = Expression(stepSize)
        let held = update.substituting(
            Dictionary(uniqueKeysWithValues: rates.map { ($0, Expression(kappa($0)) / eta) })
        )
        .substituting(UpdateRule.stepIndex, by: Expression(UpdateRule.time) / eta + 1)
        do {
            return try Series(of: held, in: stepSize, upTo: order).terms.filter {
                $0.coefficient.isZeroTest() != .zero
            }
        } catch {
            throw .cannotExpand(state: state, increment: update, reason: "\(error)")
        }
    }
}

extension Expression {
    /// The expression with every power of a fast average's coefficient whose exponent is the step index, as in
    /// `1 - beta^k`, set to zero: it has died out after a few steps.
    fileprivate func withoutTransients(of rates: [Symbol]) -> Expression {
        guard contains(UpdateRule.stepIndex) else { return self }
        return replacing { node in
            guard case .product(_, let factors) = node.content,
                factors.contains(where: { $0.exponent.contains(UpdateRule.stepIndex) && $0.base.contains(any: rates) })
            else { return nil }
            return .zero
        }
    }
}
