import Algebra
import ExactNumbers
import Foundation
import Numerics
import Testing

@testable import Probability

struct NamedExpectationTests {
    private typealias Expression = Algebra.Expression

    private static let index = Index.free("i")
    private static let symbol = Symbol("g", role: .noise, indices: [index])
    private static let mean = Symbol("f", role: .field, derivatives: [index])
    private static let scale = Symbol("sigma", bounds: .positive)
    private static let damping = Symbol("epsilon", bounds: .positive)
    private let g = Expression(symbol)
    private let epsilon = Expression(damping)

    private func draw(_ law: NoiseLaw) -> GradientDraw {
        GradientDraw(symbol: Self.symbol, mean: Expression(Self.mean), scale: Expression(Self.scale), law: law)
    }

    private func point(_ mean: Double, _ scale: Double, _ epsilon: Double) -> [Symbol: Double] {
        [Self.mean: mean, Self.scale: scale, Self.damping: epsilon]
    }

    /// The value of an expression with named expectations in it.
    private func value(_ expression: Expression, _ law: NoiseLaw, at point: [Symbol: Double]) throws -> Double {
        var point = point
        let numeric = try NumericNoiseLaw(law)
        var failure: (any Error)?
        var count = 0
        let replaced = expression.replacing { node in
            guard let named = NamedExpectation(node, law: numeric) else { return nil }
            let symbol = Symbol("e\(count)")
            count += 1
            do { point[symbol] = try named.value(at: point) } catch { failure = error }
            return Expression(symbol)
        }
        if let failure { throw failure }
        return replaced.evaluated(at: point)
    }

    /// mpmath 1.3, 40 digits: quad((mu + sigma z)/(|mu + sigma z| + eps) f(z)), cut at -mu/sigma, at +-1, 3, 8, 20,
    /// with z = sqrt(nu) sinh(s) for Student's law.
    @Test(arguments: [
        (NoiseLaw.gaussian, 0.5, 1.2, 0.1, 0.295934694664991084),
        (.gaussian, 0.5, 1.2, 1e-8, 0.323077757700530395),
        (.student(nu: 3), -0.4, 0.7, 0.25, -0.29109903526507599),
        (.student(nu: Expression(Rational(1, 2))), 0.4, 0.7, 0.25, 0.196433986288527242),
        (.laplace, 0.3, 1.1, 0.2, 0.238628393961385177),
        (.uniform, 0.3, 1.1, 0.2, 0.14239798802755162),
        (.logistic, 0.3, 1.1, 0.2, 0.197405127855079892),
        (
            .mixture(weight: Expression(Rational(1, 4)), firstScale: 3, secondScale: .half), 0.3, 1.1, 0.2,
            0.246684522982110186
        ),
    ])
    func `a damped sign has its known expectation`(
        law: NoiseLaw, mean: Double, scale: Double, epsilon: Double, expected: Double
    ) throws {
        let expectation = try draw(law).expectation(of: g / (abs(g) + self.epsilon))
        #expect(expectation.containsExpectation)
        let value = try value(expectation, law, at: point(mean, scale, epsilon))
        #expect((value / expected - 1).magnitude < 1e-12)
    }

    @Test func `a law with atoms is a finite sum`() throws {
        let named = NamedExpectation(
            of: exp(Expression(GradientDraw.variable)), over: GradientDraw.variable, law: .rademacher)
        #expect(try (named.value(at: [:]) - cosh(1)).magnitude < 1e-15)
        #expect(named.parameters.isEmpty)
    }

    @Test func `kinks of functions that are not polynomials are found`() throws {
        let z = Expression(GradientDraw.variable)
        // |exp(Z) - 2| has its kink at log 2: E = 2 - e^(1/2) + 2 (e^(1/2) Phi(1 - log 2) - 2 Phi(-log 2)).
        let named = NamedExpectation(of: abs(exp(z) - 2), over: GradientDraw.variable, law: .gaussian)
        let phi = SpecialFunctions.normalDistribution
        let expected = 2 - exp(0.5) + 2 * (exp(0.5) * phi(1 - log(2)) - 2 * phi(-log(2)))
        #expect(try (named.value(at: [:]) / expected - 1).magnitude < 1e-12)
    }

    @Test func `an expectation that diverges is a typed error`() throws {
        let named = NamedExpectation(
            of: exp(Expression(GradientDraw.variable) ** 2), over: GradientDraw.variable, law: .gaussian)
        #expect(throws: QuadratureError.self) { try named.value(at: [:]) }
        let unknown = NamedExpectation(
            of: sin(Expression(GradientDraw.variable) * epsilon), over: GradientDraw.variable, law: .gaussian)
        #expect(unknown.parameters == [Self.damping])
        #expect(throws: QuadratureError.self) { try unknown.value(at: [:]) }
        // A moment of order 2 of a law with 2.01 degrees of freedom lies beyond the range of doubles.
        let heavy = NamedExpectation(
            of: Expression(GradientDraw.variable) ** 2, over: GradientDraw.variable,
            law: try NumericNoiseLaw(.student(nu: Expression(Rational(201, 100)))))
        #expect(throws: QuadratureError.self) { try heavy.value(at: [:]) }
    }

