import Algebra
import Matching

extension SDE {
    /// The same process in the time tau with `t = factor tau`: drift and covariance gain the factor, from `W_(c tau) = sqrt(c) W_tau`.
    ///
    /// With the step size for the factor the time counts steps: `dX = eta b dtau + eta s dW`.
    public func rescalingTime(by factor: Expression) -> SDE {
        func moved(_ expression: Expression) -> Expression {
            factor * expression.substituting(time, by: factor * Expression(time))
        }
        let root = sqrt(factor)
        return SDE(
            stepSize: stepSize, time: time, states: states, drift: drift.map(moved),
            covariance: covariance.map { $0.map(moved) },
            diffusion: diffusion.map { row in
                row.map { root * $0.substituting(time, by: factor * Expression(time)) }
            }, crossCovariance: crossCovariance.map { $0.map(moved) }, defaultValues: defaultValues)
    }

    /// The equations of u with `state = factor u`, under the state's own name.
    public func rescaling(_ state: Symbol, by factor: Expression) -> SDE {
        guard let index = states.firstIndex(of: state) else { return self }
        func scale(_ position: Int) -> Expression { position == index ? 1 / factor : .one }
        // A state of another coordinate is the same state, and so is its factor.
        func moved(_ expression: Expression) -> Expression {
            expression.replacing { node in
                guard let symbol = node.symbol, symbol.name == state.name, symbol.role == state.role else { return nil }
                let index = symbol.indices.first
                return factor.mapIndices { old in if case .free = old { index ?? old } else { old } } * node
            }
        }
        return SDE(
            stepSize: stepSize, time: time, states: states,
            drift: drift.enumerated().map { scale($0) * moved($1) },
            covariance: covariance.enumerated().map { row, entries in
                entries.enumerated().map { scale(row) * scale($0) * moved($1) }
            },
            diffusion: diffusion.enumerated().map { row, entries in entries.map { scale(row) * moved($0) } },
            crossCovariance: crossCovariance.enumerated().map { row, entries in
                entries.enumerated().map { column, entry in
                    let other = scale(column).mapIndices { if case .free = $0 { SDE.otherIndex } else { $0 } }
                    return scale(row) * other * moved(entry)
                }
            },
            defaultValues: defaultValues)
    }

    /// The equations in a time that counts steps.
    var rescalingSection: AnalysisSection {
        let eta = Expression(stepSize)
        let steps = rescalingTime(by: eta)
        var results = zip(states, steps.drift).map { DerivationStep.Formula("drift of \($0.name) per step", $1) }
        for a in states.indices {
            for c in a..<states.count where !covariance[a][c].isZero {
                results.append(
                    .init("covariance of \(states[a].name), \(states[c].name) per step", eta * steps.covariance[a][c]))
            }
        }
        let step = DerivationStep(
            "t = η τ", "W_(ητ) has the law of √η W_τ: dX = η b dτ + η s dW, with τ the number of steps.")
        return AnalysisSection(
            .rescaling, steps: [step], results: results, notes: ["t stands for τ in the coefficients"])
    }
}
