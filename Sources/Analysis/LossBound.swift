import Algebra
import Matching
import Rules

/// A bound of the expected loss, `E S_t <= S_0 exp(-r t) + level (1 - exp(-r t))`, `S = f - min f`, by named steps.
///
/// f satisfies the inequality of Polyak and Lojasiewicz with mu, and `tr hess f <= L_tau` with a nonnegative diagonal; where a
/// weight decay or noise that depends on the gradient takes part, f is mu-strongly convex and L-smooth.
public struct LossBound: Sendable {
    public static let strength = Symbol("mu", bounds: .positive)
    public static let smoothness = Symbol("L", bounds: .positive)
    public static let trace = Symbol("Ltau", bounds: .positive)
    /// The largest (or smallest, where a step says so) of the noise scales.
    public static let commonScale = Symbol("sigma", bounds: .positive)
    public static let initialLoss = Symbol("S0", bounds: .nonnegative)

    /// r.
    public let rate: Expression
    /// The bound as t goes to infinity.
    public let level: Expression
    /// The level to leading order in eta.
    public let leadingLevel: Expression
    public let steps: [DerivationStep]

    private init(rate: Expression, rise: Expression, stepSize: Symbol, steps: [DerivationStep]) {
        self.rate = rate
        let level = (rise / rate).simplified()
        self.level = level
        let leading = level.leadingFactors(stepSize: stepSize, sizes: [:]).expression
        leadingLevel = leading
        self.steps =
            steps + [
                DerivationStep(
                    "Gronwall", "dE[S]/dt ≤ -r E[S] + r level gives E[S_t] ≤ S0 exp(-r t) + level (1 - exp(-r t)).",
                    [.init("r", rate), .init("level", level)])
            ]
    }

    /// The bound at the time t.
    public func value(at time: Expression) -> Expression {
        let decay = exp(-rate * time)
        return Expression(LossBound.initialLoss) * decay + level * (1 - decay)
    }

    /// The bound of the dynamics near a minimum.
    ///
    /// - Throws: ``AnalysisError/noBound(reason:)`` where the sign of a coefficient is not known.
    public init(of dynamics: ReducedDynamics) throws(AnalysisError) {
        let analysis = dynamics.law.model.analysis
        let (eta, mu) = (Expression(analysis.sde.stepSize), Expression(LossBound.strength))
        let scale = analysis.noiseScale
        let worst = Expression(LossBound.commonScale)
        func common(_ expression: Expression) -> Expression { expression.substituting(scale, by: worst) }
        func slope(of expression: Expression) -> Bounds { expression.derivative(by: scale).simplified().bounds }
        let (gain, noise, curved) = (common(dynamics.gain), common(dynamics.noise), common(dynamics.noiseSlope))
        var steps = [
            DerivationStep(
                "Ito's lemma on f",
                "dE[S]/dt = -E Σ K (∂_i f)² - c E Σ x_i ∂_i f + (η/2) E Σ (S0 + S2 (∂_i f)²) ∂_ii f, with the auxiliary "
                    + "states at their equilibrium.",
                [
                    .init("K", dynamics.gain), .init("c", dynamics.decay), .init("S0", dynamics.noise),
                    .init("S2", dynamics.noiseSlope),
                ])
        ]
        if dynamics.isReduced {
            steps.insert(
                DerivationStep(
                    "Momentum eliminated",
                    "The mean of the momentum follows the position. The noise of the position is the one with the stationary "
                        + "variance of the coupled law to leading order in η, and for a potential drift the same stationary "
                        + "density exp(-2 K f/(η S0)) of the position."), at: 0)
        }
        if dynamics.gain.contains(scale) || dynamics.noise.contains(scale) {
            let isMonotone = slope(of: dynamics.gain).isNonpositive && slope(of: dynamics.noise).isNonnegative
            steps.append(
                DerivationStep(
                    "Noise scales",
                    isMonotone
                        ? "K does not grow with the noise scale and S0 does not fall: σ stands for the largest of the σ_i."
                        : "σ stands for a common value of the σ_i.",
                    [.init("K ≥", gain), .init("S0 ≤", noise)]))
        }
        var rate = 2 * mu * gain
        steps.append(DerivationStep("Polyak and Łojasiewicz", "Σ (∂_i f)² ≥ 2 μ S.", [.init("2 μ K", rate)]))
        if !dynamics.decay.isZero {
            let own = dynamics.decay * (1 + mu / Expression(LossBound.smoothness))
            rate = rate + own
            steps.append(
                DerivationStep(
                    "Weight decay",
                    "Σ x_i ∂_i f ≥ (1 + μ/L) S for a μ-strongly convex L-smooth f whose minimum is at x = 0.",
                    [.init("c (1 + μ/L)", own)]))
        }
        let rise = (eta * noise * Expression(LossBound.trace)).scaled(by: .half)
        steps.append(DerivationStep("Trace", "Σ ∂_ii f ≤ Lτ with ∂_ii f ≥ 0.", [.init("(η/2) S0 Lτ", rise)]))
        if curved.bounds.isNonpositive && !curved.isZero {
            let own = -eta * mu ** 2 * curved
            rate = rate + own
            steps.append(
                DerivationStep(
                    "Noise that falls with the gradient",
                    "S2 ≤ 0 and ∂_ii f ≥ μ: (η/2) S2 Σ (∂_i f)² ∂_ii f ≤ η μ² S2 S.",
                    [.init("-η μ² S2", own)]))
        } else if curved.bounds.isNonnegative && !curved.isZero {
            let own = eta * Expression(LossBound.smoothness) ** 2 * curved
            rate = rate - own
            steps.append(
                DerivationStep(
                    "Noise that grows with the gradient",
                    "Σ (∂_i f)² ≤ 2 L S and ∂_ii f ≤ L: (η/2) S2 Σ (∂_i f)² ∂_ii f ≤ η L² S2 S.",
                    [.init("η L² S2", own)]))
        } else if !curved.isZero {
            throw .noBound(reason: "the sign of S2 = \(curved) is not known")
        }
        self.init(rate: rate, rise: rise, stepSize: analysis.sde.stepSize, steps: steps)
    }

