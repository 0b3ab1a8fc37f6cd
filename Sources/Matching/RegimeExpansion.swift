import Algebra
import ExactNumbers
import Probability
import Rules

/// The increments of a rule in a regime, sorted by what matters on the time of a step and what does not.
@dynamicMemberLookup
struct RegimeExpansion {
    let frame: RegimeFrame
    /// The weight relative to the states up to which increments are expanded.
    let reach: Rational
    /// D1: the random terms up to the time of a step relative to the state, divided by eta; D2: those from there to the reach,
    /// divided by eta^2.
    let increments: Increments
    /// The largest random term of each increment.
    let leadingTerms: [Expression]

    /// - Parameter times: the reach in times of a step.
    init(
        of rule: UpdateRule, sample: GradientSample, requested: [Regime.Quantity], usesBatch: Bool,
        reaching times: Rational = 2
    ) throws(DerivationError) {
        frame = try RegimeFrame(of: rule, sample: sample, requested: requested, usesBatch: usesBatch)
        let eta = Expression(rule.stepSize)
        var first: [Expression] = []
        var second: [Expression] = []
        var leadingTerms: [Expression] = []
        for index in frame.states.indices {
            let terms = try frame.terms(ofIncrement: index, reaching: times)
            let bound = frame.size(index).value(at: 1) + frame.stepTime
            leadingTerms.append(terms.first?.expression ?? .zero)
            func sum(_ isFirst: Bool) -> Expression {
                let chosen = terms.filter { ($0.weight <= bound) == isFirst }.map(\.expression)
                let whole = Expression.sum(of: chosen) / (isFirst ? eta : eta * eta)
                return Increments.simplified(((try? whole.expanded()) ?? whole).sumsFactored)
            }
            first.append(sum(true))
            second.append(sum(false))
        }
        reach = times * frame.stepTime
        self.leadingTerms = leadingTerms
        increments = Increments(
            exact: frame.exact, first: first, intermediate: frame.states.map { _ in .zero }, second: second,
            approximatesBiasCorrection: false)
    }

    subscript<Value>(dynamicMember path: KeyPath<RegimeFrame, Value>) -> Value { frame[keyPath: path] }

    func restored(_ expression: Expression) -> Expression { frame.restored(expression) }

    func size(_ index: Int) -> Weight { frame.size(index) }

    /// D/eta, as far as it was expanded.
    var wholeIncrements: [Expression] {
        zip(increments.first, increments.second).map { $0 + Expression(frame.stepSize) * $1 }
    }

    /// The terms of a moment sorted by weight; it is of the state whose increment could not be weighed otherwise.
    func terms(of moment: Expression, upTo weight: Rational, state: Symbol) throws(DerivationError) -> [RegimeScale
        .Term]
    {
        do { return try frame.scale.terms(of: moment, .graded, upTo: weight) } catch {
            throw .cannotExpand(state: state, increment: moment, reason: "\(error)")
        }
    }

    /// The largest terms of an expression and their weight for every zeta.
    ///
    /// Without a graded size cancellations are seen up to the weight given: zero stands for what is smaller.
    func leadingPart(
        of expression: Expression, lookingUpTo weight: Weight? = nil
    ) -> (expression: Expression, weight: Weight) {
        let found = expression.leadingPart(frame.scale.weights)
        guard !frame.isGraded, let weight, !found.weight.isAtLeast(weight),
            let terms = try? frame.scale.terms(of: expression, .graded, upTo: weight.constant)
        else { return found }
        guard let first = terms.first else { return (.zero, weight) }
        return (first.expression.commonFactored, Weight(first.weight))
    }
}
