import Algebra
import ExactNumbers
import Probability
import Rules

/// What is true of a rule in place of an SDE where a state moves by an amount of order 1 at an event: a jump process.
///
/// Gradients are drawn at the times of a Poisson process of the rate `1/eta`. One for which the event occurs makes a
/// jump: the rule takes its step with it. Between jumps the state that jumps follows an ordinary differential equation,
/// the others an SDE: with the event `A` and the increments `eta D1` of a step without it
///
///     b = E[D1 1{not A}]        S = E[D1 D1^T 1{not A}] - E[D1 1{not A}] E[D1^T 1{not A}]/P(not A)
///     L phi = b . grad phi + (eta/2) tr(S hess phi) + (1/eta) E[(phi(U(y, g)) - phi(y)) 1{A}]
///
/// so that the states that do not jump have the rule's mean increment, jumps included. It applies to a state updated by a
/// branch of the language that leaves it nearly where it is unless the gradient says otherwise, such as AdaMax's
/// `u' = max((1 - eta rho) u, |g|)`. The commutator of flow and jumps, and two jumps in one step, are what it misses: its
/// weak error is `O(eta + P(A)^2/eta)` along the path, order 1 where jumps come at a rate of order 1.
public struct JumpForm: Hashable, Sendable {
    /// The state that jumps.
    public let state: Symbol
    /// The model between jumps: every state, with its drift and covariance.
    public let flow: SDE
    /// The gradient drawn in a step.
    public let draw: GradientDraw
    /// Positive where the gradient drawn makes an event.
    public let condition: Expression
    /// The value of the state after a jump, in the gradient drawn.
    public let candidate: Expression
    /// All states after a jump: the rule's own step, at the time t.
    public let jump: [Expression]
    /// The rate of jumps, P(A)/eta.
    public let rate: Expression

    public var states: [Symbol] { flow.states }
    public var drift: [Expression] { flow.drift }
    public var covariance: [[Expression]] { flow.covariance }
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
        lines.append("  at the rate P(\(condition) > 0)/η = \(rate)")
        lines.append("    \(state) jumps to \(candidate), given \(condition) > 0")
        let others = zip(states, jump).filter { $0.0 != state }.map { "\($0) → \($1)" }.joined(separator: ", ")
        if !others.isEmpty { lines.append("    with the rest of the step: \(others)") }
        lines.append(
            "  generator L φ = b·∂φ + (η/2) tr(S ∂²φ) + (1/η) E[(φ after the step - φ) 1{\(condition) > 0}]"
        )
        return lines.joined(separator: "\n")
    }
}
