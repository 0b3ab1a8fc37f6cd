import Algebra
import ExactNumbers
import Testing

/// Draws expressions of every kind.
struct ExpressionSource {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// The next draw of a SplitMix64 generator, below `bound`.
    mutating func next(_ bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((z ^ (z >> 31)) % UInt64(bound))
    }

    private mutating func rational() -> Expression {
        Expression(Rational(next(13) - 6, 1 + next(4)))
    }

    private mutating func leaf() -> Expression {
        let atoms = [
            Quantities.x, Quantities.v, Quantities.m, Quantities.sigma, Quantities.slope, Quantities.eta,
            Quantities.rho1,
            Quantities.epsilon, Quantities.plain("a"), Quantities.plain("b"), Quantities.t, .pi, .e, rational(),
            rational(),
        ]
        return atoms[next(atoms.count)]
    }

    mutating func expression(depth: Int) -> Expression {
        if depth == 0 { return leaf() }
        let u = expression(depth: depth - 1)
        switch next(18) {
        case 0, 1, 2: return u + expression(depth: depth - 1)
        case 3: return u - expression(depth: depth - 1)
        case 4, 5, 6: return u * expression(depth: depth - 1)
        case 7: return u / expression(depth: depth - 1)
        case 8: return u ** (next(5) - 2)
        case 9: return abs(u) ** Expression(Rational(next(7) - 3, 2 + next(2)))
        case 10: return exp(u)
        case 11: return [erf(u), sign(u), tanh(u), sin(u), atan(u)][next(5)]
        case 12: return max(u, expression(depth: depth - 1))
        case 13: return min(u, expression(depth: depth - 1))
        case 14: return abs(u)
        case 15: return Expression.expectation(of: Quantities.g * u + sign(u + Quantities.g))
        case 16: return Expression.indexSum(body: u.mapIndices { $0 == .free("i") ? .bound(0) : $0 })
        default: return .function(.unnamed("s", derivatives: [next(3)]), [u])
        }
    }
}

@Suite struct RoundTripTests {
    @Test(arguments: 1...40) func `Random expressions are read as they were printed`(_ seed: Int) throws {
        var source = ExpressionSource(seed: UInt64(seed))
        for _ in 0..<25 {
            let expression = source.expression(depth: 1 + source.next(5))
            if expression.isUndefined { continue }
            let scope = Scope(of: expression)
            for text in [expression.text, expression.ascii] {
                let reread = try Expression(parsing: text, in: scope)
                #expect(reread == expression, "seed \(seed): \(text) was read as \(reread)")
            }
        }
    }

    @Test(arguments: 1...20) func `LaTeX has neither double subscripts nor double superscripts`(_ seed: Int) {
        var source = ExpressionSource(seed: UInt64(1000 + seed))
        for _ in 0..<25 {
            let latex = source.expression(depth: 1 + source.next(5)).latex
            #expect(!latex.contains(#/(\^|_)({[^{}]*}|\w)\1/#), "seed \(seed): \(latex)")
            #expect(latex.count(where: { $0 == "{" }) == latex.count(where: { $0 == "}" }))
        }
    }
}
