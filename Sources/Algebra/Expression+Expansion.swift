import ExactNumbers

/// An operation on expressions that cannot be carried out.
public enum AlgebraError: Error, Hashable, Sendable {
    /// The result would have more than `limit` terms.
    case tooLarge(limit: Int)
}

extension AlgebraError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLarge(let limit):
            return "an expression would grow beyond \(limit) terms; lower a power or simplify the rule"
        }
    }
}

/// Expansion and collection.
extension Expression {
    /// The number of terms beyond which an expansion is refused.
    public static let defaultTermLimit = 400_000

    /// The expression with products of sums and positive integer powers of sums multiplied out, at every depth outside
    /// of exponents and function arguments.
    ///
    /// An expectation over all coordinates keeps its form: `E[g_i sum_j g_j w_j/|g|^3]` exists in two dimensions, where that of
    /// a term of it, with the mean in the place of both g, does not.
    ///
    /// - Throws: ``AlgebraError/tooLarge(limit:)`` where the result would have more than `limit` terms.
    public func expanded(limit: Int = defaultTermLimit) throws(AlgebraError) -> Expression {
        guard needsExpansion else { return self }
        let prepared = try generatorsExpanded(limit: limit)
        guard prepared.needsExpansion else { return prepared }
        let packed = PackedExpansion(of: prepared)
        let result =
            if let packed { try packed.expanded(limit: limit) } else { try prepared.multipliedOut(limit: limit) }
        // A canonical product may join powers into a sum that can be expanded again.
        return result.needsExpansion && result != self ? try result.expanded(limit: limit) : result
    }

    private var needsExpansion: Bool { node.traits.contains(.unexpanded) }

    /// Whether something to be expanded does not take part in a multiplication: in the base of another power than a
    /// positive one of a sum, or in the body of a sum over an index or of an expectation.
    private var hasUnexpandedGenerators: Bool {
        guard needsExpansion else { return false }
        switch content {
        case .sum(_, let terms): return terms.contains { $0.expression.hasUnexpandedGenerators }
        case .product(_, let factors):
            return factors.contains { $0.isPowerOfSum ? $0.base.hasUnexpandedGenerators : $0.base.needsExpansion }
        default: return true
        }
    }

    /// The expression with all that does not take part in a multiplication expanded by itself.
    private func generatorsExpanded(limit: Int) throws(AlgebraError) -> Expression {
        guard hasUnexpandedGenerators else { return self }
        switch content {
        case .sum(let constant, let terms):
            var operands: [(coefficient: Rational, expression: Expression)] = []
            for term in terms {
                operands.append((term.coefficient, try term.expression.generatorsExpanded(limit: limit)))
            }
            return Expression.sum(constant: constant, multiples: operands)
        case .product(let coefficient, let factors):
            var operands = [Expression(coefficient)]
            for factor in factors {
                let base =
                    factor.isPowerOfSum
                    ? try factor.base.generatorsExpanded(limit: limit) : try factor.base.expanded(limit: limit)
                operands.append(Expression.power(base, factor.exponent))
            }
            return Expression.product(of: operands)
        case .indexSum(let body): return Expression.indexSum(body: try body.expanded(limit: limit))
        case .expectation(let body):
            return body.containsIndexSum ? self : Expression.expectation(of: try body.expanded(limit: limit))
        case .number, .constant, .symbol, .function: return self
        }
    }

    /// The products of sums multiplied out, for monomials of any number of generators.
    private func multipliedOut(limit: Int) throws(AlgebraError) -> Expression {
        switch content {
        case .sum(let constant, let terms):
            var accumulator = TermAccumulator(limit: limit)
            accumulator.add(Expression(constant), times: .one)
            for term in terms {
                try accumulator.addChecked(term.expression.multipliedOut(limit: limit), times: term.coefficient)
            }
            return accumulator.sum
        case .product(let coefficient, let factors):
            var monomial = [Expression(coefficient)]
            var sums: [Expression] = []
            for factor in factors {
                if factor.isPowerOfSum, let n = factor.exponent.asInteger {
                    sums.append(
                        try Expression.expandedPower(factor.base.multipliedOut(limit: limit), n, limit: limit))
                } else {
                    monomial.append(Expression.power(factor.base, factor.exponent))
                }
            }
            var result = Expression.product(of: monomial)
            for sum in sums.sorted(by: { $0.summandCount < $1.summandCount }) {
                result = try Expression.expandedProduct(result, sum, limit: limit)
            }
            return result
        default: return self
        }
    }

