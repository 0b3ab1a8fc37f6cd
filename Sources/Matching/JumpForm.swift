import Algebra
import ExactNumbers
import Probability
import Rules

/// What is true of a rule in place of an SDE where a state moves by an amount of order 1: a jump process.
///
/// Between jumps the state follows an ordinary differential equation; at a rate of `P(candidate > state)/eta` it jumps to
/// the candidate, given that this is larger. It applies to states updated as a maximum of a slowly decaying value and a
/// candidate drawn afresh, such as AdaMax's `u' = max((1 - eta rho) u, |g|)`.
public struct JumpForm: Hashable, Sendable {
    /// The state that jumps.
    public let state: Symbol
    /// The drift between jumps, `du = a dt`.
    public let drift: Expression
    /// The value after a jump, in the gradient drawn.
    public let candidate: Expression
    /// The rate of jumps, P(candidate > state)/eta.
    public let rate: Expression
    /// The part of the generator that acts on the state, applied to a function phi of it.
    public let generator: String

    /// The jump form of a state; nil where its update is not such a maximum.
    init?(
        of state: Symbol, update: Expression, draw: GradientDraw, stepSize: Symbol
    ) throws(DerivationError) {
        guard case .function(.max, let operands) = update.content else { return nil }
        let random = operands.filter { $0.contains(draw.symbol) }
        let smooth = operands.filter { !$0.contains(draw.symbol) }
        guard let candidate = random.first, random.count == 1, smooth.count == 1, !candidate.contains(state) else {
            return nil
        }
        let series: Series
        do { series = try Series(of: smooth[0] - Expression(state), in: stepSize, upTo: 2) } catch { return nil }
        guard series.terms.allSatisfy({ $0.weight.constant == 1 }) else { return nil }
        let probability: Expression
        do {
            probability = try draw.expectation(of: step(candidate - Expression(state)))
        } catch {
            throw .noMoment(state: state, error)
        }
        self.state = state
        drift = Expression.sum(of: series.terms.map(\.coefficient))
        self.candidate = candidate
        rate = probability / Expression(stepSize)
        generator =
            "L φ = (\(drift)) ∂φ/∂\(state.name) + (1/η) E[(φ(\(candidate)) - φ(\(state.name))) 1{\(candidate) > \(state.name)}]"
    }
}
