import Algebra
import ExactNumbers

/// The graded linear averages of a rule, and what matching them gives for each state.
struct GradedAverages {
    /// The averages among the states.
    let indices: [Int]
    /// kappa, L = -ln(1 - kappa) and E h of each average, by its index.
    private(set) var rates: [Int: Expression] = [:]
    private var logarithms: [Int: Expression] = [:]
    private var means: [Int: Expression] = [:]
    /// The derivatives of each increment by the averages, where the increment is affine in them with free coefficients.
    private(set) var slopes: [[Int: Expression]?] = []
    private let input: MatchedGrading.Input

    private var states: [Symbol] { input.states }
    private var eta: Expression { Expression(input.stepSize) }
    private var covariance: [[Expression]] { input.covariance }

    /// - Throws: where a graded state is not a linear average, or its target contains one.
    init(_ input: MatchedGrading.Input) throws(DerivationError) {
        self.input = input
        let sizes = input.sizes.merging([input.stepSize: 1]) { $1 }
        indices = input.states.indices.filter { input.increments[$0].weight(sizes).isNegative }
        let averages = indices.map { input.states[$0] }
        let sample = input.moments.sample
        func slope(_ index: Int, _ average: Symbol) throws(DerivationError) -> Expression {
            do {
                return try input.increments[index].derivative(by: average).simplified().expanded().commonFactored
            } catch {
                throw .algebra(error)
            }
        }
        for index in indices {
            let state = input.states[index]
            let rate = try -slope(index, state)
            guard !rate.contains(any: averages), !sample.isRandom(rate), rate.bounds.isPositive else {
                throw .noMatchedForm(reason: "the update of \(state.name) is not a linear average")
            }
            let target = input.increments[index].substituting(state, by: .zero) / rate
            let mean = try input.moments.mean(of: target, state: state)
            if let other = averages.first(where: { mean.contains($0) }) {
                throw .noMatchedForm(reason: "\(state.name) averages \(other.name), which is a graded average itself")
            }
            rates[index] = eta * rate
            logarithms[index] = -log(1 - eta * rate)
            means[index] = mean
        }
        for index in input.states.indices {
            var own: [Int: Expression]? = indices.contains(index) ? nil : [:]
            if own != nil {
                for average in indices {
                    let coefficient = try slope(index, input.states[average])
                    if coefficient.contains(any: averages) || sample.isRandom(coefficient) {
                        own = nil
                        break
                    }
                    own?[average] = coefficient
                }
            }
            slopes.append(own)
        }
    }

    private func kappa(_ average: Int) -> Expression { rates[average] ?? .zero }
    private func logarithm(_ average: Int) -> Expression { logarithms[average] ?? .zero }
    private func mean(_ average: Int) -> Expression { means[average] ?? .zero }

    // MARK: Drift

    /// `(L/eta)(E h - a)`.
    func drift(of average: Int) -> Expression {
        logarithm(average) / eta * (mean(average) - Expression(states[average]))
    }

    /// The drift of a state whose increment is affine in the averages; nil for another one.
    func affineDrift(of index: Int) -> Expression? {
        guard let slopes = slopes[index] else { return nil }
        var rest = input.increments[index]
        for average in indices { rest = rest.substituting(states[average], by: .zero) }
        guard let own = try? input.moments.mean(of: rest, state: states[index]) else { return nil }
        var terms = [own]
        for average in indices {
            let ratio = logarithm(average) / kappa(average)
            let coefficient = slopes[average] ?? .zero
            terms.append(coefficient * (ratio * Expression(states[average]) - (ratio - 1) * mean(average)))
        }
        return Expression.sum(of: terms).commonFactored
    }

    /// `(1 - G/2 + G^2/12) E[D]`.
    ///
    /// - Throws: where the mean has no closed form, or G gains no power of kappa, as on a function of `a/kappa`.
    func seriesDrift(of index: Int) throws(DerivationError) -> Expression {
        let mean = input.drift[index]
        guard !mean.containsExpectation else {
            throw .noMatchedForm(
                reason: "the mean increment of \(states[index].name) has no closed form, which a series in kappa needs")
        }
        let first = try generator(mean, index)
        if first.isZero { return mean }
        let sizes = input.sizes.merging([input.stepSize: 1]) { $1 }
        let gain = first.leadingPart(sizes).weight - mean.leadingPart(sizes).weight
        guard gain.isPositive else {
            let names = indices.map { states[$0].name }.joined(separator: ", ")
            throw .noMatchedForm(
                reason:
                    "the mean increment of \(states[index].name) changes by its own size where \(names) moves by one "
                    + "step, so that a series in kappa does not converge")
        }
        let second = try generator(first, index)
        return (mean - first.scaled(by: .half) + second.scaled(by: Rational(1, 12))).commonFactored
    }