    @Test(arguments: [NoiseLaw.gaussian, .student(nu: 3)])
    func `derivatives by the mean, the scale and the position go under the expectation`(law: NoiseLaw) throws {
        let bodies = [
            g / (abs(g) + epsilon), tanh(g / epsilon), sign(g) * exp(-abs(g) / epsilon),
            g ** 2 / (g ** 2 + epsilon), abs(g) / sqrt(g ** 2 + epsilon) * sign(g - 1),
        ]
        for body in bodies {
            let own = draw(law)
            let expectation = try own.expectation(of: body)
            #expect(expectation.containsExpectation)
            for symbol in [Self.mean, Self.scale, Self.damping] {
                let derivative = try own.closingExpectations(in: expectation.derivative(by: symbol))
                let base = point(0.3, 0.8, 0.4)
                let exact = try value(derivative, law, at: base)
                func shifted(_ h: Double) throws -> Double {
                    try value(expectation, law, at: base.merging([symbol: h]) { $0 + $1 })
                }
                // Central differences of order six.
                let h = 0.01
                let difference =
                    try
                    (45 * (shifted(h) - shifted(-h)) - 9 * (shifted(2 * h) - shifted(-2 * h))
                    + (shifted(3 * h) - shifted(-3 * h))) / (60 * h)
                #expect((exact - difference).magnitude < 2e-9 * max(1, exact.magnitude), "d E[\(body)]/d\(symbol.name)")
            }
        }
    }

    @Test func `by the mean the derivative of E[h(g)] is E[h'(g)]`() throws {
        let own = draw(.gaussian)
        let h = tanh(g)
        let expected = try own.expectation(of: h.derivative(by: Self.symbol))
        let derivative = try own.expectation(of: h).derivative(by: Self.mean)
        #expect((derivative - expected).isZeroTest() != .nonzero)
        let here = point(0.3, 0.8, 0.4)
        #expect((try value(derivative, .gaussian, at: here) - value(expected, .gaussian, at: here)).magnitude < 1e-14)
    }

    @Test func `a derivative by a position reaches the mean gradient in the expectation`() throws {
        let expectation = try draw(.gaussian).expectation(of: tanh(g))
        let position = Symbol("x", role: .position, indices: [.free("j")])
        let hessian = Expression(Self.mean.differentiated(by: .free("j")))
        let slope = expectation.derivative(by: Self.mean)
        #expect(expectation.derivative(by: position).equals(slope * hessian) != .nonzero)
        #expect(expectation.derivative(by: position).contains(Self.mean.differentiated(by: .free("j"))))
        // The law is not known, but what the derivative is remains known.
        let unspecified = try draw(.any).expectation(of: tanh(g)).derivative(by: position)
        #expect(!unspecified.isZero && unspecified.containsExpectation)
    }

    @Test func `Gaussian expectations of exponentials, error functions and waves are closed`() throws {
        let own = draw(.gaussian)
        let (mu, sigma) = (Expression(Self.mean), Expression(Self.scale))
        let closed: [(Expression, Expression)] = [
            (exp(g), exp(mu + sigma ** 2 / 2)),
            (erf(g / epsilon), erf(mu / sqrt(epsilon ** 2 + 2 * sigma ** 2))),
            (cos(g), cos(mu) * exp(-(sigma ** 2) / 2)),
            (sin(epsilon * g), sin(epsilon * mu) * exp(-((epsilon * sigma) ** 2) / 2)),
            (exp(-(g ** 2) / 2), exp(-(mu ** 2) / (2 * (1 + sigma ** 2))) / sqrt(1 + sigma ** 2)),
            (normalDensity(g), normalDensity(mu / sqrt(1 + sigma ** 2)) / sqrt(1 + sigma ** 2)),
            (normalDistribution(g), normalDistribution(mu / sqrt(1 + sigma ** 2))),
        ]
        for (body, expected) in closed {
            let value = try own.expectation(of: body)
            #expect(!value.containsExpectation)
            for (mean, scale) in [(0.3, 0.8), (-1.4, 0.3)] {
                let here = point(mean, scale, 0.6)
                #expect((value.evaluated(at: here) - expected.evaluated(at: here)).magnitude < 1e-14)
            }
        }
        let products = [
            g ** 3 * erf(g), g ** 2 * cos(g), g * sin(g / 2), g * exp(-(g ** 2)) * erf(g + 1),
            abs(g) * exp(g), sign(g) * normalDensity(g / epsilon), clip(g, -1, 1) * exp(-g),
        ]
        let mixture = NoiseLaw.mixture(weight: Expression(Rational(1, 3)), firstScale: 2, secondScale: .half)
        for law in [NoiseLaw.gaussian, mixture] {
            for body in products {
                let value = try draw(law).expectation(of: body)
                #expect(!value.containsExpectation, "\(body)")
                let here = point(0.3, 0.8, 0.6)
                let named = NamedExpectation(
                    of: draw(law).standardized(body), over: GradientDraw.variable, law: try NumericNoiseLaw(law))
                let expected = try named.value(at: here)
                #expect(
                    (value.evaluated(at: here) - expected).magnitude < 1e-12 * max(1, expected.magnitude), "\(body)")
            }
        }
    }
}
