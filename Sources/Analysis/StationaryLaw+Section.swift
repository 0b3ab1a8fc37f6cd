import Algebra
import Matching

extension StationaryLaw {
    var section: AnalysisSection {
        var steps = linearization.steps
        steps.append(
            DerivationStep(
                "Lyapunov equation", "J P + P Jᵀ + η S = 0 for the covariance P of the coupled states, exact in η.",
                formulas("P", covariance)))
        if let quadraticCovariance {
            steps.append(
                DerivationStep(
                    "Noise to second order",
                    "S is quadratic in the states near the minimum; the second moments close: "
                        + "J P + P Jᵀ + η (S + (1/2) S″:P) = 0.",
                    formulas("P", quadraticCovariance)))
        }
        let name = states[0].name
        var results: [DerivationStep.Formula] = [
            .init("Var \(name), exact in η", variance), .init("Var \(name), leading in η", leadingVariance),
        ]
        if let gradedVariance {
            results.append(.init("Var \(name), leading at the declared sizes", gradedVariance))
        }
        if let crossCovariance {
            results.append(.init("Cov of \(name)_i and \(name)_j", crossCovariance))
        }
        if let nextTerm { results.append(.init("next term", nextTerm)) }
        return AnalysisSection(.stationary, steps: steps, results: results, notes: notes)
    }

    private func formulas(_ name: String, _ matrix: ExpressionMatrix) -> [DerivationStep.Formula] {
        states.indices.flatMap { a in
            (a..<states.count).map { .init("\(name)_\(states[a].name)\(states[$0].name)", matrix[a, $0]) }
        }
    }

    private var notes: [String] {
        var notes: [String] = []
        switch stability {
        case .stable: notes.append("the linear model is stable")
        case .unstable: notes.append("the linear model is not stable: the variance is formal")
        case .wherePositive(let conditions):
            if !conditions.isEmpty {
                notes.append(
                    "the linear model is stable where "
                        + conditions.map { "\($0) > 0" }.joined(separator: " and "))
            }
        }
        for (state, kind) in zip(model.states, linearization.equilibrium.kinds) {
            switch kind {
            case .at(let value):
                if value == Expression(state), state != states[0] {
                    notes.append("\(state) stays where it is at the minimum: the law is the one at its value")
                }
            case .moving(let rate):
                let slope = linearization.jacobian[0, 0]
                notes.append(
                    "\(state.name) has no equilibrium: it moves at the rate \(rate) for ever. The law is quasi-static, at the "
                        + "value that \(state) has, where \((rate / Expression(state)).simplified()) is small beside "
                        + "\((-slope).simplified())")
            case .root(let drift): notes.append("\(state)* is a root of \(drift), without a closed form")
            }
        }
        if nextTerm != nil {
            notes.append(
                "the model vouches for the leading term: the next one is of the size of what a model of order 1 or 2 leaves out"
            )
        }
        return notes
    }
}
