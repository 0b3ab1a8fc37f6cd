import Algebra
import ExactNumbers
import Matching
import Rules

/// How the expected loss falls, and where it settles.
public struct LossDynamics: Sendable {
    public let analysis: ModelAnalysis
    public let law: StationaryLaw
    /// The loss of one coordinate of a quadratic where it settles, `lambda P_xx/2`, to leading order in eta.
    public let quadraticLevel: Expression
    /// `dE[f]/dt` of one coordinate of a quadratic in terms of f, exactly for the linear model with noise to second order;
    /// nil where a momentum takes part.
    public let quadraticEquation: Expression?
    /// The bound near a minimum, where the drift is linear in the gradient.
    public let bound: LossBound
    /// The phases of a rule that levels off.
    public let phases: Phases?
    /// For a sign-like rule: a bound that holds for the model itself, not only for its linear part, while every ratio is at
    /// most 1.
    public let safeBound: LossBound?
    /// For a sign-like rule: the bound while every ratio is in the middle phase.
    public let middleBound: LossBound?

    /// - Throws: ``AnalysisError``
    public init(of analysis: ModelAnalysis) throws(AnalysisError) {
        self.analysis = analysis
        law = try StationaryLaw(of: QuadraticModel(of: analysis))
        quadraticLevel = (Expression(QuadraticModel.curvature) * law.leadingVariance).scaled(by: .half).simplified()
        let half = Expression(QuadraticModel.curvature) * Expression(analysis.sde.stepSize)
        quadraticEquation = (try? Transient(of: law))?.rate.map { [law] rate in
            (half * law.linearization.blockCovariance[0, 0]).scaled(by: .half) - rate * Expression(Symbol("f"))
        }
        bound = try LossBound(of: ReducedDynamics(of: law))
        phases = try? Phases(of: analysis)
        let stepSize = analysis.sde.stepSize
        if let phases, phases.isSign, let function = phases.saturating {
            func value(_ place: Rational) -> Expression {
                function.substituting(Phases.ratio, by: Expression(place)).simplified()
            }
            let first = value(1)
            safeBound = LossBound(chordOf: first, stepSize: stepSize)
            middleBound = phases.bracket.map { bracket in
                let slope = bracket.slopeFormula
                return LossBound(middleOf: (slope, (first - slope).simplified()), stepSize: stepSize)
            }
        } else {
            safeBound = nil
            middleBound = nil
        }
    }

    /// For a sign-like rule while every ratio is large: `S_t <= (sqrt(S0) - sqrt(mu/2) t)^2`, from
    /// `dS/dt = -|grad f|_1 <= -|grad f|_2 <= -sqrt(2 mu S)`.
    public var earlyBound: Expression {
        let time = Expression(analysis.sde.time)
        return (sqrt(Expression(LossBound.initialLoss)) - sqrt(Expression(LossBound.strength) / 2) * time) ** 2
    }

    /// When the early bound reaches zero.
    public var earlyTime: Expression {
        sqrt(2 * Expression(LossBound.initialLoss) / Expression(LossBound.strength))
    }

    var section: AnalysisSection {
        let time = Expression(analysis.sde.time)
        var steps = bound.steps
        var results: [DerivationStep.Formula] = [
            .init("E f of one coordinate of a quadratic, leading in η", quadraticLevel),
            .init("E S_t ≤", bound.value(at: time)), .init("level", bound.level),
            .init("level, leading in η", bound.leadingLevel),
        ]
        if !analysis.usesBatch {
            let scale = Expression(LossBound.commonScale) / sqrt(Expression(UpdateRule.batchSize))
            results.append(
                .init(
                    "the same with a batch of B",
                    bound.leadingLevel.substituting(LossBound.commonScale, by: scale).simplified()))
        }
        if let quadraticEquation {
            results.insert(.init("dE[f]/dt of one coordinate of a quadratic", quadraticEquation), at: 0)
        }
        var notes: [String] = []
        if let safeBound, let middleBound {
            steps += safeBound.steps.map { $0.titled("Ratio at most 1: ") }
            steps += middleBound.steps.map { $0.titled("Ratio between 1 and 3/2: ") }
            results += [
                .init("ratio at most 1, h itself: rate", safeBound.rate),
                .init("ratio at most 1, h itself: level", safeBound.level),
                .init("ratio from 1 to 3/2: rate", middleBound.rate),
                .init("ratio from 1 to 3/2: level", middleBound.level),
                .init("large ratio: S_t ≤", earlyBound), .init("large ratio: gone by", earlyTime),
            ]
            notes.append(
                "the drift h(Y) is below its linear part: the first bound is one of the linear model, the second one of h itself"
            )
        }
        return AnalysisSection(.loss, steps: steps, results: results, notes: notes)
    }
}

extension DerivationStep {
    fileprivate func titled(_ prefix: String) -> DerivationStep {
        DerivationStep(prefix + title, explanation, formulas)
    }
}
