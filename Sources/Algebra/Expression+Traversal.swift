/// Walking an expression, each shared node once.
extension Expression {
    /// The operands, in canonical order.
    package var operands: [Expression] {
        switch content {
        case .number, .constant, .symbol: return []
        case .sum(_, let terms): return terms.map(\.expression)
        case .product(_, let factors): return factors.flatMap { [$0.base, $0.exponent] }
        case .function(_, let arguments): return arguments
        case .indexSum(let body), .expectation(let body): return [body]
        }
    }

    /// The same operation on transformed operands, canonical again.
    package func mapOperands(_ transform: (Expression) -> Expression) -> Expression {
        switch content {
        case .number, .constant, .symbol: return self
        case .sum(let constant, let terms):
            let operands = terms.map { transform($0.expression) }
            if zip(operands, terms).allSatisfy({ $0.node === $1.expression.node }) { return self }
            return Expression.sum(
                constant: constant, multiples: zip(terms, operands).lazy.map { ($0.coefficient, $1) })
        case .product(let coefficient, let factors):
            let powers = factors.map { Factor(base: transform($0.base), exponent: transform($0.exponent)) }
            if zip(powers, factors).allSatisfy({
                $0.base.node === $1.base.node && $0.exponent.node === $1.exponent.node
            }) {
                return self
            }
            var builder = ProductBuilder(coefficient: coefficient)
            for (power, factor) in zip(powers, factors) {
                if power.base.node === factor.base.node && power.exponent.node === factor.exponent.node {
                    builder.multiply(by: factor)
                } else {
                    builder.multiply(by: Expression.power(power.base, power.exponent))
                }
            }
            return builder.product
        case .function(let function, let arguments): return Expression.function(function, arguments.map(transform))
        case .indexSum(let body): return Expression.indexSum(body: transform(body))
        case .expectation(let body): return Expression.expectation(of: transform(body))
        }
    }

    /// Calls the visitor once for each distinct node, operands first.
    package func forEachNode(_ visit: (Expression) -> Void) {
        var seen: Set<ObjectIdentifier> = []
        func walk(_ expression: Expression) {
            guard seen.insert(ObjectIdentifier(expression.node)).inserted else { return }
            expression.operands.forEach(walk)
            visit(expression)
        }
        walk(self)
    }

    /// The symbols that occur.
    public var symbols: Set<Symbol> {
        var result: Set<Symbol> = []
        forEachNode { if let symbol = $0.symbol { result.insert(symbol) } }
        return result
    }

    /// Whether the symbol occurs.
    public func contains(_ symbol: Symbol) -> Bool {
        guard node.symbolMask & Summary.mask(of: symbol) != 0 else { return false }
        var memo: [ObjectIdentifier: Bool] = [:]
        func search(_ expression: Expression) -> Bool {
            if expression.node.symbolMask & Summary.mask(of: symbol) == 0 { return false }
            if let own = expression.symbol { return own == symbol }
            let key = ObjectIdentifier(expression.node)
            if let known = memo[key] { return known }
            let result = expression.operands.contains(where: search)
            memo[key] = result
            return result
        }
        return search(self)
    }

    /// Whether any of the symbols occurs.
    public func contains(any candidates: some Sequence<Symbol>) -> Bool { candidates.contains { contains($0) } }

    /// The expression with symbols replaced, all at once.
    public func substituting(_ replacements: [Symbol: Expression]) -> Expression {
        if replacements.isEmpty { return self }
        let mask = replacements.keys.reduce(0) { $0 | Summary.mask(of: $1) }
        return replacingSymbols(mask: mask) { symbol, _ in replacements[symbol] }
    }

    public func substituting(_ symbol: Symbol, by replacement: Expression) -> Expression {
        substituting([symbol: replacement])
    }

    /// The expression with every symbol for which `replacement` gives one replaced.
    ///
    /// The second argument is the number of index sums around the symbol; indices bound outside a replaced symbol are
    /// raised by it, so that a replacement keeps its meaning inside a sum.
    package func replacingSymbols(mask: UInt64 = .max, _ replacement: (Symbol, Int) -> Expression?) -> Expression {
        struct Key: Hashable {
            let node: ObjectIdentifier
            let depth: Int
        }
        var memo: [Key: Expression] = [:]
        func walk(_ expression: Expression, _ depth: Int) -> Expression {
            if expression.node.symbolMask & mask == 0 { return expression }
            if let symbol = expression.symbol {
                guard let result = replacement(symbol, depth) else { return expression }
                return depth == 0 ? result : result.raisingBoundIndices(by: depth)
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

    /// The expression with each subexpression for which `replacement` gives one replaced, from the outside in.
    package func replacing(_ replacement: (Expression) -> Expression?) -> Expression {
        var memo: [ObjectIdentifier: Expression] = [:]
        func walk(_ expression: Expression) -> Expression {
            let key = ObjectIdentifier(expression.node)
            if let known = memo[key] { return known }
            let result = replacement(expression) ?? expression.mapOperands(walk)
            memo[key] = result
            return result
        }
        return walk(self)
    }
}
