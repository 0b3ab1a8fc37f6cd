import ExactNumbers

/// The canonical order of expressions: structural, and so the same in every process.
extension Expression {
    static func precedes(_ a: Expression, _ b: Expression) -> Bool { compare(a, b) < 0 }

    /// Negative, zero or positive as a stands before, with or after b.
    static func compare(_ a: Expression, _ b: Expression) -> Int {
        if Node.areKnownEqual(a.node, b.node) { return 0 }
        // Beyond this the two differ, so that the walk below follows a single path to their first difference.
        if a.node.hash == b.node.hash && a == b { return 0 }
        switch a.node.content {
        case .number(let x): if case .number(let y) = b.node.content { return x < y ? -1 : 1 }
        case .constant(let x): if case .constant(let y) = b.node.content { return x.rawValue - y.rawValue }
        case .symbol(let x): if case .symbol(let y) = b.node.content { return x < y ? -1 : 1 }
        case .sum(let x, let s):
            if case .sum(let y, let t) = b.node.content {
                let order = compare(s, t)
                return order != 0 ? order : x < y ? -1 : 1
            }
        case .product(let x, let s):
            if case .product(let y, let t) = b.node.content {
                let order = compare(s, t)
                return order != 0 ? order : x < y ? -1 : 1
            }
        case .function(let f, let s):
            if case .function(let g, let t) = b.node.content {
                if f != g { return Function.precedes(f, g) ? -1 : 1 }
                return compare(s, t)
            }
        case .indexSum(let x): if case .indexSum(let y) = b.node.content { return compare(x, y) }
        case .expectation(let x): if case .expectation(let y) = b.node.content { return compare(x, y) }
        }
        // A power or product stands beside its first base, so that x, x*y and x^2 are neighbours.
        let (m, n) = (a.rank, b.rank)
        if m == Rank.product && n != Rank.number { return compareProduct(a, withPower: b) }
        if n == Rank.product && m != Rank.number { return -compareProduct(b, withPower: a) }
        return m - n
    }

    // Most operands in like places are one and the same node: only others are worth a call.

    private static func compare(_ s: [Term], _ t: [Term]) -> Int {
        for position in 0..<min(s.count, t.count) {
            if s[position].expression.node !== t[position].expression.node {
                let order = compare(s[position].expression, t[position].expression)
                if order != 0 { return order }
            }
            if s[position].coefficient != t[position].coefficient {
                return s[position].coefficient < t[position].coefficient ? -1 : 1
            }
        }
        return s.count - t.count
    }

    private static func compare(_ s: [Factor], _ t: [Factor]) -> Int {
        for position in 0..<min(s.count, t.count) {
            if s[position].base.node !== t[position].base.node {
                let order = compare(s[position].base, t[position].base)
                if order != 0 { return order }
            }
            if s[position].exponent.node !== t[position].exponent.node {
                let order = compare(s[position].exponent, t[position].exponent)
                if order != 0 { return order }
            }
        }
        return s.count - t.count
    }

    private static func compare(_ s: [Expression], _ t: [Expression]) -> Int {
        for position in 0..<min(s.count, t.count) where s[position].node !== t[position].node {
            let order = compare(s[position], t[position])
            if order != 0 { return order }
        }
        return s.count - t.count
    }

    /// The order of a product and an expression of another kind, which counts as its first power.
    private static func compareProduct(_ product: Expression, withPower other: Expression) -> Int {
        guard case .product(let coefficient, let factors) = product.node.content else { return 0 }
        var order = compare(factors[0].base, other)
        if order == 0 { order = compare(factors[0].exponent, .one) }
        if order == 0 { order = factors.count - 1 }
        return order != 0 ? order : coefficient < 1 ? -1 : 1
    }

    private enum Rank {
        static let number = 0
        static let product = 7
    }

    private var rank: Int {
        switch node.content {
        case .number: return Rank.number
        case .constant: return 1
        case .symbol: return 2
        case .function: return 3
        case .indexSum: return 4
        case .expectation: return 5
        case .sum: return 6
        case .product: return Rank.product
        }
    }
}
