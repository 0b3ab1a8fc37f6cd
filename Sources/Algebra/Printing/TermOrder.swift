import ExactNumbers

/// The order in which the terms of a sum and the factors of a product are read.
///
/// Terms with the fewest small coefficients come first (`1 - η·ρ`, `m + κ·(g - m)`, `√v + ε`: the letters of the Greek
/// alphabet without an index are the coefficients), then those of the highest degree (`x² + x·y + 1`); among terms of
/// degree zero a number stands first (`1 - erf(u)`). The rest is the canonical order.
enum TermOrder {
    /// The operands of a sum in reading order.
    static func terms(of sum: Expression) -> [Expression] {
        let keyed = sum.summands.map { (key: key($0), term: $0) }
        return keyed.enumerated().sorted { a, b in
            let (p, q) = (a.element.key, b.element.key)
            if p.coefficientDegree != q.coefficientDegree { return p.coefficientDegree < q.coefficientDegree }
            if p.degree != q.degree { return p.degree > q.degree }
            if p.isNumber != q.isNumber { return p.isNumber }
            let (s, t) = (a.element.term.asProduct.factors, b.element.term.asProduct.factors)
            return lexicographic(s, t) ?? (a.offset < b.offset)
        }.map(\.element.term)
    }

    /// The factors of a product in reading order: coefficients and their sums, symbols, functions, sums, exponentials.
    static func factors(_ factors: [Expression.Factor]) -> [Expression.Factor] {
        factors.enumerated().sorted { a, b in
            let (p, q) = (rank(a.element), rank(b.element))
            return p != q ? p < q : a.offset < b.offset
        }.map(\.element)
    }

    private struct Key {
        let coefficientDegree: Double
        let degree: Double
        let isNumber: Bool
    }

    private static func isCoefficient(_ symbol: Symbol) -> Bool {
        symbol.indices.isEmpty && !symbol.isField && Glyph.isGreek(symbol.name)
    }

    private static func key(_ term: Expression) -> Key {
        Key(
            coefficientDegree: degree(term, isCoefficient),
            degree: degree(term) { !isCoefficient($0) },
            isNumber: term.number != nil)
    }

    /// The total degree in the symbols that count; that of a sum is that of its leading term.
    private static func degree(_ expression: Expression, _ counts: (Symbol) -> Bool) -> Double {
        switch expression.content {
        case .symbol(let symbol): return counts(symbol) ? 1 : 0
        case .sum:
            let terms = expression.summands.map { degree($0, counts) }
            // Coefficients make a term small, so that the leading one has the fewest.
            return terms.contains(0) ? 0 : terms.min() ?? 0
        case .product(_, let factors):
            return factors.reduce(0) { total, factor in
                guard let exponent = factor.exponent.number else { return total }
                return total + exponent.doubleValue * degree(factor.base, counts)
            }
        case .indexSum(let body): return degree(body, counts)
        default: return 0
        }
    }

    /// Degree-lexicographic comparison of two monomials, nil where they do not differ in that.
    private static func lexicographic(_ s: [Expression.Factor], _ t: [Expression.Factor]) -> Bool? {
        for (p, q) in zip(s, t) {
            guard p.base == q.base else { return nil }
            if p.exponent == q.exponent { continue }
            guard let m = p.exponent.number, let n = q.exponent.number else { return nil }
            return m > n
        }
        return nil
    }

    private static func rank(_ factor: Expression.Factor) -> Int {
        switch factor.base.content {
        case .constant(.e): return 7
        case .number, .constant: return 0
        case .symbol(let symbol):
            if isCoefficient(symbol) { return 1 }
            return symbol.indices.isEmpty && symbol.derivatives.isEmpty ? 2 : 3
        case .function: return 4
        case .sum, .product: return factor.base.symbols.allSatisfy(isCoefficient) ? 1 : 5
        case .expectation: return 8
        case .indexSum: return 9
        }
    }
}
