import ExactNumbers
import Testing

@testable import Algebra

/// Expansions beside the sums of products that define them.
struct ExpansionAgainstProductsTests {
    private static let (p, q) = (Expression(RandomExpressions.symbols[0]), Expression(RandomExpressions.symbols[1]))
    private static let (x, y) = (Expression(RandomExpressions.symbols[2]), Expression(RandomExpressions.symbols[3]))
    private static let rate = Expression(Symbol("r", bounds: .positive))

    /// Bases and exponents that meet in every way: roots, reciprocals, exponentials, a sign and powers of sums.
    private static let monomials: [Expression] = [
        x, y, x ** 2, 1 / x, x ** -3, sqrt(p), p, p ** Expression(Rational(-2, 3)), sqrt(2), sqrt(3), sqrt(6), .pi,
        sqrt(.pi), exp(-rate * x), exp(rate * x), exp(y), exp(.half), sign(Expression(Symbol("z"))), sin(x),
        cos(x) ** 2,
        1 / (x + y), sqrt(1 + x ** 2), 1 / sqrt(1 + x ** 2), sqrt(x * y), (1 - exp(-rate)) ** rate, q ** (rate + 1),
        2 ** x, sqrt(2) * sqrt(1 + p),
    ]

    private static func sum(_ random: inout RandomExpressions) -> Expression {
        let terms = (0..<Int.random(in: 2...5, using: &random)).map { _ -> Expression in
            let numerator = Int.random(in: -3...3, using: &random)
            let coefficient = Expression(Rational(numerator, Int.random(in: 1...2, using: &random)))
            let factors = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                monomials[Int.random(in: 0..<monomials.count, using: &random)]
            }
            return Expression.product(of: [coefficient] + factors)
        }
        return Expression.sum(of: terms)
    }

    /// Multiplies sums summand by summand, and what is left to be multiplied out in the products.
    private static func multiplied(_ sums: [Expression]) -> Expression {
        let products = sums.reduce([[]]) { products, sum in
            products.flatMap { product in sum.summands.map { product + [$0] } }
        }
        return Expression.sum(of: products.map { multipliedOut(Expression.product(of: $0)) })
    }

    /// A product with positive powers of sums multiplied out by hand.
    private static func multipliedOut(_ u: Expression) -> Expression {
        let (coefficient, factors) = u.asProduct
        guard let position = factors.firstIndex(where: \.isPowerOfSum) else { return u }
        if factors.count == 1 && coefficient.isOne && factors[0].exponent.isOne { return u }
        var rest = factors
        let factor = rest.remove(at: position)
        let lower = Expression.product(
            of: [.product(coefficient: coefficient, canonicalFactors: rest), factor.base ** (factor.exponent - 1)])
        return Expression.sum(of: factor.base.summands.map { multipliedOut(lower * $0) })
    }

    @Test func `a product of sums is the sum of the products of their summands`() throws {
        var random = RandomExpressions(seed: 20)
        for _ in 0..<400 {
            let (a, b) = (try Self.sum(&random).expanded(), try Self.sum(&random).expanded())
            let product = try (a * b).expanded()
            #expect(product == Self.multiplied([a, b]), "(\(a)) (\(b))")
        }
    }

    @Test func `a power of a sum is the product of its copies`() throws {
        var random = RandomExpressions(seed: 21)
        for _ in 0..<100 {
            let a = try Self.sum(&random).expanded()
            let cube = try (a ** 3).expanded()
            #expect(cube == Self.multiplied([a, a, a]), "(\(a))^3")
        }
    }

    @Test func `coefficients grow beyond machine integers`() throws {
        let power = try ((3 * Self.x + 7) ** 60).expanded()
        let terms = power.asSum
        #expect(terms.constant == Rational(7).power(60))
        #expect(terms.terms.last?.coefficient == Rational(3).power(60))
        #expect(power.substituting(RandomExpressions.symbols[2], by: -2) == 1)
    }

    @Test func `monomials of many generators are multiplied out`() throws {
        let symbols = (1...80).map { Expression(Symbol("u\($0)")) }
        let sum = Expression.sum(of: symbols)
        let square = try (sum ** 2).expanded()
        #expect(square == Self.multiplied([sum, sum]))
        #expect(square.asSum.terms.count == 80 * 81 / 2)
    }
}
