import Algebra
import Probability
import Rules

/// Noise that is correlated between coordinates.
extension Derivation {
    static func requireCorrelatable(
        _ rule: UpdateRule, _ sample: GradientSample, _ options: DerivationOptions
    ) throws(DerivationError) {
        let draw = sample.draws[0]
        if options.usesBatch, case .sample = draw.law { throw .batchOfSample }
        guard draw.correlation != nil else { return }
        if !rule.laterGradients.isEmpty || rule.updates.contains(where: sample.couplesCoordinates) {
            throw .noCrossCovariance(
                reason: "a second gradient, a sum or a norm of gradients is derived for independent coordinates only")
        }
        guard draw.law == .gaussian else {
            throw .noCrossCovariance(reason: "noise correlated between coordinates is gaussian, not \(draw.law)")
        }
        guard options.grading == .leading else {
            throw .noCrossCovariance(reason: "the matched form of a graded model is for independent coordinates only")
        }
    }

    /// S[a_i, c_j] = Cov(D1 of state a of coordinate i, D1 of state c of coordinate j) for i != j; empty for independent
    /// coordinates.
    static func crossCovariance(
        of increments: [Expression], _ states: [Symbol], _ draw: GradientDraw, kept: [Bool]
    ) throws(DerivationError) -> [[Expression]] {
        guard let correlation = draw.correlation else { return [] }
        let other = GradientDraw(
            symbol: draw.symbol.mapIndices { _ in SDE.otherIndex }, mean: draw.mean.exchangingCoordinates,
            scale: draw.scale.exchangingCoordinates, law: draw.law)
        let draws = CorrelatedDraws(draw, other, correlation: Expression(correlation))
        var result = states.map { _ in states.map { _ in Expression.zero } }
        for a in states.indices {
            for c in a..<states.count where kept[a] && kept[c] {
                let entry = try covariance(
                    increments[a], increments[c].exchangingCoordinates, draws, names: (states[a].name, states[c].name))
                result[a][c] = entry
                result[c][a] = entry.exchangingCoordinates
            }
        }
        return result
    }

    private static func covariance(
        _ u: Expression, _ w: Expression, _ draws: CorrelatedDraws, names: (String, String)
    ) throws(DerivationError) -> Expression {
        let value: Expression?
        do throws(ProbabilityError) { value = try draws.covariance(u, w) } catch {
            throw .noCrossCovariance(reason: "\(error)")
        }
        guard let value else {
            throw .noCrossCovariance(
                reason: "that of the increments of \(names.0)_i and \(names.1)_j has no closed form under correlated "
                    + "noise, as they are not piecewise polynomial in the gradient; leave out 'correlated'")
        }
        let factored = value.commonFactored
        guard let expanded = try? value.expanded().commonFactored else { return factored }
        return expanded.size <= factored.size ? expanded : factored
    }
}
