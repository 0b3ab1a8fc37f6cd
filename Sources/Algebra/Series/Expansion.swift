import ExactNumbers

/// A truncated sum of coefficients times powers of the small parameter: the arithmetic of series.
struct Expansion: Sendable {
    struct Term: Sendable {
        let weight: Weight
        let coefficient: Expression
    }

    /// The number of terms beyond which arithmetic is refused.
    static let largestCount = 512

    /// In the order of ``Weight/precedes(_:_:)``, one for each weight, none zero in its canonical form.
    private(set) var terms: [Term]
    /// What is left out is of this weight or a larger one; nil where nothing is.
    private(set) var remainder: Weight?

    static let zero = Expansion(terms: [], remainder: nil)

    init(terms: [Term], remainder: Weight?) {
        self.terms = terms
        self.remainder = remainder
    }

    init(_ coefficient: Expression, weight: Weight = .zero) {
        self.init(terms: coefficient.isZero ? [] : [Term(weight: weight, coefficient: coefficient)], remainder: nil)
    }

    private init(_ map: [Weight: [Expression]], remainder: Weight?) {
        self.remainder = remainder
        terms = map.compactMap { weight, parts in
            if let remainder, weight.isAtLeast(remainder) { return nil }
            let sum = Expression.sum(of: parts)
            return sum.isZero ? nil : Term(weight: weight, coefficient: sum)
        }
        terms.sort { Weight.precedes($0.weight, $1.weight) }
    }

    /// The value, where the expansion is one coefficient without the parameter.
    var constant: Expression? {
        guard remainder == nil else { return nil }
        if terms.isEmpty { return .zero }
        return terms.count == 1 && terms[0].weight.isZero ? terms[0].coefficient : nil
    }

    func coefficient(of weight: Weight) -> Expression {
        terms.first { $0.weight == weight }?.coefficient ?? .zero
    }

    /// The largest weight that no term and no remainder falls below; nil for an exact zero.
    var floor: Weight? {
        let weights = terms.map(\.weight) + (remainder.map { [$0] } ?? [])
        guard let first = weights.first else { return nil }
        return weights.dropFirst().reduce(first) { $0.meet($1) }
    }

    /// The same without what is of the order or smaller.
    func truncated(to order: Weight) -> Expansion {
        let kept = terms.filter { !$0.weight.isAtLeast(order) }
        guard kept.count < terms.count || remainder != nil else { return self }
        let bound = kept.count == terms.count ? remainder : remainder.map { $0.meet(order) } ?? order
        return Expansion(terms: kept, remainder: bound)
    }

    /// The same, known only up to the order.
    func limited(to order: Weight) -> Expansion {
        let bound = remainder.map { $0.meet(order) } ?? order
        return Expansion(terms: terms.filter { !$0.weight.isAtLeast(bound) }, remainder: bound)
    }

    func removing(weight: Weight) -> Expansion {
        Expansion(terms: terms.filter { $0.weight != weight }, remainder: remainder)
    }

    /// The coefficients multiplied, and the weights raised.
    func scaled(by factor: Expression, raisedBy shift: Weight = .zero) -> Expansion {
        if factor.isZero { return .zero }
        return Expansion(
            terms: terms.map { Term(weight: $0.weight + shift, coefficient: $0.coefficient * factor) },
            remainder: remainder.map { $0 + shift })
    }

    func mapCoefficients(_ transform: (Expression) -> Expression) -> Expansion {
        let mapped = terms.map { Term(weight: $0.weight, coefficient: transform($0.coefficient)) }
        return Expansion(terms: mapped.filter { !$0.coefficient.isZero }, remainder: remainder)
    }

    static func sum(of operands: [Expansion]) -> Expansion {
        var map: [Weight: [Expression]] = [:]
        var remainder: Weight?
        for operand in operands {
            for term in operand.terms { map[term.weight, default: []].append(term.coefficient) }
            if let bound = operand.remainder { remainder = remainder.map { $0.meet(bound) } ?? bound }
        }
        return Expansion(map, remainder: remainder)
    }

    static func + (a: Expansion, b: Expansion) -> Expansion { sum(of: [a, b]) }
    static func - (a: Expansion, b: Expansion) -> Expansion { sum(of: [a, b.scaled(by: .minusOne)]) }

    /// The product up to an order; nil where it has too many terms.
    func times(_ other: Expansion, order: Weight) -> Expansion? {
        guard let low = floor, let otherLow = other.floor else { return .zero }
        var bounds = [remainder.map { $0 + otherLow }, other.remainder.map { $0 + low }].compactMap { $0 }
        var map: [Weight: [Expression]] = [:]
        for x in terms {
            for y in other.terms {
                let weight = x.weight + y.weight
                if weight.isAtLeast(order) {
                    bounds.append(order)
                } else {
                    map[weight, default: []].append(x.coefficient * y.coefficient)
                }
            }
        }
        if map.count > Expansion.largestCount { return nil }
        return Expansion(map, remainder: bounds.first.map { bounds.dropFirst().reduce($0) { $0.meet($1) } })
    }
}
