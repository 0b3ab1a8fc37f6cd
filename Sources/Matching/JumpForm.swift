import Algebra
import ExactNumbers
import Probability
import Rules

/// What is true of a rule in place of an SDE where a state moves by an amount of order 1: a jump process.
///
/// Between jumps every state follows an SDE, the jumping one an ordinary differential equation; at the rate
/// `P(candidate > state)/eta` the state jumps to the candidate, given that this is larger. It applies to a state updated
/// as the maximum of a slowly decaying value and a candidate drawn afresh, such as AdaMax's
/// `u' = max((1 - eta rho) u, |g|)`, and is close to the rule where jumps are rare, `P(candidate > state) << 1`.
public struct JumpForm: Hashable, Sendable {
    /// The state that jumps.
    public let state: Symbol
    /// The states of coordinate `i`, and the drift and the covariance of each between jumps.
    public let states: [Symbol]
    public let drift: [Expression]
    public let covariance: [[Expression]]
    /// The gradient drawn at a jump.
    public let draw: Symbol
    /// The value after a jump, in the gradient drawn.
    public let candidate: Expression
    /// The rate of jumps, P(candidate > state)/eta.
    public let rate: Expression

    struct Input {
        let states: [Symbol]
        let updates: [Expression]
        let sample: GradientSample
        let stepSize: Symbol
        let graded: [Symbol: Weight]
    }

    /// The jump form of the rule for one of its states; nil where the state is not updated as such a maximum, or the
    /// others have no diffusion limit between its jumps.
    init?(of state: Symbol, _ input: Input) {
        guard let index = input.states.firstIndex(of: state),
            case .function(.max, let operands) = input.updates[index].content, input.sample.draws.count == 1
        else { return nil }
        let gradient = input.sample.draws[0]
        let random = operands.filter { $0.contains(gradient.symbol) }
        let smooth = operands.filter { !$0.contains(gradient.symbol) }
        guard random.count == 1, smooth.count == 1, !random[0].contains(state) else { return nil }
        let maximum = input.updates[index]
        let between = input.updates.map { $0.replacing { $0 == maximum ? smooth[0] : nil } }
        let moments = OneStepMoments(states: input.states, sample: input.sample)
        let graded = input.graded.keys.sorted()
        guard
            let increments = try? Increments(
                of: Increments.Input(
                    states: input.states, updates: between, stepSize: input.stepSize, graded: input.graded,
                    keepsBiasCorrections: false)),
            let drift = try? zip(increments.first, input.states).map({ increment, state in
                try moments.mean(of: increment, state: state, graded: graded)
            }),
            let covariance = try? Derivation.covariance(of: increments.first, input.states, moments, graded: graded),
            let probability = try? gradient.expectation(of: step(random[0] - Expression(state)))
        else { return nil }
        self.state = state
        states = input.states
        self.drift = drift
        self.covariance = covariance
        draw = gradient.symbol
        candidate = random[0]
        rate = probability.commonFactored / Expression(input.stepSize)
    }
}

extension JumpForm: CustomStringConvertible {
    /// The jump form with its generator, in words and formulas.
    public var description: String {
        var lines = [
            "what is true instead is a jump process, close to the rule where jumps are rare:", "  between jumps",
        ]
        for (index, state) in states.enumerated() {
            lines.append("    d\(state) = \(drift[index]) dt\(covariance[index][index].isZero ? "" : " + √η (noise)")")
        }
        for a in states.indices {
            for c in a..<states.count where !covariance[a][c].isZero {
                lines.append("    S[\(states[a].name),\(states[c].name)] = \(covariance[a][c])")
            }
        }
        lines.append("  at the rate P(\(candidate) > \(state))/η = \(rate)")
        lines.append("    \(state) jumps to \(candidate), given \(candidate) > \(state)")
        lines.append(
            "  generator L φ = b·∂φ + (η/2) tr(S ∂²φ) + (1/η) E[(φ(\(state) → \(candidate)) - φ) 1{\(candidate) > \(state)}]"
        )
        return lines.joined(separator: "\n")
    }
}
