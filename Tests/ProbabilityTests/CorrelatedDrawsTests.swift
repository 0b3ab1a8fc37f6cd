import Algebra
import ExactNumbers
import Numerics
import Testing

@testable import Probability

/// Covariances of functions of two gradients with correlated normal noise.
struct CorrelatedDrawsTests {
    private static let (g, h) = (Symbol("g", role: .noise), Symbol("h", role: .noise))
    private static let (mu, nu) = (Symbol("mu"), Symbol("nu"))
    private static let (sigma, tau) = (Symbol("sigma", bounds: .positive), Symbol("tau", bounds: .positive))
    private static let r = Symbol("r", bounds: .signed)
    private let g = Expression(Self.g), h = Expression(Self.h), r = Expression(Self.r)
    private let mu = Expression(Self.mu), nu = Expression(Self.nu)
    private let sigma = Expression(Self.sigma), tau = Expression(Self.tau)

    private func covariance(_ u: Expression, _ w: Expression) throws -> Expression? {
        let first = GradientDraw(symbol: Self.g, mean: mu, scale: sigma, law: .gaussian)
        let second = GradientDraw(symbol: Self.h, mean: nu, scale: tau, law: .gaussian)
        return try CorrelatedDraws(first, second, correlation: r).covariance(u, w)
    }

    private func point(_ r: Double) -> [Symbol: Double] {
        [Self.mu: 0.3, Self.sigma: 0.5, Self.nu: -0.2, Self.tau: 0.8, Self.r: r]
    }

    /// Reference values: mpmath, nested Gauss-Legendre quadrature over (X, V) with Y = r X + sqrt(1 - r^2) V, broken at the
    /// kinks.
    @Test func `closed forms agree with quadrature`() throws {
        let half = Expression(Rational(1, 2))
        let bound = Expression(Rational(7, 10))
        let clips = (clip(g, -half, half), clip(h, -bound, bound))
        let cases: [(Expression, Expression, r: Double, value: Double)] = [
            (sign(g), sign(h), 0.6, 0.30291269633294331),
            (clips.0, clips.1, 0.6, 0.086773907036926665),
            (g * g, sign(h), 0.6, 0.15660058730515393),
            (abs(g), h * h * h, 0.6, 0.15287519282555963),
            (g * g, h * h, 0.6, 0.0576),
            (clips.0, clips.1, -0.3, -0.044331944428840573),
        ]
        for (u, w, r, value) in cases {
            let closed = try #require(try covariance(u, w))
            #expect(abs(closed.evaluated(at: point(r)) - value) < 1e-14)
        }
    }

    @Test func `polynomials follow Isserlis's theorem`() throws {
        let expected = r * sigma * tau
        #expect(try covariance(g, h) == expected)
        let squares = try #require(try covariance(g * g, h * h))
        #expect(squares.equals(2 * expected * expected + 4 * mu * nu * expected) == .zero)
    }

    @Test func `signs have the covariance of signs, 2/pi asin r without a mean`() throws {
        let value = try #require(try covariance(sign(g), sign(h)))
        #expect(value == signCovariance(mu / sigma, nu / tau, correlation: r))
        let centred = value.substituting(Self.mu, by: .zero).substituting(Self.nu, by: .zero)
        #expect(centred == 2 * asin(r) / .pi)
        // E[X sign(Y)] = r sqrt(2/pi) exp(-nu^2/(2 tau^2)).
        let mixed = try #require(try covariance(g, sign(h)))
        let expected = r * sigma * sqrt(2 / .pi) * exp(-(nu ** 2) / (2 * tau ** 2))
        #expect(mixed.equals(expected) == .zero)
    }

    @Test func `any function is closed with a polynomial and none with another one`() throws {
        // Cov(tanh g, h^2) = -0.0913792162517971 by the same quadrature.
        let value = try #require(try covariance(tanh(g), h * h))
        var point = point(0.6)
        var failure = false
        let named = value.replacing { node in
            guard let expectation = NamedExpectation(node, law: .gaussian) else { return nil }
            let symbol = Symbol("E\(point.count)")
            do { point[symbol] = try expectation.value(at: point) } catch { failure = true }
            return Expression(symbol)
        }
        #expect(!failure)
        #expect(abs(named.evaluated(at: point) + 0.0913792162517971) < 1e-11)
        #expect(try covariance(tanh(g), tanh(h)) == nil)
        #expect(try covariance(tanh(g), sign(h)) == nil)
    }

    @Test func `everything vanishes without correlation`() throws {
        for (u, w) in [(sign(g), sign(h)), (g * g, abs(h)), (clip(g, -1, 1), h), (max(g, 0), max(h, 0))] {
            let value = try #require(try covariance(u, w))
            #expect(abs(value.evaluated(at: point(0))) < 1e-15)
        }
    }

    @Test func `the covariance of signs knows its symmetries and derivatives`() {
        let (a, b) = (Expression(Self.mu), Expression(Self.nu))
        let value = signCovariance(a, b, correlation: r)
        #expect(value == signCovariance(b, a, correlation: r))
        #expect(value == signCovariance(-a, -b, correlation: r))
        #expect(value == -signCovariance(a, -b, correlation: -r))
        #expect(signCovariance(a, b, correlation: 0).isZero)
        #expect(value.text == "signCov(μ, ν; r)")
        let place: [Symbol: Double] = [Self.mu: 0.4, Self.nu: -0.7, Self.r: 0.55]
        for symbol in [Self.mu, Self.nu, Self.r] {
            let h = 1e-4
            func moved(_ steps: Double) -> Double {
                var moved = place
                moved[symbol, default: 0] += steps * h
                return value.evaluated(at: moved)
            }
            // The five-point difference has an error of h^4.
            let difference = (8 * (moved(1) - moved(-1)) - (moved(2) - moved(-2))) / (12 * h)
            #expect(abs(value.derivative(by: symbol).evaluated(at: place) - difference) < 1e-9)
        }
    }
}