    /// G, the generator of the averages over one step, with everything else frozen.
    private func generator(_ u: Expression, _ index: Int) throws(DerivationError) -> Expression {
        var terms: [Expression] = []
        for a in indices {
            let slope = u.derivative(by: states[a])
            terms.append(logarithm(a) * (mean(a) - Expression(states[a])) * slope)
            for c in indices {
                let entry = eta * eta * (scale(a) * scale(c)) * covariance[a][c]
                terms.append((entry * slope.derivative(by: states[c])).scaled(by: .half))
            }
        }
        return try input.moments.closingExpectations(in: Expression.sum(of: terms), state: states[index])
    }

    // MARK: Covariance

    /// The root of `2L/(1 - (1 - kappa)^2)`, by which the noise of an average has to be larger than that of a step.
    private func scale(_ average: Int) -> Expression { sqrt(2 * logarithm(average) / retained(average)) }

    private func retained(_ average: Int) -> Expression { 1 - (1 - kappa(average)) ** 2 }

    /// The covariance for one average and increments that are affine in it.
    ///
    ///     S_aa = 2 L T_aa/(1 - (1 - kappa)^2)
    ///     S_ba = (L/kappa)(T_ba - (C_b/kappa) eta S_aa (kappa/L - (1 - (1-kappa)^2)/(2L)))
    ///
    /// with `T = Cov(D)/eta^2`. The noise of the other states is what they share with the average, through the same Brownian
    /// motion, and what is independent of it; the part of `Cov(D_b, D_c)` that a continuous path cannot reproduce is of
    /// weight `4 - 2 zeta`.
    func covariance(with a: Int, slopes: [Expression]) -> [[Expression]] {
        let target = covariance
        var result = target
        let (kappa, logarithm) = (kappa(a), logarithm(a))
        let own = 2 * logarithm / retained(a) * target[a][a]
        result[a][a] = own
        let others = states.indices.filter { $0 != a }
        for b in others {
            let shared = slopes[b] / kappa * eta * own * (kappa / logarithm - retained(a) / (2 * logarithm))
            let entry = (logarithm / kappa * (target[b][a] - shared)).simplified().commonFactored
            result[b][a] = entry
            result[a][b] = entry
        }
        for b in others {
            for c in others where c >= b {
                // The noise shared with the average, and what is independent of it.
                let independent =
                    target[a][a].isZero ? target[b][c] : target[b][c] - target[b][a] * target[a][c] / target[a][a]
                let entry = (result[b][a] * result[a][c] / own + independent).simplified().commonFactored
                result[b][c] = entry
                result[c][b] = entry
            }
        }
        return result
    }

    /// `P T P^T`, positive semidefinite as T is: the noise of averages scaled, and half of what they pass on within a step
    /// taken back, `P_ba = -(eta/2) d_a E[D_b]`.
    var transformedCovariance: [[Expression]] {
        let count = states.count
        var transform = [[Expression]](repeating: [Expression](repeating: .zero, count: count), count: count)
        for b in states.indices {
            transform[b][b] = indices.contains(b) ? scale(b) : .one
            guard !indices.contains(b) else { continue }
            for a in indices {
                transform[b][a] = -(eta * input.drift[b].derivative(by: states[a])).scaled(by: .half)
            }
        }
        var result = covariance
        for a in states.indices {
            for c in a..<count {
                var terms: [Expression] = []
                for e in states.indices where !transform[a][e].isZero {
                    for k in states.indices where !transform[c][k].isZero {
                        terms.append(transform[a][e] * covariance[e][k] * transform[c][k])
                    }
                }
                let entry = Expression.sum(of: terms).commonFactored
                result[a][c] = entry
                result[c][a] = entry
            }
        }
        return result
    }
}
