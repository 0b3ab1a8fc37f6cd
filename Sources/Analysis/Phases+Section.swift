import Algebra
import ExactNumbers
import Matching

extension Phases {
    private typealias Formula = DerivationStep.Formula

    var section: AnalysisSection {
        var small: [Formula] = []
        var large: [Formula] = []
        for limit in limits {
            if let value = limit.small {
                small.append(Formula(limit.name, value))
                if let error = limit.smallError { small.append(Formula("error of \(limit.name)", error)) }
            }
            if let value = limit.large, let error = limit.largeError {
                large.append(Formula(limit.name, value))
                large.append(Formula("error of \(limit.name)", error))
            }
        }
        var steps = [
            DerivationStep(
                "Ratio",
                "Y = |∂_i f|/(√2 σ_i), for a positive component of the gradient; odd or even for a negative one.",
                limits.map { Formula($0.name, $0.coefficient) }),
            DerivationStep(
                "Small ratio", "The noise dominates: drifts to first order in Y, covariances to second.", small),
            DerivationStep("Large ratio", "The signal dominates: the limit and its exact error.", large),
        ]
        if let bracket, saturating != nil {
            steps.append(
                DerivationStep(
                    "Middle", "For 1 ≤ Y ≤ 3/2 the drift is held between two lines: m Y + q1 ≤ h(Y) ≤ m Y + q2.",
                    [Formula("m", bracket.slopeFormula)]))
        }
        return AnalysisSection(.phases, steps: steps, results: results, numbers: numbers, notes: notes)
    }

    private var results: [Formula] {
        guard let saturating else { return [] }
        var results = [Formula("h", saturating)]
        if let edge = smallEdge { results.append(Formula("Y where the small-ratio S vanishes", edge)) }
        return results
    }

    /// Where the covariance of the position, to second order, stops being positive.
    public var smallEdge: Expression? {
        guard isSign, let small = limits.first(where: { $0.name.hasPrefix("S_") })?.small,
            let parts = try? small.collected(by: Phases.ratio)
        else { return nil }
        let constant = parts.first { $0.exponent.isZero }?.coefficient ?? .zero
        let square = parts.first { $0.exponent == 2 }?.coefficient ?? .zero
        return square.isZero ? nil : sqrt((-constant / square).simplified())
    }

    private var numbers: [AnalysisSection.Number] {
        guard let saturating, let bracket else { return [] }
        func value(_ expression: Expression, _ place: Rational) -> Double {
            expression.evaluated(at: [Phases.ratio: place.doubleValue])
        }
        let (start, end) = (Phases.middle.lowerBound, Phases.middle.upperBound)
        let slope = saturating.derivative(by: Phases.ratio).substituting(Phases.ratio, by: .zero).evaluated(at: [:])
        let (first, last) = (value(saturating, start), value(saturating, end))
        var numbers: [AnalysisSection.Number] = [
            .init("m", bracket.slope), .init("q1", bracket.lower), .init("q2", bracket.upper),
            .init("Y where q2 touches", bracket.touchesUpper),
            .init("relative error of the small-ratio drift at Y = 1", slope / first - 1),
            .init("relative error of the large-ratio drift at Y = 3/2", 1 / last - 1),
        ]
        if isSign { numbers.append(.init("√S at Y = 3/2", (1 - last * last).squareRoot())) }
        return numbers
    }

    private var notes: [String] {
        guard saturating != nil else { return [] }
        return [
            "for a positive ratio in the middle phase -(E[m Y] + q2) ≤ dE[x]/dt ≤ -(E[m Y] + q1), as long as Y stays there",
            "from a sharp start P(|x - E x|² > a) ≤ (η/a) ∫ (d - E Σ (m |Y_i| + q1)²) ds there, for a separable convex f: the "
                + "bound grows with the time, and takes the lower line whatever the signs",
        ]
    }
}
