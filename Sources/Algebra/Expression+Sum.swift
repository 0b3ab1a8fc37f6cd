import ExactNumbers

/// Construction of canonical sums.
extension Expression {
    public static func + (a: Expression, b: Expression) -> Expression {
        if a.isZero { return b }
        if b.isZero { return a }
        if a.isUndefined || b.isUndefined { return .undefined }
        let (s, t) = (a.asSum, b.asSum)
        return sum(constant: s.constant + t.constant, sortedTerms: merge(s.terms, t.terms))
    }

    public static func - (a: Expression, b: Expression) -> Expression { a + b.scaled(by: -1) }
    public static prefix func - (a: Expression) -> Expression { a.scaled(by: -1) }

    /// The sum of any number of operands, in one pass.
    public static func sum(of operands: [Expression]) -> Expression {
        switch operands.count {
        case 0: return .zero
        case 1: return operands[0]
        case 2: return operands[0] + operands[1]
        default: break
        }
        return sum(constant: .zero, multiples: operands.lazy.map { (.one, $0) })
    }

    /// The sum of a constant and multiples of any expressions.
    static func sum(
        constant: Rational, multiples: some Sequence<(coefficient: Rational, expression: Expression)>
    ) -> Expression {
        var constant = constant
        var sum: [Term] = []
        for (coefficient, expression) in multiples {
            switch expression.content {
            case _ where expression.isUndefined: return .undefined
            case .number(let value): constant += coefficient * value
            case .sum(let own, let terms) where coefficient.isOne:
                constant += own
                sum.append(contentsOf: terms)
            case .sum(let own, let terms):
                constant += coefficient * own
                for term in terms {
                    sum.append(Term(coefficient: coefficient * term.coefficient, expression: term.expression))
                }
            default:
                let term = expression.asTerm
                sum.append(Term(coefficient: coefficient * term.coefficient, expression: term.expression))
            }
        }
        return self.sum(constant: constant, terms: sum)
    }

    /// The sum of a constant and terms in any order, in which an expression may occur more than once.
    static func sum(constant: Rational, terms: [Term]) -> Expression {
        if areSorted(terms) { return sum(constant: constant, sortedTerms: terms) }
        let sorted = terms.sorted { compare($0.expression, $1.expression) < 0 }
        var merged: [Term] = []
        merged.reserveCapacity(sorted.count)
        for term in sorted {
            if let last = merged.last, last.expression == term.expression {
                merged[merged.count - 1] = Term(
                    coefficient: last.coefficient + term.coefficient, expression: last.expression)
            } else {
                if let last = merged.last, last.coefficient.isZero { merged.removeLast() }
                merged.append(term)
            }
        }
        if let last = merged.last, last.coefficient.isZero { merged.removeLast() }
        return sum(constant: constant, sortedTerms: merged)
    }

    /// Whether the terms stand in canonical order, each once.
    private static func areSorted(_ terms: [Term]) -> Bool {
        for position in terms.indices.dropFirst() {
            if compare(terms[position - 1].expression, terms[position].expression) >= 0 { return false }
        }
        return true
    }

    /// The sum of a constant and terms that are sorted, distinct and not zero.
    static func sum(constant: Rational, sortedTerms terms: [Term]) -> Expression {
        if terms.isEmpty { return Expression(constant) }
        if terms.count == 1 && constant.isZero { return terms[0].expression.scaled(by: terms[0].coefficient) }
        return Expression(.sum(constant: constant, terms: terms))
    }

    /// The expression multiplied by an exact number.
    public func scaled(by factor: Rational) -> Expression {
        if factor.isOne || isUndefined { return self }
        if factor.isZero { return .zero }
        switch content {
        case .number(let value): return Expression(value * factor)
        case .sum(let constant, let terms):
            return Expression(
                .sum(
                    constant: constant * factor,
                    terms: terms.map { Term(coefficient: $0.coefficient * factor, expression: $0.expression) }))
        case .product(let coefficient, let factors):
            return Expression.product(coefficient: coefficient * factor, canonicalFactors: factors)
        default:
            return Expression(.product(coefficient: factor, factors: [Factor(base: self, exponent: .one)]))
        }
    }

    /// The constant and the terms of the expression read as a sum.
    package var asSum: (constant: Rational, terms: [Term]) {
        switch content {
        case .number(let value): return (value, [])
        case .sum(let constant, let terms): return (constant, terms)
        default: return (.zero, [asTerm])
        }
    }

    /// The coefficient of the expression, and the rest.
    package var asTerm: Term {
        guard case .product(let coefficient, let factors) = content, !coefficient.isOne else {
            return Term(coefficient: .one, expression: self)
        }
        return Term(coefficient: coefficient, expression: .product(coefficient: .one, canonicalFactors: factors))
    }

    /// The operands of a sum, each with its coefficient; the expression itself where it is not a sum.
    package var summands: [Expression] {
        guard case .sum(let constant, let terms) = content else { return [self] }
        let rest = terms.map { $0.expression.scaled(by: $0.coefficient) }
        return constant.isZero ? rest : [Expression(constant)] + rest
    }

    private static func merge(_ s: [Term], _ t: [Term]) -> [Term] {
        if s.isEmpty { return t }
        if t.isEmpty { return s }
        var result: [Term] = []
        result.reserveCapacity(s.count + t.count)
        var (i, j) = (0, 0)
        while i < s.count && j < t.count {
            let order = compare(s[i].expression, t[j].expression)
            if order < 0 {
                result.append(s[i])
                i += 1
            } else if order > 0 {
                result.append(t[j])
                j += 1
            } else {
                let coefficient = s[i].coefficient + t[j].coefficient
                if !coefficient.isZero { result.append(Term(coefficient: coefficient, expression: s[i].expression)) }
                i += 1
                j += 1
            }
        }
        result.append(contentsOf: s[i...])
        result.append(contentsOf: t[j...])
        return result
    }
}
