import ExactNumbers

/// Sums over all coordinates, and expectations.
extension Expression {
    /// The dimension: the number of coordinates an index runs over.
    public static let dimension = Symbol("d", bounds: .positive)

    /// The sum over every coordinate of the body, in which the coordinate is ``Index/bound(_:)`` 0.
    ///
    /// Linear: it is distributed over sums, factors that do not depend on the coordinate stand outside, also those of a
    /// power, as in `sum_j e^(a_i + b_j) = e^(a_i) sum_j e^(b_j)`, and a Kronecker delta is contracted.
    public static func indexSum(body: Expression) -> Expression {
        if body.isUndefined { return .undefined }
        if body.isZero { return .zero }
        if !body.dependsOnInnermostIndex { return Expression(dimension) * body.raisingBoundIndices(by: -1) }
        switch body.content {
        case .sum: return sum(of: body.summands.map { indexSum(body: $0) })
        case .product(let coefficient, let factors):
            if let contracted = contractingDelta(coefficient: coefficient, factors) { return contracted }
            if let expanded = try? body.expanded(), case .sum = expanded.content { return indexSum(body: expanded) }
            let parts = factors.flatMap(\.splitAtInnermostIndex)
            let inside = parts.filter { $0.dependsOnInnermostIndex }
            let outside = parts.filter { !$0.dependsOnInnermostIndex }
            if outside.isEmpty && coefficient.isOne { return Expression(.indexSum(body)) }
            let rest = outside.map { power($0.base, $0.exponent).raisingBoundIndices(by: -1) }
            let inner = product(coefficient: .one, canonicalFactors: inside)
            if case .sum = inner.content {
                return product(of: [Expression(coefficient)] + rest) * indexSum(body: inner)
            }
            return product(of: [Expression(coefficient)] + rest + [Expression(.indexSum(inner))])
        case .symbol:
            if let contracted = contractingDelta(coefficient: .one, [Factor(base: body, exponent: .one)]) {
                return contracted
            }
            return Expression(.indexSum(body))
        default: return Expression(.indexSum(body))
        }
    }

    /// The expectation of the body over its random symbols, kept under its name.
    ///
    /// Linear: factors and terms without a random symbol stand outside.
    public static func expectation(of body: Expression) -> Expression {
        if body.isUndefined { return .undefined }
        if !body.isRandom { return body }
        switch body.content {
        case .sum: return sum(of: body.summands.map { expectation(of: $0) })
        case .product(let coefficient, let factors):
            let random = factors.filter { $0.base.isRandom || $0.exponent.isRandom }
            let rest = factors.filter { !($0.base.isRandom || $0.exponent.isRandom) }
            if rest.isEmpty && coefficient.isOne { return Expression(.expectation(body)) }
            let inner = product(coefficient: .one, canonicalFactors: random)
            let outer = product(coefficient: coefficient, canonicalFactors: rest)
            if case .sum = inner.content { return outer * expectation(of: inner) }
            return outer * Expression(.expectation(inner))
        default: return Expression(.expectation(body))
        }
    }

    /// The Kronecker delta of two indices; 1 where they are the same, 0 where they are two different coordinates.
    public static func kronecker(_ a: Index, _ b: Index) -> Expression {
        if a == b { return .one }
        if case .coordinate = a, case .coordinate = b { return .zero }
        return Expression(Symbol.kronecker(a, b))
    }

    /// The expression with every index transformed; indices bound inside the expression are left alone.
    public func mapIndices(_ transform: @escaping (Index) -> Index) -> Expression {
        replacingIndices { index, depth in
            if case .bound(let level) = index {
                guard level >= depth else { return index }
                return transform(.bound(level - depth)).raised(by: depth, from: 0)
            }
            return transform(index).raised(by: depth, from: 0)
        }
    }

    /// The expression in which the indices bound outside of it are raised.
    func raisingBoundIndices(by levels: Int) -> Expression {
        guard levels != 0, node.traits.contains(.boundIndex) else { return self }
        return replacingIndices { index, depth in index.raised(by: levels, from: depth) }
    }

    private func replacingIndices(_ transform: (Index, Int) -> Index) -> Expression {
        struct Key: Hashable {
            let node: ObjectIdentifier
            let depth: Int
        }
        var memo: [Key: Expression] = [:]
        func walk(_ expression: Expression, _ depth: Int) -> Expression {
            if let symbol = expression.symbol {
                if symbol.name == "delta", symbol.indices.count == 2 {
                    return Expression.kronecker(
                        transform(symbol.indices[0], depth), transform(symbol.indices[1], depth))
                }
                return Expression(symbol.mapIndices { transform($0, depth) })
            }
            let key = Key(node: ObjectIdentifier(expression.node), depth: depth)
            if let known = memo[key] { return known }
            let inner = if case .indexSum = expression.content { depth + 1 } else { depth }
            let result = expression.mapOperands { walk($0, inner) }
            memo[key] = result
            return result
        }
        return walk(self, 0)
    }

    /// sum_j delta(a, j) body(j) = body(a).
    private static func contractingDelta(coefficient: Rational, _ factors: [Factor]) -> Expression? {
        for (position, factor) in factors.enumerated() {
            guard let symbol = factor.base.symbol, symbol.name == "delta", symbol.indices.contains(.bound(0)),
                let other = symbol.indices.first(where: { $0 != .bound(0) })
            else { continue }
            var rest = factors
            rest.remove(at: position)
            let body = product(coefficient: coefficient, canonicalFactors: rest)
            return body.mapIndices { $0 == .bound(0) ? other : $0 }.raisingBoundIndices(by: -1)
        }
        return nil
    }

    fileprivate var dependsOnInnermostIndex: Bool {
        guard node.traits.contains(.boundIndex) else { return false }
        var found = false
        func walk(_ expression: Expression, _ depth: Int) {
            guard !found, expression.node.traits.contains(.boundIndex) else { return }
            if let symbol = expression.symbol {
                found = (symbol.indices + symbol.derivatives).contains(.bound(depth))
                return
            }
            let inner = if case .indexSum = expression.content { depth + 1 } else { depth }
            for operand in expression.operands { walk(operand, inner) }
        }
        walk(self, 0)
        return found
    }
}

extension Expression.Factor {
    fileprivate var dependsOnInnermostIndex: Bool { base.dependsOnInnermostIndex || exponent.dependsOnInnermostIndex }

    /// u^(a + b) as u^a and u^b, where u and b are the same for every coordinate and a is not.
    fileprivate var splitAtInnermostIndex: [Expression.Factor] {
        guard case .sum = exponent.content, base.bounds.isPositive, !base.dependsOnInnermostIndex else { return [self] }
        let varying = exponent.summands.filter(\.dependsOnInnermostIndex)
        let shared = exponent.summands.filter { !$0.dependsOnInnermostIndex }
        if varying.isEmpty || shared.isEmpty { return [self] }
        return [varying, shared].map { Expression.Factor(base: base, exponent: .sum(of: $0)) }
    }
}

extension Index {
    /// The index with its level raised where it is bound outside `depth` sums.
    fileprivate func raised(by levels: Int, from depth: Int) -> Index {
        if case .bound(let level) = self, level >= depth { return .bound(level + levels) }
        return self
    }
}
