import ExactNumbers

/// Bringing an expression into the form that people write.
extension Expression {
    /// A sum with the factors that all its terms share taken out, `-2 a b + 4 a c = 2 a (2 c - b)`.
    public var commonFactored: Expression { commonFactored(clearingDenominators: false) }

    /// A sum over the common denominator of its terms, `m/(a s) + n/s = (m + a n)/(a s)`.
    public var overOneDenominator: Expression { commonFactored(clearingDenominators: true) }

    private func commonFactored(clearingDenominators: Bool) -> Expression {
        guard case .sum = content else { return self }
        let parts = summands.map(\.asProduct)
        var shared: [Factor] = []
        var seen: Set<Expression> = []
        for factor in parts.flatMap(\.factors) where seen.insert(factor.base).inserted {
            let exponents = parts.map { part in part.factors.first { $0.base == factor.base }?.exponent ?? .zero }
            // Of a base with a number as its exponent everywhere the smallest power is shared.
            let numbers = exponents.compactMap(\.number)
            if numbers.count < exponents.count {
                if exponents.allSatisfy({ $0 == exponents[0] }) { shared.append(factor) }
            } else if let least = numbers.min(), !least.isZero, clearingDenominators || !numbers.contains(.zero) {
                shared.append(Factor(base: factor.base, exponent: Expression(least)))
            }
        }
        let outer = Expression.product(of: shared.map { Expression.power($0.base, $0.exponent) })
        let rest = Expression.sum(of: summands.map { $0 / outer })
        let (content, primitive) = rest.primitivePart
        return Expression.product(of: [Expression(content), outer, primitive])
    }

    /// The expression with every sum in it multiplied out where that makes it smaller, `m^3 - m (m^2 + 1) = -m`.
    package var sumsCancelled: Expression {
        guard node.traits.contains(.unexpanded) else { return self }
        return replacingFromInside { node in
            guard case .sum = node.content, let expanded = try? node.expanded(limit: 4096).commonFactored else {
                return nil
            }
            return expanded.size < node.size ? expanded : nil
        }
    }

    /// A sum written by powers of one symbol, each coefficient factored: `a - k a + k b = a + k (b - a)`.
    public func collectedAndFactored(by symbol: Symbol) -> Expression {
        guard let parts = try? collected(by: symbol) else { return commonFactored }
        return Expression.sum(
            of: parts.map {
                Expression.power(Expression(symbol), Expression($0.exponent)) * $0.coefficient.commonFactored
            })
    }

    /// The expression with fractions inside of denominators and roots cleared: `1/(a/b + c)` becomes `b/(a + b c)`.
    public var denominatorsCleared: Expression {
        replacingFromInside { node in
            guard case .product(let coefficient, let factors) = node.content else { return nil }
            guard factors.contains(where: { $0.base.hasFractionalTerms && !$0.exponent.isOne }) else { return nil }
            return Expression.product(
                of: [Expression(coefficient)]
                    + factors.map { factor in
                        guard factor.base.hasFractionalTerms else {
                            return Expression.power(factor.base, factor.exponent)
                        }
                        let (numerator, denominator) = factor.base.overCommonDenominator
                        return Expression.power(numerator, factor.exponent)
                            * Expression.power(denominator, -factor.exponent)
                    })
        }
    }

    /// Whether the expression is a sum in which a positive base has a negative power.
    private var hasFractionalTerms: Bool {
        guard case .sum = content else { return false }
        return summands.contains { $0.asProduct.factors.contains { $0.isClearable } }
    }

    /// A sum as numerator over the product of the nonnegative bases in its terms' denominators.
    private var overCommonDenominator: (numerator: Expression, denominator: Expression) {
        var powers: [Expression: Rational] = [:]
        for summand in summands {
            for factor in summand.asProduct.factors where factor.isClearable {
                guard let exponent = factor.exponent.number else { continue }
                powers[factor.base] = Swift.max(powers[factor.base] ?? .zero, -exponent)
            }
        }
        let denominator = Expression.product(of: powers.map { Expression.power($0.key, Expression($0.value)) })
        return (Expression.sum(of: summands.map { $0 * denominator }), denominator)
    }

    package func replacingFromInside(_ replacement: (Expression) -> Expression?) -> Expression {
        var memo: [ObjectIdentifier: Expression] = [:]
        func walk(_ expression: Expression) -> Expression {
            let key = ObjectIdentifier(expression.node)
            if let known = memo[key] { return known }
            let inner = expression.mapOperands(walk)
            let result = replacement(inner) ?? inner
            memo[key] = result
            return result
        }
        return walk(self)
    }
}

extension Expression.Factor {
    fileprivate var isClearable: Bool {
        guard let exponent = exponent.number, exponent.isNegative else { return false }
        return base.bounds.isNonnegative && base.number == nil
    }
}
