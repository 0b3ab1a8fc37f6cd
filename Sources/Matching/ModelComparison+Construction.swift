import Algebra
import ExactNumbers
import Rules

extension ModelComparison {
    /// Compares an SDE with a derivation for the same states.
    ///
    /// Equality is decided by the zero test; what it leaves open is reported as undecided.
    public init(of published: PublishedSDE, with derivation: Derivation) {
        self.init(of: published.sde, with: derivation)
    }

    /// Compares an SDE with a derivation for the same states.
    public init(of published: SDE, with derivation: Derivation) {
        let derived = derivation.sde
        let measure = DifferenceMeasure(
            stepSize: derived.stepSize, sizes: derivation.regime?.sizes ?? derivation.gradedSizes,
            order: derivation.options.order, stepTime: derivation.certificate.stepTime ?? 1)
        order = derivation.options.order
        derivedLevel = derivation.certificate.level
        derivedClaim = derivation.certificate.verdict
        drift = derived.states.enumerated().map { index, state in
            measure.entry(.drift(state), published.drift[index], derived.drift[index])
        }
        let pairs = derived.states.indices.flatMap { a in (a..<derived.states.count).map { (a, $0) } }
        let own = pairs.map { a, c in
            measure.entry(
                .covariance(derived.states[a], derived.states[c]), published.covariance[a][c], derived.covariance[a][c])
        }
        func shared(_ sde: SDE, _ a: Int, _ c: Int) -> Expression {
            sde.couplesCoordinates ? sde.crossCovariance[a][c] : .zero
        }
        let between = pairs.compactMap { a, c -> ModelComparison.Entry? in
            let (theirs, ours) = (shared(published, a, c), shared(derived, a, c))
            guard !theirs.isZero || !ours.isZero else { return nil }
            return measure.entry(.crossCovariance(derived.states[a], derived.states[c]), theirs, ours)
        }
        covariance = own + between
    }
}

/// Puts differences of coefficients in closed form and weighs them.
private struct DifferenceMeasure {
    let stepSize: Symbol
    /// The graded parameters.
    let sizes: [Symbol: Weight]
    let order: Int
    /// tau: one step takes the time eta^tau.
    let stepTime: Rational

    /// The most parts into which a difference is split.
    private static let mostParts = 6
    /// Above this many nodes a closed form is looked for beyond expansion.
    private static let longestExpansion = 80
    /// Above this many the search takes long and finds none that anyone would read.
    private static let longestSimplification = 400

    func entry(
        _ coefficient: ModelComparison.Coefficient, _ published: Expression, _ derived: Expression
    ) -> ModelComparison.Entry {
        let verdict = published.equals(derived)
        if verdict == .zero {
            return ModelComparison.Entry(
                coefficient: coefficient, published: published, derived: derived, agreement: .agrees, difference: .zero,
                parts: [], leading: .zero, weight: nil, weakOrder: .always, matching: .always)
        }
        let isOneSided = published.isZero || derived.isZero
        let difference = isOneSided ? published - derived : closedForm(of: published - derived)
        let parts =
            isOneSided
            ? [ModelComparison.Part(defect: published.isZero ? .missing : .extra, difference: difference)]
            : parts(of: difference, published, derived)
        let (leading, size) = difference.leadingTerms(stepSize: stepSize, sizes: sizes)
        let claimed = Weight(Rational(order + 1) * stepTime)
        // What the difference does to a moment of one step, and how small that has to be for the noise to be matched:
        // smaller than the noise that matters least.
        let (weight, resolved): (Weight, Weight) =
            switch coefficient {
            case .drift(let state): (size + 1 - self.size(of: state), claimed)
            case .covariance(let a, let c), .crossCovariance(let a, let c):
                (size + 2 - self.size(of: a) - self.size(of: c), Weight(3 * stepTime))
            }
        return ModelComparison.Entry(
            coefficient: coefficient, published: published, derived: derived,
            agreement: verdict == .nonzero ? .differs : .undecided, difference: difference,
            parts: parts, leading: leading, weight: weight,
            weakOrder: weight.holds(atLeast: claimed), matching: weight.holds(atLeast: resolved))
    }

    private func size(of state: Symbol) -> Weight { sizes[state] ?? .zero }

    private func closedForm(of difference: Expression) -> Expression {
        let expanded = ((try? difference.expanded()) ?? difference).commonFactored
        let searched = DifferenceMeasure.longestExpansion + 1...DifferenceMeasure.longestSimplification
        guard searched.contains(expanded.size) else { return expanded }
        let simplified = difference.simplified().commonFactored
        return simplified.size < expanded.size ? simplified : expanded
    }

    // MARK: Parts

    /// What terms of a difference have in common that stand together.
    private struct Kind: Hashable {
        let defect: ModelComparison.Defect
        /// Functions, and powers of sums.
        let signature: Expression
        let weight: Weight
    }

    /// The difference as a sum of parts, the terms of each of one kind.
    private func parts(
        of difference: Expression, _ published: Expression, _ derived: Expression
    ) -> [ModelComparison.Part] {
        func terms(of expression: Expression) -> [Expression] { ((try? expression.expanded()) ?? expression).summands }
        let present = Set(terms(of: published))
        let wanted = Set(terms(of: derived))
        func defect(of term: Expression) -> ModelComparison.Defect {
            if wanted.contains(-term), !present.contains(-term) { return .missing }
            return present.contains(term) && !wanted.contains(term) ? .extra : .wrong
        }
        var kinds: [Kind] = []
        var groups: [Kind: [Expression]] = [:]
        for term in terms(of: difference) {
            let kind = Kind(defect: defect(of: term), signature: term.signature, weight: term.weight(sizes))
            if groups[kind] == nil { kinds.append(kind) }
            groups[kind, default: []].append(term)
        }
        guard kinds.count > 1, kinds.count <= DifferenceMeasure.mostParts else {
            return [.init(defect: kinds.count == 1 ? kinds[0].defect : .wrong, difference: difference)]
        }
        return kinds.map { kind in
            .init(defect: kind.defect, difference: Expression.sum(of: groups[kind] ?? []).commonFactored)
        }
    }
}

extension Expression {
    /// The factors of a summand other than powers of symbols.
    fileprivate var signature: Expression {
        let factors = asProduct.factors.filter { $0.base.symbol == nil }
        return Expression.product(of: factors.map { Expression.power($0.base, $0.exponent) })
    }
}

extension Derivation {
    /// The sizes of the parameters that are not O(1), those asked for in place of those declared.
    var gradedSizes: [Symbol: Weight] {
        let sizes = rule.parameters.map { ($0.symbol, options.sizes[$0.symbol.name] ?? $0.size) }
        return Dictionary(uniqueKeysWithValues: sizes.filter { !$0.1.isZero })
    }
}