    private var summandCount: Int {
        guard case .sum(let constant, let terms) = content else { return 1 }
        return terms.count + (constant.isZero ? 0 : 1)
    }

    private static func expandedPower(_ base: Expression, _ n: Int, limit: Int) throws(AlgebraError) -> Expression {
        guard case .sum(_, let terms) = base.content else { return power(base, Expression(n)) }
        // An expansion to the n-th power of m terms has at least n + 1 terms.
        if n > limit || terms.count * n > 64 * limit { throw .tooLarge(limit: limit) }
        var result = base
        for _ in 1..<max(n, 1) { result = try expandedProduct(result, base, limit: limit) }
        return n == 1 ? base : result
    }

    private static func expandedProduct(_ a: Expression, _ b: Expression, limit: Int) throws(AlgebraError) -> Expression
    {
        let (s, t) = (a.asSum, b.asSum)
        if s.terms.count * t.terms.count > 64 * limit { throw .tooLarge(limit: limit) }
        var accumulator = TermAccumulator(limit: limit)
        accumulator.reserve(s.terms.count + t.terms.count)
        accumulator.add(Expression(s.constant * t.constant), times: .one)
        if !t.constant.isZero { for term in s.terms { accumulator.add(term, times: t.constant) } }
        if !s.constant.isZero { for term in t.terms { accumulator.add(term, times: s.constant) } }
        for p in s.terms {
            for q in t.terms {
                let coefficient = p.coefficient * q.coefficient
                try accumulator.addChecked(product(of: [p.expression, q.expression]), times: coefficient)
            }
        }
        return accumulator.sum
    }

    /// The coefficients by powers of a symbol, after expansion: `self = sum of coefficient * symbol^exponent`.
    ///
    /// - Returns: nil where the symbol occurs in another form than a power with a rational exponent.
    public func collected(by symbol: Symbol) throws(AlgebraError) -> [(exponent: Rational, coefficient: Expression)]? {
        var parts: [Rational: [Expression]] = [:]
        let variable = Expression(symbol)
        for summand in try expanded().summands {
            let (coefficient, factors) = summand.asProduct
            var exponent = Rational.zero
            var rest: [Factor] = []
            for factor in factors {
                if factor.base == variable, let value = factor.exponent.number {
                    exponent = value
                } else {
                    if factor.base.contains(symbol) || factor.exponent.contains(symbol) { return nil }
                    rest.append(factor)
                }
            }
            parts[exponent, default: []].append(Expression.product(coefficient: coefficient, canonicalFactors: rest))
        }
        return parts.keys.sorted().map { ($0, Expression.sum(of: parts[$0] ?? [])) }.filter { !$0.1.isZero }
    }
}

extension Expression.Factor {
    /// Whether this is a sum to the power of a positive integer.
    var isPowerOfSum: Bool {
        guard case .sum = base.node.content, let n = exponent.asInteger else { return false }
        return n > 0
    }
}

/// Adds terms up by hash and sorts them once.
private struct TermAccumulator {
    private var constant = Rational.zero
    private var terms: [Expression: Rational] = [:]
    let limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func reserve(_ count: Int) { terms.reserveCapacity(min(count * 2, limit)) }

    mutating func add(_ term: Expression.Term, times factor: Rational) {
        terms[term.expression, default: .zero] = terms[term.expression, default: .zero] + term.coefficient * factor
    }

    mutating func add(_ expression: Expression, times factor: Rational) {
        let parts = expression.asSum
        constant = constant + parts.constant * factor
        for term in parts.terms { add(term, times: factor) }
    }

    mutating func addChecked(_ expression: Expression, times factor: Rational) throws(AlgebraError) {
        add(expression, times: factor)
        if terms.count > limit { throw .tooLarge(limit: limit) }
    }

    var sum: Expression {
        let kept = terms.compactMap { key, value in
            value.isZero ? nil : Expression.Term(coefficient: value, expression: key)
        }
        return Expression.sum(constant: constant, terms: kept)
    }
}