    /// m and q1 of the lower line in ``init(middleOf:stepSize:)``.
    public static let lineSlope = Symbol("m", bounds: .positive)
    public static let lineIntercept = Symbol("q1", bounds: .positive)

    /// The bound of a sign-like rule while every ratio Y is in the middle phase, by the lower line of the bracket.
    init(middleOf bracket: (slope: Expression, intercept: Expression), stepSize: Symbol) {
        let (slope, intercept) = (Expression(LossBound.lineSlope), Expression(LossBound.lineIntercept))
        let (eta, mu) = (Expression(stepSize), Expression(LossBound.strength))
        let scale = Expression(LossBound.commonScale)
        let gain = slope / (sqrt(2) * scale)
        let rate = 2 * mu * (gain + eta * mu * slope ** 2 / (4 * scale ** 2))
        let lost = mu * Expression(UpdateRule.dimension) * intercept ** 2
        let rise = (eta * (Expression(LossBound.trace) - lost)).scaled(by: .half)
        self.init(
            rate: rate, rise: rise, stepSize: stepSize,
            steps: [
                DerivationStep(
                    "Lower line",
                    "h(Y) ≥ m Y + q1 ≥ m Y, and S = 1 - h² ≤ 1 - m² Y² - q1²; σ is the largest of the σ_i.",
                    [.init("m", bracket.slope), .init("q1", bracket.intercept)]),
                DerivationStep(
                    "Polyak and Łojasiewicz", "Σ (∂_i f)² ≥ 2 μ S and ∂_ii f ≥ μ, as for small ratios.",
                    [.init("r", rate)]),
                DerivationStep("Trace", "Σ ∂_ii f ≤ Lτ.", [.init("rise", rise)]),
            ])
    }

    /// The bound of a sign-like rule while every ratio is at most 1, by the chord of a concave h.
    init(chordOf value: Expression, stepSize: Symbol) {
        let scale = Expression(LossBound.commonScale)
        let gain = value / (sqrt(2) * scale)
        let rate = 2 * Expression(LossBound.strength) * gain
        let rise = (Expression(stepSize) * Expression(LossBound.trace)).scaled(by: .half)
        self.init(
            rate: rate, rise: rise, stepSize: stepSize,
            steps: [
                DerivationStep(
                    "Chord",
                    "h is concave with h(0) = 0, so that h(Y) ≥ h(1) Y for 0 ≤ Y ≤ 1; σ is the largest of the σ_i.",
                    [.init("h(1)", value), .init("K ≥", gain)]),
                DerivationStep("Polyak and Łojasiewicz", "Σ (∂_i f)² ≥ 2 μ S.", [.init("2 μ K", rate)]),
                DerivationStep("Trace", "S ≤ 1 and Σ ∂_ii f ≤ Lτ.", [.init("(η/2) Lτ", rise)]),
            ])
    }
}
