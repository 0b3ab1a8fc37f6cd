import ExactNumbers
import Testing

@testable import Algebra

private let x = Expression(Symbol("x"))
private let y = Expression(Symbol("y"))
private let z = Expression(Symbol("z"))
private let p = Expression(Symbol("p", bounds: .positive))
private let q = Expression(Symbol("q", bounds: .nonnegative))

/// Equality of canonical forms.
private func expectSame(_ a: Expression, _ b: Expression, at location: SourceLocation = #_sourceLocation) {
    #expect(a == b, sourceLocation: location)
}

struct CanonicalFormTests {
    @Test func `sums and products do not depend on the order of their operands`() {
        #expect(x + y + z == z + x + y)
        #expect(x * y * z == z * y * x)
        #expect(x + y - x == y)
        expectSame((x + y) * (x + y), (x + y) ** 2)
        #expect((2 * x + 2 * y) / (x + y) == 2)
        #expect((y - x) * z == -((x - y) * z))
    }

    @Test(arguments: [(8, 2, 2), (12, 2, 3), (1, 1, 1), (49, 7, 1), (18, 3, 2)])
    func `the square root of an integer splits into a number and a root`(n: Int, outside: Int, inside: Int) {
        #expect(sqrt(Expression(n)) == Expression(outside) * sqrt(Expression(inside)))
        #expect(1 / sqrt(Expression(n)) == sqrt(Expression(n)) / Expression(n))
    }

    @Test func `roots respect signs`() {
        #expect(sqrt(x * x) == abs(x))
        #expect(sqrt(p * p) == p)
        #expect(sqrt(p * x) == sqrt(p) * sqrt(x))
        expectSame(sqrt(x ** 4), x ** 2)
        #expect(sqrt(-1 * p).isUndefined)
        expectSame((x * y) ** 2, x ** 2 * y ** 2)
    }

    @Test func `Kummer's function of a negative whole number is a polynomial`() {
        expectSame(kummer(-1, .half, x), 1 - 2 * x)
        // 1 - 2 z/b + z^2/(b (b + 1)).
        expectSame(kummer(-2, p, x), 1 - 2 * x / p + x ** 2 / (p * (p + 1)))
        for n in 1...6 {
            let value = kummer(Expression(-n), Expression(Rational(1, 3)), x).evaluated(at: [Symbol("x"): -0.7])
            let sum = (0...n).reduce((term: 1.0, sum: 0.0)) { partial, k in
                let next = partial.term * Double(k - n) * -0.7 / ((1.0 / 3 + Double(k)) * Double(k + 1))
                return (next, partial.sum + partial.term)
            }.sum
            #expect((value - sum).magnitude < 1e-12 * max(1, sum.magnitude))
        }
        // (-1)_2 = 0 stands in a denominator: the function has no value there, and none is made up.
        guard case .function(.kummer, _) = kummer(-2, -1, x).content else {
            Issue.record("a value where there is none")
            return
        }
    }

    @Test func `signs and absolute values combine`() {
        #expect(sign(x) * x == abs(x))
        #expect(abs(x) * sign(x) == x)
        #expect(x / abs(x) == sign(x))
        expectSame(x ** 3 * sign(x), x ** 2 * abs(x))
        expectSame(x ** 2 * sign(x), x * abs(x))
        expectSame(x ** 5 * abs(x), abs(x) ** 5 * x)
        expectSame(sign(x) / x ** 2, 1 / (x * abs(x)))
        for n in [-2, -1, 1, 2, 3] { expectSame(sign(q) * q ** n, q ** n) }
        let negative = Expression(Symbol("n", bounds: .nonpositive))
        for n in [-1, 1, 2] { expectSame(sign(negative) * negative ** n, -(negative ** n)) }
        expectSame(abs(x) ** 2, x ** 2)
        #expect(sign(-p * x) == -sign(x))
        #expect(abs(-3 * x * p) == 3 * p * abs(x))
    }

    @Test func `a maximum drops what is known to be smaller`() {
        #expect(max(x, x + p) == x + p)
        #expect(min(x, x + p) == x)
        #expect(max(p, -q) == p)
        #expect(max(x, max(y, z)) == max(z, max(x, y)))
    }

