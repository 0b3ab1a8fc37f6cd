import ExactNumbers
import Testing

@testable import Algebra

@Suite struct ZeroTestTests {
    private let x = Expression(Symbol("x"))
    private let y = Expression(Symbol("y"))
    private let v = Expression(Symbol("v", bounds: .nonnegative))
    private let p = Expression(Symbol("p", bounds: .positive))
    private let k = Expression(Symbol("k", bounds: .positive))

    @Test func `Identities of rational functions, roots, exponentials and sines are proved`() {
        let identities: [Expression] = [
            (x + y) ** 3 - (x ** 3 + 3 * x * x * y + 3 * x * y * y + y ** 3),
            1 / (x - y) + 1 / (x + y) - 2 * x / (x * x - y * y),
            (v - p * p) / (sqrt(v) + p) - (sqrt(v) - p),
            1 / (sqrt(v) + p) * (v - p * p) - sqrt(v) + p,
            sqrt(x * x + 1) ** 3 - (x * x + 1) * sqrt(x * x + 1),
            (sqrt(x * x + 1) - x) * (sqrt(x * x + 1) + x) - 1,
            sqrt(2) * sqrt(3) - sqrt(6),
            (sqrt(2) + sqrt(3)) ** 2 - 5 - 2 * sqrt(6),
            sin(x) ** 2 + cos(x) ** 2 - 1,
            sin(x) ** 4 - cos(x) ** 4 - sin(x) ** 2 + cos(x) ** 2,
            sin((x + y) * x) - sin(x * x + x * y),
            exp(2 * x) - exp(x) ** 2,
            (exp(x) + 1) * (exp(x) - 1) - exp(2 * x) + 1,
            (1 - p) ** (k + 1) - (1 - p) * (1 - p) ** k,
            erf((x + y) / p) - erf(x / p + y / p),
            abs(x + y) * sign(x + y) - x - y,
            abs(x + y) ** 2 - (x + y) ** 2,
            (abs(x) + 1) * sign(x) - x - sign(x),
        ]
        for identity in identities { #expect(identity.isZeroTest() == .zero, "\(identity)") }
    }

    @Test func `What is not zero is told apart, however small the difference`() {
        let others: [Expression] = [
            x, x - y, x * x + 1, sin(x) ** 2 - cos(x) ** 2, sqrt(x * x) - x, exp(x) - 1 - x,
            (x + y) ** 2 - x * x - y * y, erf(x) - x, sign(x) - 1,
            sqrt(2) - Expression(Rational(665_857, 470_832)),
        ]
        for other in others { #expect(other.isZeroTest() == .nonzero, "\(other)") }
        #expect(x.equals(x) == .zero)
        #expect((x * (x + 1)).equals(x * x + x) == .zero)
        #expect(x.equals(y) == .nonzero)
    }

    @Test func `A relation that no pass knows stays unknown`() {
        #expect((tanh(x) - sin(x) / cos(x) - tanh(x) + sin(x) / cos(x)).isZeroTest() == .zero)
        #expect((atan(x) + atan(1 / x) - .pi / 2 * sign(x)).isZeroTest() == .unknown)
        #expect(Expression.undefined.isZeroTest() == .unknown)
    }

    @Test func `Sums over an index are compared over coordinates`() {
        let gradient = Symbol("f", role: .field, derivatives: [.bound(0)])
        let sum = Expression.indexSum(body: Expression(gradient) ** 2)
        #expect((sum * (x + 1) - x * sum - sum).isZeroTest() == .zero)
        #expect((sum - x).isZeroTest() == .nonzero)
    }

    @Test func `A fraction is brought to lowest terms with its factors kept`() {
        let cases: [(Expression, Expression)] = [
            ((x * x - y * y) / (x + y), x - y),
            (x / (x * y + x), 1 / (y + 1)),
            (1 / (x - y) + 1 / (x + y), 2 * x / ((x - y) * (x + y))),
            (1 / (sqrt(v) + p) ** 2 + x / (sqrt(v) + p), (1 + x * p + x * sqrt(v)) / (sqrt(v) + p) ** 2),
            (x ** 2 + 2 * x * y + y ** 2, (x + y) ** 2),
            (erf((x * y + y) / (x + 1)), erf(y)),
            (1 / (x ** 2 - 1) - 1 / (x ** 2 - 3 * x + 2), -3 / ((x ** 2 - 1) * (x - 2))),
        ]
        for (expression, form) in cases {
            #expect(expression.together() == form, "\(expression)")
        }
    }

    @Test func `A perfect square has a root without a root sign`() {
        let cases: [(Expression, Expression)] = [
            (p * p * (4 * x * x * v + 2 * v * v) - 4 * p * p * x * x * v, sqrt(2) * p * v),
            (x ** 2 - 2 * x * y + y ** 2, x - y),
            (v / (sqrt(v) + p) ** 2, sqrt(v) / (sqrt(v) + p)),
            (1 - erf(x) ** 2, sqrt(1 - erf(x) ** 2)),
        ]
        for (square, root) in cases { #expect(square.perfectSquareRoot() == root, "\(square)") }
    }
}
