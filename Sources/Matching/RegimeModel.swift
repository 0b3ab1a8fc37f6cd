import Algebra
import ExactNumbers

/// The coefficients of the SDE of a regime, and what they leave out.
struct RegimeModel {
    let drift: [Expression]
    let covariance: [[Expression]]
    /// Cov(D1) of the whole state, with all its terms.
    let fullCovariance: [[Expression]]
    /// The terms of the mean increment, divided by eta, that the drift leaves out.
    let omittedDrift: [[Expression]]
    let regime: Regime

    init(_ expansion: RegimeExpansion) throws(DerivationError) {
        let states = expansion.states
        let tau = expansion.stepTime
        let eta = Expression(expansion.stepSize)
        var drift: [Expression] = []
        var omittedDrift: [[Expression]] = []
        var omissions: [Regime.Omission] = []
        for (index, state) in states.enumerated() {
            let size = expansion.size(index).value(at: 1)
            let mean = try expansion.moments.mean(of: expansion.increments.first[index], state: state)
            let terms = try expansion.terms(of: mean, upTo: size + expansion.reach - 1, state: state)
            var omitted = terms.filter { $0.weight + 1 > size + tau }
            let kept = Expression.sum(of: terms.filter { $0.weight + 1 <= size + tau }.map(\.expression))
            // A mean that is kept as it is keeps its form as well.
            drift.append(kept.equals(mean) == .zero ? mean : kept.tidied)
            let next = try expansion.moments.expectation(of: expansion.increments.second[index], state: state)
            omitted += try expansion.terms(of: next, upTo: size + expansion.reach - 2, state: state)
                .map { RegimeScale.Term(weight: $0.weight + 1, expression: eta * $0.expression) }
            omittedDrift.append(omitted.map(\.expression))
            for term in omitted {
                let tidy = term.expression.tidied
                let weight =
                    (expansion.isGraded ? expansion.leadingPart(of: tidy).weight : Weight(term.weight)) + 1
                    - expansion.size(index)
                omissions.append(
                    Regime.Omission(
                        coefficient: "b[\(state.name)]", expression: expansion.restored(tidy), weight: weight,
                        tolerated: weight.holds(atLeast: Weight(2 * tau))))
            }
        }

        var full = [[Expression]](repeating: [Expression](repeating: .zero, count: states.count), count: states.count)
        var leading = full
        var weights = [[Rational?]](repeating: [Rational?](repeating: nil, count: states.count), count: states.count)
        for a in states.indices {
            for c in a..<states.count {
                let entry = try expansion.moments.covariance(
                    expansion.increments.first[a], expansion.increments.first[c], states: (states[a], states[c]))
                let sizes = (expansion.size(a) + expansion.size(c)).value(at: 1)
                let first = try expansion.terms(of: entry, upTo: sizes + 6 * tau, state: states[a]).first
                full[a][c] = entry
                full[c][a] = entry
                let value = first.map { $0.expression.equals(entry) == .zero ? entry : $0.expression.tidied } ?? .zero
                leading[a][c] = value
                leading[c][a] = value
                weights[a][c] = first.map { $0.weight + 2 - sizes }
                weights[c][a] = weights[a][c]
            }
        }
        var covariance = full
        for a in states.indices {
            for c in a..<states.count {
                let isKept: Bool
                if let own = weights[a][a], let other = weights[c][c], let entry = weights[a][c] {
                    // Noise that adds less than h^2 to a state, and correlations that vanish with eta, are left out.
                    isKept = own <= 2 * tau && other <= 2 * tau && entry == (own + other) * .half
                } else {
                    isKept = false
                }
                covariance[a][c] = isKept ? leading[a][c] : .zero
                covariance[c][a] = covariance[a][c]
                guard !isKept, !full[a][c].isZero else { continue }
                let weight =
                    if !expansion.isGraded, let known = weights[a][c] {
                        Weight(known)
                    } else {
                        expansion.leadingPart(of: full[a][c]).weight + 2 - expansion.size(a) - expansion.size(c)
                    }
                omissions.append(
                    Regime.Omission(
                        coefficient: "S[\(states[a].name),\(states[c].name)]",
                        expression: expansion.restored(leading[a][c]),
                        weight: weight,
                        tolerated: weight.holds(atLeast: Weight(2 * tau))))
            }
        }
        self.drift = drift.map(expansion.restored)
        self.covariance = covariance.map { $0.map(expansion.restored) }
        self.omittedDrift = omittedDrift.map { $0.map(expansion.restored) }
        fullCovariance = full.map { $0.map(expansion.restored) }
        regime = Regime(
            quantities: expansion.quantities, stepTime: tau, omissions: omissions,
            hasNoiseOfOrderOne: expansion.hasNoiseOfOrderOne, driftTime: expansion.driftTime,
            otherTimes: expansion.otherTimes)
    }
}

extension Expression {
    /// The expression expanded and with its common factors taken out, in every sum.
    var tidied: Expression { ((try? expanded()) ?? self).sumsFactored.commonFactored }
}
