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
            stepSize: derived.stepSize, sizes: derivation.gradedSizes, order: derivation.options.order)
        order = derivation.options.order
        derivedLevel = derivation.certificate.level
        derivedClaim = derivation.certificate.verdict
        drift = derived.states.enumerated().map { index, state in
            measure.entry(.drift(state), published.drift[index], derived.drift[index])
        }
        covariance = derived.states.indices.flatMap { a in
            (a..<derived.states.count).map { c in
                measure.entry(
                    .covariance(derived.states[a], derived.states[c]), published.covariance[a][c],
                    derived.covariance[a][c])
            }
        }
    }
}

/// Puts differences of coefficients in closed form and weighs them.
private struct DifferenceMeasure {
    let stepSize: Symbol
    /// The graded parameters.
    let sizes: [Symbol: Weight]
    let order: Int

    /// The most parts into which a difference is split.
    private static let mostParts = 6
    /// Above this many nodes a closed form is looked for beyond expansion.
    private static let longestExpansion = 80

    func entry(
        _ coefficient: ModelComparison.Coefficient, _ published: Expression, _ derived: Expression
    ) -> ModelComparison.Entry {
        let verdict = published.equals(derived)
        if verdict == .zero {
            return ModelComparison.Entry(
                coefficient: coefficient, published: published, derived: derived, agreement: .agrees, difference: .zero,
                parts: [], leading: .zero, weight: nil, weakOrder: .always, matching: .always)
        }
        let difference = closedForm(of: published - derived)
        let (leading, size) = difference.leadingTerms(stepSize: stepSize, sizes: sizes)
        let claimed = Weight(Rational(order + 1))
        // What the difference does to a moment of one step, and how small that has to be for the noise to be matched.
        let (weight, resolved): (Weight, Weight) =
            if case .drift = coefficient { (size + 1, claimed) } else { (size + 2, 3) }
        return ModelComparison.Entry(
            coefficient: coefficient, published: published, derived: derived,
            agreement: verdict == .nonzero ? .differs : .undecided, difference: difference,
            parts: parts(of: difference, published, derived), leading: leading, weight: weight,
            weakOrder: weight.holds(atLeast: claimed), matching: weight.holds(atLeast: resolved))
    }

    private func closedForm(of difference: Expression) -> Expression {
        let expanded = ((try? difference.expanded()) ?? difference).commonFactored
        guard expanded.size > DifferenceMeasure.longestExpansion else { return expanded }
        let simplified = difference.simplified().commonFactored
        return simplified.size < expanded.size ? simplified : expanded
    }

    // MARK: Parts

    /// The difference as a sum of parts, each of which has its own denominators, roots and functions, and its own weight.
    private func parts(
        of difference: Expression, _ published: Expression, _ derived: Expression
    ) -> [ModelComparison.Part] {
        struct Kind: Hashable {
            let signature: Expression
            let weight: Weight
        }
        func terms(of expression: Expression) -> [Expression]? { (try? expression.expanded())?.summands }
        guard let summands = terms(of: difference) else {
            return [.init(defect: published.isZero ? .missing : .wrong, difference: difference)]
        }
        var kinds: [Kind] = []
        var groups: [Kind: [Expression]] = [:]
        for summand in summands {
            let kind = Kind(signature: summand.signature, weight: summand.weight(sizes))
            if groups[kind] == nil { kinds.append(kind) }
            groups[kind, default: []].append(summand)
        }
        let present = Set(terms(of: published) ?? [published])
        let wanted = Set(terms(of: derived) ?? [derived])
        func part(_ expression: Expression, _ summands: [Expression]) -> ModelComparison.Part {
            let isMissing = summands.allSatisfy { wanted.contains(-$0) && !present.contains(-$0) }
            let isExtra = summands.allSatisfy { present.contains($0) && !wanted.contains($0) }
            let defect: ModelComparison.Defect =
                published.isZero || isMissing ? .missing : derived.isZero || isExtra ? .extra : .wrong
            return .init(defect: defect, difference: expression)
        }
        guard kinds.count > 1, kinds.count <= DifferenceMeasure.mostParts else { return [part(difference, summands)] }
        return kinds.map { kind in
            let group = groups[kind] ?? []
            return part(Expression.sum(of: group).commonFactored, group)
        }
    }
}

extension Expression {
    /// The factors of a summand that are no natural power of a symbol.
    fileprivate var signature: Expression {
        let factors = asProduct.factors.filter { factor in
            let isMonomial =
                factor.base.symbol != nil && factor.exponent.number.map { $0.isInteger && $0.isPositive } == true
            return !isMonomial
        }
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
