import Algebra
import ExactNumbers
import Probability
import Rules

/// The drift of the slow states, averaged over the stationary law of the fast ones, and the covariance that successive
/// steps add up to.
///
/// With the slow states frozen the fast ones are a stationary chain. A slow state moves by `eta h`; over many steps its
/// mean velocity is `E h`, and its noise has the long-run covariance `Cov_0 + sum over j >= 1 of (Cov_j + Cov_j^T)` (Green
/// and Kubo), not the covariance `Cov_0` of one step.
struct AveragedRates {
    enum Method: Hashable, Sendable {
        /// Rates and chain are affine in the fast states: every gradient acts by its whole effect.
        case wholeEffect
        /// Functions of Gaussian combinations.
        case gaussian
        /// Quadrature of the chain.
        case chain
    }

    let drift: [Expression]
    let covariance: [[Expression]]
    /// Cov_0 of the position, where it has a closed form.
    let presentVariance: Expression?
    let functions: [AveragedFunction]
    /// Expressions that must lie between -1 and 1 for the chain to have a stationary law.
    let contractions: [Expression]
    let method: Method

    init(_ scales: TimeScales, rule: UpdateRule) throws(DerivationError) {
        let names = Set(
            rule.states.map(\.name) + rule.parameters.map(\.symbol.name) + [rule.stepSize.name, "B", "k", "t", "d"])
        var average = RateAverage(scales, states: scales.slow.map { rule.states[$0].symbol }, avoiding: names)
        try average.compute()
        drift = average.drift.map(\.commonFactored)
        covariance = average.covariance
        presentVariance = average.presentVariance
        functions = average.registry.functions
        contractions = average.contractions
        method = average.method
    }
}

/// The computation of averaged rates.
private struct RateAverage {
    private let rates: [Expression]
    private let chain: FrozenChain
    private let states: [Symbol]
    private let moments: OneStepMoments
    var registry: AverageRegistry
    private(set) var drift: [Expression] = []
    private(set) var covariance: [[Expression]] = []
    private(set) var presentVariance: Expression?
    private(set) var contractions: [Expression] = []
    private(set) var method = AveragedRates.Method.wholeEffect

    init(_ scales: TimeScales, states: [Symbol], avoiding names: Set<String>) {
        rates = scales.rates
        chain = scales.chain.restricted(to: scales.rates)
        self.states = states
        moments = OneStepMoments(states: states, sample: scales.sample)
        registry = AverageRegistry(avoiding: names)
    }

    mutating func compute() throws(DerivationError) {
        let affine = try AffineChain(chain)
        if let affine {
            contractions = chain.states.indices.map { affine.matrix[$0, $0] }
            if try computeWholeEffects(affine) { return }
            if let gaussian = try GaussianChain(affine), try computeGaussian(gaussian) { return }
        }
        try computeByQuadrature()
    }

    // MARK: Affine rates

    private mutating func computeWholeEffects(_ affine: AffineChain) throws(DerivationError) -> Bool {
        var effects: [Expression] = []
        for rate in rates {
            guard let effect = try affine.wholeEffect(of: rate) else { return false }
            effects.append(effect)
        }
        for (state, effect) in zip(states, effects) { drift.append(try moments.mean(of: effect, state: state)) }
        covariance = try Derivation.covariance(of: effects, states, moments, graded: [])
        presentVariance = try varianceOfOneStep(affine)
        return true
    }

    /// Cov_0 of the position for one fast state: `l^2 Var(b)/(1 - a^2) + Var(f)`.
    private func varianceOfOneStep(_ affine: AffineChain) throws(DerivationError) -> Expression? {
        guard chain.states.count == 1, let (slopes, rest) = chain.affine(rates[0]) else { return nil }
        let state = states[0]
        let forcing = try moments.covariance(affine.forcing[0], affine.forcing[0], states: (state, state))
        let own = try moments.covariance(rest, rest, states: (state, state))
        return (slopes[0] ** 2 * forcing / (1 - affine.matrix[0, 0] ** 2) + own).simplified()
    }

    // MARK: Functions of Gaussian combinations

    private mutating func computeGaussian(_ gaussian: GaussianChain) throws(DerivationError) -> Bool {
        var terms: [[GaussianTerm]] = []
        var isNonlinear: [Bool] = []
        for rate in rates {
            guard let own = GaussianTerm.terms(of: rate, chain) else { return false }
            terms.append(own)
            isNonlinear.append(own.contains { $0.body.symbol != GaussianTerm.variable })
        }
        method = .gaussian
        do {
            for (rate, own) in zip(rates, terms) {
                var total = rate.expandedIfPossible.summands.filter {
                    !$0.contains(any: chain.states + [chain.draw.symbol])
                }
                for term in own { total.append(term.outer * (try gaussian.expectation(of: term.body, of: term))) }
                drift.append(Expression.sum(of: total))
            }
            covariance = rates.map { _ in rates.map { _ in .zero } }
            for a in rates.indices {
                for c in a..<rates.count {
                    var total: [Expression] = []
                    for u in terms[a] {
                        for w in terms[c] {
                            total.append(u.outer * w.outer * (try longRunCovariance(u, w, gaussian)))
                        }
                    }
                    let entry = Expression.sum(of: total)
                    covariance[a][c] = entry
                    covariance[c][a] = entry
                }
            }
        } catch {
            throw .noMoment(state: states[0], error)
        }
        presentVariance = try varianceOfOneStep(terms[0], gaussian)
        return true
    }

