import Algebra
import ExactNumbers
import Matching

/// A model with what is small near a minimum left out, under an assumption on the size of the gradient.
///
/// With `grad f = O(eta^w)` terms of weight 1 or more in a drift change `eta b` by `O(eta^2)`, and in S change `eta^2 S` by
/// `O(eta^3)`: a model of weak order 1 keeps its order, and its noise, without them.
public struct MagnitudeReduction: Sendable {
    /// What was left out of a coefficient.
    public struct Omission: Hashable, Sendable {
        public let name: String
        public let expression: Expression
        public let weight: Weight
    }

    /// The assumed size of a component of the gradient.
    public let gradientWeight: Weight
    public let drift: [Expression]
    public let covariance: [[Expression]]
    public let omissions: [Omission]
    private let states: [Symbol]
    private let stepSize: Symbol

    /// - Throws: ``AnalysisError/noPhases(reason:)`` where a coefficient has no expansion.
    public init(of analysis: ModelAnalysis, gradient weight: Weight = Weight(Rational(1, 2))) throws(AnalysisError) {
        gradientWeight = weight
        let sde = analysis.sde
        states = sde.states
        stepSize = sde.stepSize
        var sizes = analysis.sizes
        sizes[ModelAnalysis.gradient] = weight
        var omissions: [Omission] = []
        func reduced(_ name: String, _ coefficient: Expression) throws(AnalysisError) -> Expression {
            let late = coefficient.atLongTimes(sde.time)
            // Where the gradient meets other coordinates it is left as it stands.
            if late.isZero || late.containsIndexSum { return late }
            let series: Series
            do { series = try Series(of: late, in: sde.stepSize, sizes: sizes, upTo: 1) } catch {
                throw .noPhases(reason: "\(error)")
            }
            let kept = series.expression.simplified()
            let rest = ((try? (late - kept).expanded()) ?? (late - kept)).simplified()
            if rest.isZeroTest() != .zero {
                let leading = rest.leadingTerms(stepSize: sde.stepSize, sizes: sizes)
                omissions.append(Omission(name: name, expression: leading.expression, weight: leading.weight))
                return kept
            }
            return late
        }
        var drift: [Expression] = []
        for (state, entry) in zip(states, sde.drift) { drift.append(try reduced("b_\(state.name)", entry)) }
        var covariance = sde.covariance
        for a in states.indices {
            for c in a..<states.count {
                let entry = try reduced("S_\(states[a].name)\(states[c].name)", sde.covariance[a][c])
                covariance[a][c] = entry
                covariance[c][a] = entry
            }
        }
        self.drift = drift
        self.covariance = covariance
        self.omissions = omissions
    }

    private func size(_ weight: Weight) -> String { Expression.power(Expression(stepSize), weight.expression).text }

    var section: AnalysisSection {
        var results = zip(states, drift).map { DerivationStep.Formula("b_\($0.name)", $1) }
        for a in states.indices {
            for c in a..<states.count where !covariance[a][c].isZero {
                results.append(.init("S_\(states[a].name)\(states[c].name)", covariance[a][c]))
            }
        }
        let step = DerivationStep(
            "Sizes", "With ∂_i f = O(\(size(gradientWeight))) these terms are O(η) or smaller in their coefficient.",
            omissions.map { .init("\($0.name) loses, of size \(size($0.weight))", $0.expression) })
        return AnalysisSection(
            .magnitude, steps: [step], results: results,
            notes: [
                "η b changes by O(η²) and η² S by O(η³): the weak order 1 and the noise of the model survive",
                "bias corrections have died out",
            ])
    }
}