    @Test func `odd functions give their sign out`() {
        #expect(erf(y - x) == -erf(x - y))
        #expect(cos(-x) == cos(x))
        #expect(tanh(-x) == -tanh(x))
    }

    @Test func `exponentials and logarithms undo each other`() {
        #expect(exp(log(p) + y) == p * exp(y))
        #expect(exp(x) * exp(-x) == 1)
        #expect(log(exp(x)) == x)
        expectSame(log(p ** 3), 3 * log(p))
        #expect(log(Expression(8)) == 3 * log(2))
    }

    @Test func `operations without a value are undefined and stay so`() {
        #expect((1 / (x - x)).isUndefined)
        #expect((1 / Expression.zero + x).isUndefined)
        #expect(log(0).isUndefined)
        #expect((Expression.undefined * 0).isUndefined || (Expression.undefined * 0) == 0)
    }

    @Test func `the Gamma function is exact at integers and half integers`() {
        #expect(gamma(5) == 24)
        #expect(gamma(Expression(Rational(5, 2))) == Expression(Rational(3, 4)) * sqrt(.pi))
        #expect(gamma(Expression(Rational(-1, 2))) == -2 * sqrt(.pi))
        #expect(gamma(0).isUndefined)
    }
}

struct ExpansionTests {
    @Test func `powers of sums multiply out to the multinomial number of terms`() throws {
        try expectSame(((x + y) ** 2).expanded(), x ** 2 + 2 * x * y + y ** 2)
        let expanded = try ((1 + x + y + z) ** 8).expanded()
        #expect(expanded.asSum.terms.count + 1 == 165)
        try expectSame(((x - y) * (x + y) - x ** 2 + y ** 2).expanded(), 0)
    }

    @Test func `an expansion beyond the limit is refused`() {
        #expect(throws: AlgebraError.tooLarge(limit: 100)) { try ((1 + x + y + z) ** 20).expanded(limit: 100) }
        #expect(throws: AlgebraError.self) { try ((1 + x) ** 1_000_000_000).expanded() }
    }

    @Test func `collection gives the coefficients of powers`() throws {
        let parts = try #require(try ((x + y) ** 2 + sqrt(p) * x).collected(by: Symbol("x")))
        #expect(parts.map(\.exponent) == [0, 1, 2])
        #expect(parts.map(\.coefficient) == [y ** 2, 2 * y + sqrt(p), 1])
        #expect(try sin(x).collected(by: Symbol("x")) == nil)
    }
}

struct IndexSumTests {
    private let fieldI = Expression(Symbol("f", role: .field, derivatives: [.free("i")]))
    private let fieldJ = Expression(Symbol("f", role: .field, derivatives: [.bound(0)]))
    private let positionJ = Symbol("x", role: .position, indices: [.bound(0)])
    private let positionI = Expression(Symbol("x", role: .position, indices: [.free("i")]))

    @Test func `a derivative by a position of another coordinate reaches fields and deltas`() {
        let hessian = Expression.indexSum(body: fieldI.derivative(by: positionJ) * fieldJ)
        let product = Expression.indexSum(body: (fieldI * positionI).derivative(by: positionJ) * fieldJ)
        #expect(product == hessian * positionI + fieldI * fieldI)
    }

    @Test func `factors free of the index stand outside`() {
        #expect(Expression.indexSum(body: x * fieldJ) == x * Expression.indexSum(body: fieldJ))
        #expect(Expression.indexSum(body: x) == Expression(Expression.dimension) * x)
    }

    @Test func `a power of a sum over two coordinates is a power of each`() {
        let curvature = Expression(Symbol("f", role: .field, derivatives: [.free("i"), .bound(0)]))
        let (own, other) = (exp(-abs(fieldI) / p), exp(-2 * abs(fieldJ)))
        let sum = Expression.indexSum(body: curvature * (own * other))
        #expect(sum == own * Expression.indexSum(body: curvature * other))
        let (two, whole) = (Expression(2), Expression.indexSum(body: 2 ** (fieldI + fieldJ)))
        let split = (two ** fieldI) * Expression.indexSum(body: two ** fieldJ)
        #expect(whole == split)
    }
}
