import Algebra
import ExactNumbers
import Rules

/// The coefficients of a model whose one-step mean agrees with the optimizer's at a fixed kappa = eta rho.
///
/// A graded average `a' = a + kappa (h - a)`, linear and with a target h whose mean is free of averages, relaxes over a
/// step by `exp(-L)`, `L = -ln(1 - kappa)`, where the model has the drift `(L/eta)(E h - a)`: its mean is exact. What the
/// averages do to the increment of another state within the step is undone by solving `(exp(G) - 1)/G b = E[D]` for its
/// drift, with the generator `G = sum of L (E h - a) d_a + (eta^2/2) sum of S_ac d_a d_c` of the averages over one step:
///
/// - in closed form where `D_b = eta (f_b + sum of C_ba a)` is affine with free coefficients,
///   `b_b = E f_b + sum of C_ba ((L/kappa) a - (L/kappa - 1) E h)`;
/// - as a series elsewhere, `G/(exp(G) - 1) = 1 - G/2 + G^2/12 - G^4/720 + ...` with the numbers of Bernoulli. Each G is of
///   weight `1 - zeta`, so that the first three terms leave a residual `eta kappa^4` of weight `5 - 4 zeta`.
struct MatchedGrading {
    let drift: [Expression]
    let covariance: [[Expression]]
    /// The averages whose relaxation is matched exactly.
    let averages: [Symbol]
    /// The states whose drift is a series, cut off.
    let seriesStates: Set<Symbol>
    /// Whether the covariance with an average is exact in kappa, as for one average and affine increments.
    let hasExactCovariance: Bool
    /// Whether the averages have different rates.
    let mixesRates: Bool

    struct Input {
        let states: [Symbol]
        let increments: [Expression]
        /// E[D1] and Cov(D1).
        let drift: [Expression]
        let covariance: [[Expression]]
        let sizes: [Symbol: Weight]
        let stepSize: Symbol
        let moments: OneStepMoments
    }

    /// - Returns: nil where no state is a graded average, so that nothing needs to be matched.
    init?(_ input: Input) throws(DerivationError) {
        let averages = try GradedAverages(input)
        if averages.indices.isEmpty { return nil }
        let slopes = averages.slopes
        var drift: [Expression] = []
        var series: Set<Symbol> = []
        for (index, state) in input.states.enumerated() {
            if averages.indices.contains(index) {
                drift.append(averages.drift(of: index))
            } else if let affine = averages.affineDrift(of: index) {
                drift.append(affine)
            } else {
                drift.append(try averages.seriesDrift(of: index))
                series.insert(state)
            }
        }
        self.drift = drift
        self.averages = averages.indices.map { input.states[$0] }
        seriesStates = series
        mixesRates = Set(averages.indices.map { averages.rates[$0] }).count > 1
        hasExactCovariance = averages.indices.count == 1 && series.isEmpty
        if hasExactCovariance, let single = averages.indices.first {
            covariance = averages.covariance(with: single, slopes: slopes.map { $0?[single] ?? .zero })
        } else {
            covariance = averages.transformedCovariance
        }
    }

    /// The weight of what is left of a second moment.
    func residual(_ a: Symbol, _ c: Symbol, _ weights: (Weight, Weight)) -> Weight {
        if hasExactCovariance { return weights.0 + weights.1 + 3 }
        switch (averages.contains(a), averages.contains(c)) {
        case (true, true): return mixesRates ? Weight(4, slope: -4) : weights.0 + weights.1 + 3
        case (false, false): return 2
        default: return Weight(4, slope: -3).meet(Weight(3, slope: -1))
        }
    }

    /// The weight of what the series of a drift leaves of the first moment; nil where the drift is exact in kappa.
    func residual(_ state: Symbol) -> Weight? { seriesStates.contains(state) ? Weight(5, slope: -4) : nil }
}
