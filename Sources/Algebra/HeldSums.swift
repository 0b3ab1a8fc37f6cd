import ExactNumbers

/// An expression multiplied out in some of its symbols alone: sums that are free of them are held as symbols of their own.
///
/// `(a + b) (c + x)^2` in `x` is `H x^2 + 2 H c x + H c^2` with `H = a + b`; the whole of it has six terms. A sum that also
/// occurs under a root or in a denominator is not held: what is multiplied out elsewhere may cancel with it.
package struct HeldSums {
    /// The expression multiplied out, with the sums held.
    package let expanded: Expression
    private let values: [Symbol: Expression]

    /// - Parameter isActive: whether one of the symbols occurs.
    /// - Throws: ``AlgebraError/tooLarge(limit:)``.
    package init(_ expression: Expression, where isActive: (Expression) -> Bool) throws(AlgebraError) {
        var names: [Expression: Symbol] = [:]
        var bases: Set<Expression> = []
        expression.forEachNode { node in
            guard case .product(_, let factors) = node.content else { return }
            for factor in factors where !factor.isPowerOfSum {
                if case .sum = factor.base.content { bases.insert(factor.base) }
            }
        }
        func symbol(for sum: Expression) -> Expression {
            if bases.contains(sum) { return sum }
            let name = names[sum] ?? Symbol(" h\(names.count)", bounds: sum.bounds)
            names[sum] = name
            return Expression(name)
        }
        func held(_ factor: Expression.Factor) -> Expression {
            guard factor.isPowerOfSum || factor.base.node.traits.contains(.unexpanded) else {
                return .power(factor.base, factor.exponent)
            }
            if !isActive(factor.base) { return .power(symbol(for: factor.base), factor.exponent) }
            return .power(factor.isPowerOfSum ? held(factor.base) : factor.base, factor.exponent)
        }
        func held(_ expression: Expression) -> Expression {
            switch expression.content {
            case .sum(let constant, let terms):
                let active = terms.filter { isActive($0.expression) }
                let rest = Expression.sum(
                    constant: constant, sortedTerms: terms.filter { !isActive($0.expression) })
                var multiples: [(coefficient: Rational, expression: Expression)] = active.map {
                    ($0.coefficient, held($0.expression))
                }
                let isSum = if case .sum = rest.content { true } else { false }
                multiples.append((.one, isSum ? symbol(for: rest) : held(rest)))
                return Expression.sum(constant: .zero, multiples: multiples)
            case .product(let coefficient, let factors) where expression.node.traits.contains(.unexpanded):
                return Expression.product(of: [Expression(coefficient)] + factors.map(held))
            default: return expression
            }
        }
        expanded = try held(expression).expanded()
        values = Dictionary(uniqueKeysWithValues: names.map { ($0.value, $0.key) })
    }

    /// What the powers that meet the condition are multiplied by, in canonical order, with the sums in their places again.
    package func coefficients(
        of condition: (Expression.Factor) -> Bool
    ) -> [(powers: Expression, coefficient: Expression)] {
        var positions: [Expression: Int] = [:]
        var parts: [(powers: Expression, summands: [Expression])] = []
        for summand in expanded.summands {
            let (powers, rest) = summand.split(by: condition)
            if let position = positions[powers] {
                parts[position].summands.append(rest)
            } else {
                positions[powers] = parts.count
                parts.append((powers, [rest]))
            }
        }
        return parts.map { ($0.powers, Expression.sum(of: $0.summands).substituting(values)) }
    }
}
