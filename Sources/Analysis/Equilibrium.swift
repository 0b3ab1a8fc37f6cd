import Algebra
import Matching

/// Where the auxiliary states of a model stand at the minimum.
public struct Equilibrium: Sendable {
    public enum Kind: Hashable, Sendable {
        /// At this value.
        case at(Expression)
        /// Nowhere: the state moves at this rate for ever, and stands in later formulas for itself.
        case moving(rate: Expression)
        /// At a root of this drift that has no closed form; the state stands in later formulas for it.
        case root(of: Expression)
    }

    /// The kind of each state; the position is at zero.
    public let kinds: [Kind]
    /// The values that are known, by state.
    public let values: [Symbol: Expression]

    /// Solves the drifts of the auxiliary states for zero at the minimum, one after the other.
    ///
    /// A drift is solved for its own state where it is affine in it and every other state in it is known.
    ///
    /// - Throws: ``AnalysisError/driftAtMinimum(_:)``.
    init(of model: QuadraticModel) throws(AnalysisError) {
        let states = model.states
        var values = [states[0]: Expression.zero]
        var kinds = [Kind?](repeating: nil, count: states.count)
        kinds[0] = .at(.zero)
        var isProgressing = true
        while isProgressing {
            isProgressing = false
            for a in states.indices.dropFirst() where kinds[a] == nil {
                let drift = model.drift[a].substituting(values).simplified()
                let others = states.indices.filter { $0 != a && kinds[$0] == nil }.map { states[$0] }
                guard !drift.contains(any: others) else { continue }
                let kind = Equilibrium.kind(of: states[a], drift: drift)
                if case .at(let value) = kind { values[states[a]] = value }
                kinds[a] = kind
                isProgressing = true
            }
        }
        self.kinds = states.indices.map { a in
            kinds[a] ?? .root(of: model.drift[a].substituting(values).simplified())
        }
        self.values = values
        let drift = model.drift[0].substituting(values).simplified()
        if drift.isZeroTest() == .nonzero { throw .driftAtMinimum(drift) }
    }

    private static func kind(of state: Symbol, drift: Expression) -> Kind {
        if drift.isZero { return .at(Expression(state)) }
        let slope = drift.derivative(by: state).simplified()
        if slope.isZero { return .moving(rate: drift) }
        guard !slope.contains(state) else { return .root(of: drift) }
        return .at((-drift.substituting(state, by: .zero) / slope).simplified())
    }

    func step(for states: [Symbol]) -> DerivationStep {
        let formulas = zip(states, kinds).dropFirst().map { state, kind in
            switch kind {
            case .at(let value): DerivationStep.Formula("\(state.name)*", value)
            case .moving(let rate): DerivationStep.Formula("d\(state.name)/dt at the minimum", rate)
            case .root(let drift): DerivationStep.Formula("drift of \(state.name), zero at \(state.name)*", drift)
            }
        }
        return DerivationStep(
            "Equilibrium", "At the minimum x = 0 the drift of the auxiliary states vanishes: b = 0 is solved for them.",
            formulas)
    }
}