    /// Cov_0 of the position, where its rate is one function of one combination.
    private func varianceOfOneStep(
        _ terms: [GaussianTerm], _ gaussian: GaussianChain
    ) throws(DerivationError) -> Expression? {
        guard let only = terms.first, terms.count == 1 else { return nil }
        do throws(ProbabilityError) {
            return only.outer ** 2 * (try presentCovariance(only, only, gaussian))
        } catch {
            throw .noMoment(state: states[0], error)
        }
    }

    private mutating func longRunCovariance(
        _ u: GaussianTerm, _ w: GaussianTerm, _ gaussian: GaussianChain
    ) throws(ProbabilityError) -> Expression {
        let sum = registry.covarianceSum(u, w, gaussian)
        guard u.hasDirection(of: w) else { return sum }
        return try presentCovariance(u, w, gaussian) + 2 * sum
    }

    private func presentCovariance(
        _ u: GaussianTerm, _ w: GaussianTerm, _ gaussian: GaussianChain
    ) throws(ProbabilityError) -> Expression {
        let product = try gaussian.expectation(of: u.body * w.body, of: u)
        let means = try gaussian.expectation(of: u.body, of: u) * gaussian.expectation(of: w.body, of: w)
        let difference = product - means
        let expanded = difference.expandedIfPossible
        return expanded.size <= difference.size ? expanded : difference
    }

    // MARK: Quadrature

    private mutating func computeByQuadrature() throws(DerivationError) {
        method = .chain
        guard let function = FrozenFunction(chain, rates: rates) else {
            let names = chain.states.map(\.name).joined(separator: ", ")
            throw .noAveragedModel(
                reason: "the rates depend on the fast states \(names) of each coordinate in a way that is not affine; "
                    + "the quadrature takes one such state, and a second one that enters affinely")
        }
        switch chain.draw.law {
        case .any:
            throw .noAveragedModel(reason: "the stationary law of \(function.state.name) needs a specified noise law")
        case .rademacher:
            throw .noAveragedModel(
                reason: "the stationary law of \(function.state.name) under Rademacher noise has no density")
        default: break
        }
        let fast = chain.states + [chain.draw.symbol]
        var parts: [[(outer: Expression, inner: Expression)]] = []
        for rate in rates {
            var own: [(outer: Expression, inner: Expression)] = []
            for summand in rate.expandedIfPossible.summands {
                let (inner, outer) = summand.split { $0.base.contains(any: fast) || $0.exponent.contains(any: fast) }
                if let k = own.firstIndex(where: { $0.inner == inner }) {
                    own[k].outer = own[k].outer + outer
                } else {
                    own.append((outer, inner))
                }
            }
            // Summands that go together are one function.
            let random = own.filter { $0.inner.contains(any: fast) }
            if random.count > 1 {
                let whole = Expression.sum(of: random.map { $0.outer * $0.inner })
                let (inner, outer) = whole.commonFactored.split {
                    $0.base.contains(any: fast) || $0.exponent.contains(any: fast)
                }
                own = own.filter { !$0.inner.contains(any: fast) } + [(outer, inner)]
            }
            parts.append(own)
        }
        for (state, own) in zip(states, parts) {
            var total: [Expression] = []
            for (outer, inner) in own { total.append(outer * (try mean(of: inner, function, state))) }
            drift.append(Expression.sum(of: total))
        }
        covariance = rates.map { _ in rates.map { _ in .zero } }
        for a in rates.indices {
            for c in a..<rates.count {
                var total: [Expression] = []
                for u in parts[a] where u.inner.contains(any: fast) {
                    for w in parts[c] where w.inner.contains(any: fast) {
                        total.append(
                            u.outer * w.outer
                                * (try longRunCovariance(u.inner, w.inner, function, (states[a], states[c]))))
                    }
                }
                covariance[a][c] = Expression.sum(of: total)
                covariance[c][a] = covariance[a][c]
            }
        }
    }

    private mutating func mean(
        of rate: Expression, _ function: FrozenFunction, _ state: Symbol
    ) throws(DerivationError) -> Expression {
        if !rate.contains(any: chain.states) { return try moments.mean(of: rate, state: state) }
        return registry.value("A", function, [rate], .chainMean(function, rate))
    }

    private mutating func longRunCovariance(
        _ u: Expression, _ w: Expression, _ function: FrozenFunction, _ states: (Symbol, Symbol)
    ) throws(DerivationError) -> Expression {
        if !u.contains(any: chain.states), !w.contains(any: chain.states) {
            return try moments.covariance(u, w, states: states)
        }
        let (left, right) = u.text <= w.text ? (u, w) : (w, u)
        return registry.value("C", function, [left, right], .chainCovariance(function, left, right))
    }
}
