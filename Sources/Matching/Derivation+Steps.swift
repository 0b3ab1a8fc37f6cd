import Algebra
import Probability
import Rules

extension Derivation {
    /// The trace of a derivation.
    static func steps(
        _ rule: UpdateRule, _ sample: GradientSample, _ increments: Increments, drift: [Expression],
        correction: [Expression],
        covariance: [[Expression]], sde: SDE, graded: [Symbol: Weight], hasRegime: Bool = false
    ) -> [DerivationStep] {
        let states = rule.states.map(\.symbol)
        func formulas(_ prefix: String, _ expressions: [Expression]) -> [DerivationStep.Formula] {
            zip(states, expressions).map { .init("\(prefix)_\($0.name)", $1) }
        }
        var result = [
            DerivationStep(
                "Noise",
                noiseExplanation(rule, sample),
                sample.draws.enumerated().map { number, draw in
                    let noise = Symbol("Z" + String(repeating: "'", count: number), role: .noise, indices: [.free("i")])
                    return .init(draw.symbol.name, draw.mean + draw.scale * Expression(noise))
                }),
            DerivationStep(
                "Increments", "One step moves each state by D = y' - y. The step that leaves time t has k = t/η + 1.",
                formulas("D", increments.exact)),
        ]
        if !graded.isEmpty {
            let list = graded.sorted { $0.key < $1.key }.map { "\($0.key.name) = O(η^(\($0.value)))" }.joined(
                separator: ", ")
            result.append(
                DerivationStep(
                    "Grading",
                    "With \(list) the product κ = η \(graded.keys.map(\.name).sorted().joined(separator: ", ")) is small but larger than η: "
                        + "it is held fixed, and only the explicit η is expanded."
                        + (increments.approximatesBiasCorrection
                            ? " Bias corrections (1 - κ)^k enter by their leading form exp(-ρ t)." : "")))
        }
        result.append(
            DerivationStep(
                "Expansion", "In powers of the step size D = η D1 + η² D2 + O(η³).",
                formulas("D1", increments.first) + (correction.isEmpty ? [] : formulas("D2", increments.second))))
        if increments.intermediate.contains(where: { !$0.isZero }) {
            result.append(
                DerivationStep(
                    "Between", "Terms of a weight between 1 and 2, divided by η: they belong to the drift, not to S.",
                    formulas("D", increments.intermediate)))
        }
        result.append(
            DerivationStep(
                "First moments", "Expectations over Z (\(sample.draws[0].law)): b0 = E[D1].", formulas("b0", drift)))
        var entries: [DerivationStep.Formula] = []
        for a in states.indices {
            for c in a..<states.count {
                entries.append(.init("S_\(states[a].name)\(states[c].name)", covariance[a][c]))
            }
        }
        result.append(
            DerivationStep(
                "Second moments", "The covariance of the increments: S = Cov(D1) = E[D1 D1ᵀ] - b0 b0ᵀ.", entries))
        if !correction.isEmpty, hasRegime {
            result.append(
                DerivationStep(
                    "Order 2",
                    "With the generator L = ∂_t + b0·∇ + (η/2) S:∇∇ the model's own mean over a step is η b0 + (η²/2) L b0, and its own "
                        + "covariance η² S + (η³/2)(L S + S·∇b0 + (S·∇b0)ᵀ): what is left of the optimizer's goes to b1 and to S.",
                    formulas("b1", correction)))
        } else if !correction.isEmpty {
            result.append(
                DerivationStep(
                    "Order 2",
                    "The model's own mean over a step is η b0 + (η²/2)(∂_t + b0·∇) b0, so that b1 = E[D2] - (1/2)(∂_t + b0·∇) b0.",
                    formulas("b1", correction)))
        }
        var roots: [DerivationStep.Formula] = []
        for a in states.indices {
            for (column, entry) in sde.diffusion[a].enumerated() where !entry.isZero {
                roots.append(.init("s_\(states[a].name)\(column + 1)", entry))
            }
        }
        result.append(
            DerivationStep(
                "Matching",
                "The model dY = b dt + √η s dW has E ΔY = η b + O(η²) and Cov ΔY = η² s sᵀ + O(η³): b = b0"
                    + (correction.isEmpty ? "" : " + η b1") + ", s sᵀ = S.",
                formulas("b", sde.drift) + roots))
        return result
    }

    private static func noiseExplanation(_ rule: UpdateRule, _ sample: GradientSample) -> String {
        let draw = sample.draws[0]
        var text =
            "The gradient of coordinate i is \(draw.symbol) = \(draw.mean) + \(draw.scale) Z_i with Z_i \(draw.law), "
            + (draw.correlation.map { "Z_i and Z_j of correlation \($0)." } ?? "independent.")
        if rule.gradient.point != Expression(rule.position) {
            text += " It is drawn at \(rule.gradient.point), in whose distance from \(rule.position) all is expanded."
        }
        for (number, later) in rule.laterGradients.enumerated() {
            text +=
                " The \(number == 0 ? "second" : "next"), \(later.symbol), is drawn at \(later.point) "
                + (later.sample == .same ? "with the same noise" : "with noise of its own")
                + (later.point == Expression(rule.position)
                    ? "." : ": all is expanded in its distance from \(rule.position) to second order.")
        }
        return text
    }
}
