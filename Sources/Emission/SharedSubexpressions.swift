import Algebra

/// Formulas in steps: what they have in common is computed once, and what is long in parts, each under a name.
struct SharedSubexpressions {
    struct Definition {
        let symbol: Symbol
        let expression: Expression
    }

    /// How long an expression may be before it is taken apart.
    struct Length {
        /// Nodes of its tree.
        let size: Int
        /// Terms of a sum, or factors of a product.
        let width: Int
    }

    /// What is computed first, in this order.
    private(set) var definitions: [Definition] = []
    /// The formulas, in terms of the definitions.
    private(set) var formulas: [Expression] = []
    private let length: Length

    init(_ formulas: [Expression], length: Length, names: inout SourceNames) {
        self.length = length
        let nodes = Self.nodes(of: formulas)
        var steps: [Expression: Expression] = [:]
        for (node, uses) in nodes {
            let rewritten = inParts(node.mapOperands { steps[$0] ?? $0 }, &names)
            let isNamed = (uses > 1 && node.isWorthAName) || rewritten.size > length.size
            steps[node] = isNamed ? name(rewritten, &names) : rewritten
        }
        self.formulas = formulas.map { steps[$0] ?? $0 }
    }

    /// The distinct nodes that compute something, operands first, with the number of nodes and formulas that read them.
    private static func nodes(of formulas: [Expression]) -> [(node: Expression, uses: Int)] {
        var order: [Expression] = []
        var seen: Set<Expression> = []
        var uses: [Expression: Int] = [:]
        for formula in formulas {
            formula.forEachNode { node in
                guard !node.isLeaf, seen.insert(node).inserted else { return }
                order.append(node)
                for operand in Set(node.operands) { uses[operand, default: 0] += 1 }
            }
            uses[formula, default: 0] += 1
        }
        return order.map { ($0, uses[$0, default: 0]) }
    }

    /// The expression with a wide sum or product done in parts.
    private mutating func inParts(_ expression: Expression, _ names: inout SourceNames) -> Expression {
        let isSum: Bool
        var parts: [Expression]
        switch expression.content {
        case .sum: (isSum, parts) = (true, expression.summands)
        case .product(let coefficient, let factors):
            (isSum, parts) = (false, factors.map { Expression.power($0.base, $0.exponent) })
            if !coefficient.isOne { parts.append(Expression(coefficient)) }
        default: return expression
        }
        if parts.count <= length.width { return expression }
        func combined(_ parts: [Expression]) -> Expression {
            isSum ? Expression.sum(of: parts) : Expression.product(of: parts)
        }
        while parts.count > length.width {
            let first = combined(Array(parts.prefix(length.width)))
            parts.replaceSubrange(..<length.width, with: [name(first, &names)])
        }
        return combined(parts)
    }

    private mutating func name(_ expression: Expression, _ names: inout SourceNames) -> Expression {
        if expression.isLeaf { return expression }
        let symbol = Symbol(names.newName(), bounds: expression.bounds)
        definitions.append(Definition(symbol: symbol, expression: expression))
        return Expression(symbol)
    }
}

extension Expression {
    fileprivate var isLeaf: Bool {
        switch content {
        case .number, .constant, .symbol: true
        default: false
        }
    }

    /// Whether computing the expression again costs more than reading a name.
    fileprivate var isWorthAName: Bool {
        guard !symbols.isEmpty else { return false }
        guard case .product(_, let factors) = content, factors.count == 1 else { return true }
        // A multiple or a whole power of something that has a name itself.
        return factors[0].exponent.number.map { !$0.isInteger } ?? true
    }
}
