import ExactNumbers

/// The canonical order of expressions: structural, and so the same in every process.
extension Expression {
    static func precedes(_ a: Expression, _ b: Expression) -> Bool { compare(a, b) < 0 }

    /// Negative, zero or positive as a stands before, with or after b.
    static func compare(_ a: Expression, _ b: Expression) -> Int {
        if a.node === b.node { return 0 }
        switch (a.content, b.content) {
        case (.number(let x), .number(let y)): return x < y ? -1 : x == y ? 0 : 1
        case (.constant(let x), .constant(let y)): return x.rawValue - y.rawValue
        case (.symbol(let x), .symbol(let y)): return x < y ? -1 : x == y ? 0 : 1
        case (.sum(let x, let s), .sum(let y, let t)):
            for (p, q) in zip(s, t) {
                let order = compare(p.expression, q.expression)
                if order != 0 { return order }
                if p.coefficient != q.coefficient { return p.coefficient < q.coefficient ? -1 : 1 }
            }
            if s.count != t.count { return s.count - t.count }
            return x < y ? -1 : x == y ? 0 : 1
        case (.product(let x, let s), .product(let y, let t)):
            let order = compare(s, t)
            return order != 0 ? order : x < y ? -1 : x == y ? 0 : 1
        // A power or product stands beside its first base, so that x, x*y and x^2 are neighbours.
        case (.product(let x, let s), _) where b.rank != 0:
            let order = compare(s, [Factor(base: b, exponent: .one)])
            return order != 0 ? order : x < 1 ? -1 : 1
        case (_, .product(let y, let t)) where a.rank != 0:
            let order = compare([Factor(base: a, exponent: .one)], t)
            return order != 0 ? order : y > 1 ? -1 : 1
        case (.function(let f, let s), .function(let g, let t)):
            if f != g { return Function.precedes(f, g) ? -1 : 1 }
            for (p, q) in zip(s, t) {
                let order = compare(p, q)
                if order != 0 { return order }
            }
            return s.count - t.count
        case (.indexSum(let x), .indexSum(let y)), (.expectation(let x), .expectation(let y)): return compare(x, y)
        default: return a.rank - b.rank
        }
    }

    private static func compare(_ s: [Factor], _ t: [Factor]) -> Int {
        for (p, q) in zip(s, t) {
            var order = compare(p.base, q.base)
            if order != 0 { return order }
            order = compare(p.exponent, q.exponent)
            if order != 0 { return order }
        }
        return s.count - t.count
    }

    private var rank: Int {
        switch content {
        case .number: return 0
        case .constant: return 1
        case .symbol: return 2
        case .function: return 3
        case .indexSum: return 4
        case .expectation: return 5
        case .sum: return 6
        case .product: return 7
        }
    }
}
