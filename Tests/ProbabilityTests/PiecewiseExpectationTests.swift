import Algebra
import ExactNumbers
import Numerics
import TestSupport
import Testing

@testable import Probability

/// Closed forms against quadrature of the very function.
struct PiecewiseExpectationTests {
    private static let mean = Symbol("mu")
    private static let scale = Symbol("sigma", bounds: .positive)

    /// A law with the highest degree that its tails allow and the most kinks its truncated moments reach.
    struct Case: Sendable, CustomTestStringConvertible {
        let law: NoiseLaw
        let degree: Int
        var kinks = 4
        var testDescription: String { law.description }
    }

    private static let cases = [
        Case(law: .gaussian, degree: 6), Case(law: .student(nu: 3), degree: 2), Case(law: .student(nu: 5), degree: 4),
        Case(law: .student(nu: 7), degree: 6), Case(law: .student(nu: 4), degree: 3),
        Case(law: .student(nu: Expression(Rational(9, 2))), degree: 4), Case(law: .laplace, degree: 6),
        Case(law: .uniform, degree: 6), Case(law: .rademacher, degree: 6),
        Case(law: .mixture(weight: Expression(Rational(1, 3)), firstScale: 2, secondScale: .half), degree: 6),
        // Of the logistic law only the moments of order 0 and 1 are elementary above a breakpoint.
        Case(law: .logistic, degree: 1, kinks: 2), Case(law: .logistic, degree: 6, kinks: 0),
    ]

    @Test(arguments: cases)
    func `expectations under a symbolic mean and scale agree with quadrature`(_ own: Case) throws {
        var generator = SeededGenerator(seed: 17)
        var closed = 0
        for _ in 0..<10 {
            let function = PiecewiseFunction.random(
                degree: min(own.degree, 3), kinks: min(own.kinks, 2), isSymbolic: true, using: &generator)
            let draw = GradientDraw(
                symbol: PiecewiseFunction.drawSymbol, mean: Expression(Self.mean), scale: Expression(Self.scale),
                law: own.law)
            let expectation = try draw.expectation(of: function.expression)
            if own.law == .logistic && expectation.containsExpectation { continue }
            closed += 1
            for _ in 0..<2 {
                let mean = Double.random(in: -2...2, using: &generator)
                let scale = Double.random(in: 0.4...1.6, using: &generator)
                try check(
                    expectation, function, law: own.law, mean: mean, scale: scale,
                    point: [Self.mean: mean, Self.scale: scale], &generator)
            }
        }
        #expect(closed >= 5)
    }

    @Test(arguments: cases)
    func `expectations of a high degree with many kinks agree with quadrature`(_ own: Case) throws {
        var generator = SeededGenerator(seed: 40)
        var closed = 0
        for trial in 0..<12 {
            let function = PiecewiseFunction.random(
                degree: own.degree, kinks: own.kinks, isSymbolic: trial.isMultiple(of: 6), using: &generator)
            let mean = Rational(Int.random(in: -8...8, using: &generator), 5)
            let scale = Rational(Int.random(in: 2...8, using: &generator), 5)
            let draw = GradientDraw(
                symbol: PiecewiseFunction.drawSymbol, mean: Expression(mean), scale: Expression(scale), law: own.law)
            let expectation = try draw.expectation(of: function.expression)
            if own.law == .logistic && expectation.containsExpectation { continue }
            closed += 1
            try check(
                expectation, function, law: own.law, mean: mean.doubleValue, scale: scale.doubleValue, point: [:],
                &generator)
        }
        #expect(closed >= 8)
    }

    @Test func `a function that turns out constant leaves no noise behind`() throws {
        let g = Expression(PiecewiseFunction.drawSymbol)
        let draw = GradientDraw(
            symbol: PiecewiseFunction.drawSymbol, mean: Expression(Self.mean), scale: Expression(Self.scale),
            law: .gaussian)
        // g + |g - 2| is at least 2.
        #expect(try draw.expectation(of: g * sign(g + abs(g - 2))) == Expression(Self.mean))
    }

    /// Compares at random values of the parameters.
    private func check(
        _ expectation: Expression, _ function: PiecewiseFunction, law: NoiseLaw, mean: Double, scale: Double,
        point: [Symbol: Double], _ generator: inout SeededGenerator
    ) throws {
        #expect(!expectation.containsExpectation, "\(function.expression)")
        let parameters = PiecewiseFunction.parameters.map { _ in Double.random(in: -2...2, using: &generator) }
        let own = Dictionary(uniqueKeysWithValues: zip(PiecewiseFunction.parameters, parameters))
        let value = expectation.evaluated(at: point.merging(own) { first, _ in first })
        let expected = try function.expectation(
            mean: mean, scale: scale, parameters: parameters, law: NumericNoiseLaw(law))
        #expect(
            (value - expected.value).magnitude <= 1e-11 * max(1, expected.magnitude),
            "E[\(function.expression)] at \(parameters), mean \(mean), scale \(scale): \(value), not \(expected.value)")
    }
}
