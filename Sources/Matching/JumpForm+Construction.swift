import Algebra
import ExactNumbers
import Probability
import Rules

extension JumpForm {
    struct Input {
        let states: [Symbol]
        let updates: [Expression]
        let sample: GradientSample
        let stepSize: Symbol
        let graded: [Symbol: Weight]
        let defaultValues: [String: Double]
    }

    /// The jump form of the rule for one of its states; nil where no branch of its update leaves it nearly unmoved,
    /// the others have no diffusion limit between its jumps, or coordinates do not draw on their own.
    init?(of state: Symbol, _ input: Input) {
        // Where coordinates share draws, or have correlated ones, they would jump together.
        guard let index = input.states.firstIndex(of: state), let draw = input.sample.draws.first,
            input.sample.draws.count == 1, draw.correlation == nil,
            input.updates.allSatisfy({ update in
                update.symbols.allSatisfy { $0 == draw.symbol || $0.name != draw.symbol.name || !$0.isRandom }
            })
        else { return nil }
        for branch in EventBranch.all(in: input.updates[index], drawing: draw.symbol) {
            guard
                let increments = try? Increments(
                    of: Increments.Input(
                        states: input.states, updates: input.updates.map(branch.withoutEvent),
                        stepSize: input.stepSize, graded: input.graded, keepsBiasCorrections: true)),
                let form = try? JumpForm(index, branch, increments.first, draw, input)
            else { continue }
            self = form
            return
        }
        return nil
    }

    private struct NoEvent: Error {}

    private init(
        _ index: Int, _ branch: EventBranch, _ increments: [Expression], _ draw: GradientDraw, _ input: Input
    ) throws {
        let (states, eta) = (input.states, Expression(input.stepSize))
        func leading(_ expression: Expression) throws -> Expression {
            let (expression, weight) = expression.leadingTerms(stepSize: input.stepSize, sizes: input.graded)
            guard weight.isZero else { throw NoEvent() }
            return expression
        }
        let condition = try leading(branch.condition)
        let graded = input.graded.keys.sorted()
        func restricted(_ body: Expression) throws -> Expression {
            try draw.expectation(of: body, where: -condition).commonFactored.collectingSums(by: graded)
        }
        let withoutEvent = try restricted(.one)
        // What the jumping state does without a gradient goes on until the jump, whatever the gradient is.
        let drift = try zip(states, increments).map { state, increment in
            state == states[index] && !increment.contains(draw.symbol) ? increment : try restricted(increment)
        }
        let diffusion = try JumpForm.diffusion(increments, draw, probability: withoutEvent, restricted)
        let covariance = states.indices.map { a in
            states.indices.map { c in
                Expression.sum(of: zip(diffusion[a], diffusion[c]).map { $0 * $1 })
            }
        }
        let flow = SDE(
            stepSize: input.stepSize, time: UpdateRule.time, states: states, drift: drift, covariance: covariance,
            diffusion: diffusion, defaultValues: input.defaultValues)
        let stepIndex = Expression(UpdateRule.time) / eta + 1
        self.init(
            state: states[index], flow: flow, draw: draw, condition: condition,
            candidate: try leading(branch.withEvent(input.updates[index])),
            jump: input.updates.map { branch.withEvent($0).substituting(UpdateRule.stepIndex, by: stepIndex) },
            rate: try draw.expectation(of: .one, where: condition).commonFactored / eta)
    }

    /// A factor of the covariance that steps without an event have about their own mean, times their probability.
    ///
    /// Increments that are affine in the gradient share one Brownian motion, and the variance of the gradient itself is
    /// all that is needed; others take the Cholesky factor.
    private static func diffusion(
        _ increments: [Expression], _ draw: GradientDraw, probability: Expression,
        _ restricted: (Expression) throws -> Expression
    ) throws -> [[Expression]] {
        let g = Expression(draw.symbol)
        let slopes = increments.map { $0.derivative(by: draw.symbol) }
        if slopes.allSatisfy({ !$0.contains(draw.symbol) }) {
            guard slopes.contains(where: { !$0.isZero }) else { return slopes.map { _ in [] } }
            let variance = try restricted(g ** 2) - restricted(g) ** 2 / probability
            return slopes.map { [$0 * sqrt(variance)] }
        }
        let covariance = try increments.map { u in
            try increments.map { w in
                guard u.contains(draw.symbol), w.contains(draw.symbol) else { return Expression.zero }
                return try restricted(u * w) - restricted(u) * restricted(w) / probability
            }
        }
        return try ExpressionMatrix(covariance).choleskyFactor().rows
    }
}
