import Algebra
import Probability
import Rules

extension Certificate {
    /// The certificate of an averaged model: the conditions hold for the slow states over many steps, not in each of them.
    init(averaging scales: TimeScales, _ rates: AveragedRates, rule: UpdateRule) {
        order = 1
        stepTime = nil
        level = .averaged
        let slow = scales.slow.map { rule.states[$0] }
        let fast = scales.fast.map { rule.states[$0].name }.joined(separator: ", ")
        func residuals(_ moment: (String) -> String) -> [Residual] {
            slow.map { Residual(moment: moment($0.name), expression: nil, weight: 2, range: .always) }
        }
        conditions = [
            Condition(
                number: 1, statement: "|E Δ - E D| = O(η²), with \(fast) at its stationary law",
                residuals: residuals { "E Δ\($0)" }),
            Condition(
                number: 2, statement: "|Cov Δ - Cov D|/n = O(η²/n) over n steps",
                residuals: residuals { "Var Δ\($0)" }),
            Condition(
                number: 3, statement: "|E ΔΔΔ - E DDD| = O(η²)",
                residuals: slow.map { Residual(moment: "E|Δ\($0.name)|³", expression: nil, weight: 3, range: .always) }),
            Condition(
                number: 4, statement: "E|D|³ = O(η²)",
                residuals: slow.map { Residual(moment: "E|Δ\($0.name)|³", expression: nil, weight: 3, range: .always) }),
        ]
        droppedCovariances = []
        let growth = zip(slow, scales.rates).map { state, rate in
            (state: state.symbol, degree: Growth(of: rate, in: scales.chain.draw.symbol).degree)
        }
        requiredMoments = Certificate.requiredMoments(growth, scales.chain.draw.law, power: 3)
        nonsmoothPoints = Certificate.nonsmoothPoints(in: rates.drift + rates.covariance.flatMap(\.self))
        var notes = [
            "averaged over \(fast), which moves by O(1) a step at a fixed η·rate: conditions 1 to 4 fail for it, and hold for "
                + "\(slow.map(\.name).joined(separator: ", ")) in the averaged sense",
            "valid where the slow states change little while \(fast) forgets its past",
            "rests on the expansion at fixed η·rate: drift E h and the long-run covariance of Green and Kubo, "
                + "Cov_0 + Σ_(j≥1) (Cov_j + Cov_jᵀ), at the leading order in η",
            "the O(η) correction of the averaged drift (the cell problem) and the transient of \(fast), "
                + "a few 1/(η·rate) steps, are not included: weak order 1 at most",
        ]
        if let variance = rates.presentVariance {
            notes.append(
                "the covariance of one step, \(variance.text), is not the model's: successive steps are correlated "
                    + "through \(fast)")
        }
        if scales.dropsBiasCorrection {
            notes.append("a bias correction (1 - β^k) of a fast average counts as 1: β^k has died out")
        }
        if rates.method == .chain {
            notes.append("averages without a closed form are computed by quadrature of the frozen chain to 1e-8")
        }
        notes.append(
            "order 1 does not by itself vouch for the noise: conditions 1 to 4 hold for the ODE without noise as well")
        self.notes = notes
    }
}
