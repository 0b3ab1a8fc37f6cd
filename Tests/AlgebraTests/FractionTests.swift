import ExactNumbers
import Testing

@testable import Algebra

@Suite struct FractionTests {
    @Test func `Bringing to lowest terms keeps the value`() {
        var generator = RandomExpressions(seed: 24)
        var compared = 0
        for _ in 0..<400 {
            let expression = generator.expression(depth: 4)
            for form in [expression.together(), expression.simplified()] {
                for _ in 0..<3 {
                    let point = generator.point()
                    let (before, after) = (expression.evaluated(at: point), form.evaluated(at: point))
                    guard before.isFinite, before.magnitude < 1e6 else { continue }
                    // Cancellation may lose digits in either form; a wrong form is off by far more.
                    #expect((before - after).magnitude <= 1e-6 * max(1, before.magnitude), "\(expression)\n\(form)")
                    compared += 1
                }
            }
        }
        #expect(compared > 1000)
    }

    /// 26 indeterminates of degree 18 take 130 bits.
    @Test(arguments: [(3, 1), (3, 9), (26, 9)])
    func `Products of polynomials are the same whether or not their monomials fit in a word`(
        count: Int, exponent: Int
    ) {
        let a = (0..<count).reduce(Polynomial.one) {
            $0 + Polynomial(variable: $1, exponent: exponent).scaled(by: Rational($1 + 1))
        }
        for b in [a, a.scaled(by: Rational(1, 3))] {
            var expected = Polynomial.zero
            for x in a.terms { expected = expected + b.multiplied(by: x.monomial).scaled(by: x.coefficient) }
            #expect(a * b == expected)
        }
    }

    @Test func `No expression is taken for zero that is not, and its expansion is taken for it`() throws {
        var generator = RandomExpressions(seed: 24)
        for _ in 0..<300 {
            let expression = generator.expression(depth: 4)
            guard !expression.isUndefined else { continue }
            let difference = try expression.expanded() - expression
            #expect(difference.isZeroTest() != .nonzero, "\(expression)")
            #expect((expression.together() - expression).isZeroTest() != .nonzero, "\(expression)")
            if expression.isZeroTest() == .zero {
                let value = expression.evaluated(at: generator.point())
                #expect(value.isNaN || value.magnitude < 1e-9, "\(expression)")
            }
        }
    }

    @Test func `The greatest common divisor of polynomials with a common factor contains it`() throws {
        var generator = RandomExpressions(seed: 24)
        func polynomial() -> Polynomial {
            (0..<3).reduce(Polynomial(Rational(Int.random(in: 1...5, using: &generator)))) { sum, _ in
                let exponents = (0..<3).map { _ in Int.random(in: 0...2, using: &generator) }
                let coefficient = Rational(Int.random(in: -5...5, using: &generator))
                return sum + Polynomial(monomial: Polynomial.Monomial(exponents), coefficient: coefficient)
            }
        }
        for _ in 0..<25 {
            let (a, b, c) = (polynomial(), polynomial(), polynomial())
            let divisor = Polynomial.gcd(a * c, b * c)
            #expect(divisor.exactQuotient(c) != nil || c.constant != nil)
            #expect((a * c).exactQuotient(divisor) != nil)
            #expect((b * c).exactQuotient(divisor) != nil)
            #expect((c * c).squareRoot.map { $0 == c || $0 == -c } == true)
            #expect(((a * b) * c).exactQuotient(b) == a * c || b.isZero)
        }
    }

    @Test func `A series of a random smooth expression misses it by the order of its remainder`() throws {
        var generator = RandomExpressions(seed: 24)
        let parameter = Symbol("eta", bounds: .positive)
        let eta = Expression(parameter)
        let leaves = RandomExpressions.symbols.map { Expression($0) } + [eta, eta, eta]
        var compared = 0
        for _ in 0..<300 {
            let expression = generator.expression(depth: 4, hasKinks: false, leaves: leaves)
            guard expression.contains(parameter), let series = try? Series(of: expression, in: parameter, upTo: 3)
            else {
                continue
            }
            var point = generator.point()
            let sum = series.expression
            var size = 1.0
            let errors = [1e-2, 5e-3].map { step -> Double in
                point[parameter] = step
                let value = expression.evaluated(at: point)
                size = max(size, value.magnitude)
                return (value - sum.evaluated(at: point)).magnitude
            }
            guard errors.allSatisfy(\.isFinite), errors[1] > 1e-9 * size, errors[0] < 1e-3 else { continue }
            // Halving the step divides an error of order 3 by 8, one of order 2 by 4: halfway between is 2^2.5.
            #expect(errors[0] / errors[1] > 5.66, "\(expression): \(errors)")
            compared += 1
        }
        #expect(compared > 30)
    }
}
