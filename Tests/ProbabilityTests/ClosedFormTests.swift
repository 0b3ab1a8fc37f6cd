import Algebra
import ExactNumbers
import Foundation
import Numerics
import TestSupport
import Testing

@testable import Probability

/// The closed forms of the literature, as expressions.
struct ClosedFormTests {
    private typealias Expression = Algebra.Expression

    private static let symbol = Symbol("g", role: .noise, indices: [.free("i")])
    private static let mean = Symbol("mu")
    private static let scale = Symbol("sigma", bounds: .positive)
    private static let bound = Symbol("u", bounds: .positive)
    private let g = Expression(symbol)
    private let mu = Expression(mean)
    private let sigma = Expression(scale)
    private let u = Expression(bound)
    /// mu/sigma.
    private var t: Expression { mu / sigma }

    private func expectation(_ body: Expression, _ law: NoiseLaw = .gaussian) throws -> Expression {
        try GradientDraw(symbol: Self.symbol, mean: mu, scale: sigma, law: law).expectation(of: body)
    }

    private func covariance(_ v: Expression, _ w: Expression, _ law: NoiseLaw = .gaussian) throws -> Expression {
        try expectation(v * w, law) - expectation(v, law) * expectation(w, law)
    }

    private func isSame(_ v: Expression, _ w: Expression) -> Bool {
        if v.equals(w) == .zero { return true }
        // Forms that differ by more than the normal form knows are compared at points.
        var generator = SeededGenerator(seed: 3)
        return (0..<40).allSatisfy { _ in
            let point = [
                Self.mean: Double.random(in: -3...3, using: &generator),
                Self.scale: Double.random(in: 0.2...2, using: &generator),
                Self.bound: Double.random(in: 0.1...3, using: &generator),
            ]
            let (x, y) = (v.evaluated(at: point), w.evaluated(at: point))
            return (x - y).magnitude <= 1e-12 * Swift.max(1, y.magnitude)
        }
    }

    @Test func `a mask of signs that agree has the mean of their sum`() throws {
        // s max(s r, 0) = (s + r)/2 for signs s and r, as cautious optimizers take it.
        let (own, other) = (sign(u * g - 1), sign(g))
        let mask = own * max(own * other, .zero)
        #expect(try isSame(expectation(mask), (expectation(own) + expectation(other)).scaled(by: .half)))
        #expect(try expectation(mask).size < 40)
    }

    @Test func `moments are polynomials`() throws {
        #expect(try expectation(g) == mu)
        #expect(try covariance(g, g).equals(sigma ** 2) == .zero)
        #expect(try expectation(g ** 3).equals(mu ** 3 + 3 * mu * sigma ** 2) == .zero)
        #expect(try covariance(g, g ** 2).equals(2 * mu * sigma ** 2) == .zero)
        #expect(try covariance(g ** 2, g ** 2).equals(4 * mu ** 2 * sigma ** 2 + 2 * sigma ** 4) == .zero)
        #expect(try covariance(g, g, .student(nu: 5)).equals(sigma ** 2 * 5 / 3) == .zero)
        let nu = Expression(Symbol("nu", bounds: .positive))
        #expect(try covariance(g, g, .student(nu: nu)).equals(sigma ** 2 * nu / (nu - 2)) == .zero)
    }

    @Test func `the Gaussian sign, magnitude and maximum`() throws {
        let error = erf(t / sqrt(2))
        #expect(try expectation(sign(g)) == error)
        #expect(try covariance(sign(g), sign(g)).equals(1 - error ** 2) == .zero)
        let density = normalDensity(t)
        #expect(try expectation(abs(g)).equals(mu * error + 2 * sigma * density) == .zero)
        #expect(try covariance(sign(g), g).equals(2 * sigma * density) == .zero)
        func surplus(_ k: Expression) -> Expression { normalDensity(k) - k * normalDistribution(-k) }
        let largest = u + sigma * surplus((u - mu) / sigma) + sigma * surplus((u + mu) / sigma)
        #expect(isSame(try expectation(max(u, abs(g))), largest))
        let clipped = -u + sigma * surplus((-u - mu) / sigma) - sigma * surplus((u - mu) / sigma)
        #expect(isSame(try expectation(clip(g, -u, u)), clipped))
        let (k1, k2) = ((-u - mu) / sigma, (u - mu) / sigma)
        func second(_ k: Expression) -> Expression { k * normalDensity(k) + normalDistribution(-k) }
        let mass = normalDistribution(k2) - normalDistribution(k1)
        let square =
            mu ** 2 * mass + 2 * mu * sigma * (normalDensity(k1) - normalDensity(k2))
            + sigma ** 2 * (second(k1) - second(k2)) + u ** 2 * (1 - mass)
        #expect(isSame(try expectation(clip(g, -u, u) ** 2), square))
        let covarianceOfMagnitude =
            2 * (mu ** 2 * normalDistribution(t) + 2 * mu * sigma * density + sigma ** 2 * second(-t))
            - (mu ** 2 + sigma ** 2) - mu * (mu * error + 2 * sigma * density)
        #expect(isSame(try covariance(abs(g), g), covarianceOfMagnitude))
    }

    @Test func `Student's sign is elementary for integer degrees of freedom`() throws {
        #expect(isSame(try expectation(sign(g), .student(nu: 1)), 2 * atan(t) / .pi))
        #expect(isSame(try expectation(sign(g), .student(nu: 2)), t / sqrt(2 + t ** 2)))
        let q = t / sqrt(3)
        #expect(isSame(try expectation(sign(g), .student(nu: 3)), 2 / .pi * (atan(q) + q / (1 + q ** 2))))
        #expect(isSame(try expectation(abs(g), .student(nu: 2)), sqrt(mu ** 2 + 2 * sigma ** 2)))
        #expect(isSame(try expectation(abs(g), .student(nu: 3)), 2 / .pi * (mu * atan(q) + sqrt(3) * sigma)))
        #expect(
            try [1, 2, 3, 4].allSatisfy { nu in
                var isElementary = true
                try expectation(sign(g), .student(nu: Expression(nu))).forEachNode { node in
                    if case .function(.hypergeometric2F1, _) = node.content { isElementary = false }
                }
                return isElementary
            })
        let nu = Expression(Symbol("nu", bounds: .positive))
        let general =
            2 * t * gamma((nu + 1) / 2) / (sqrt(.pi * nu) * gamma(nu / 2))
            * hypergeometric2F1(.half, (nu + 1) / 2, Expression(Rational(3, 2)), -(t ** 2) / nu)
        #expect(try expectation(sign(g), .student(nu: nu)).equals(general) == .zero)
    }

    /// A(k) = k/2 - (k atan k - log(1 + k^2)/2)/pi.
    @Test func `clipping makes the mean of Cauchy noise finite`() throws {
        func primitive(_ k: Expression) -> Expression { k / 2 - (k * atan(k) - log(1 + k ** 2) / 2) / .pi }
        let expected = -u + sigma * (primitive((u - mu) / sigma) - primitive((-u - mu) / sigma))
        #expect(isSame(try expectation(clip(g, -u, u), .student(nu: 1)), expected))
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7])
    func `powers of a clipped gradient are finite under any Student law`(nu: Int) throws {
        let law = NoiseLaw.student(nu: Expression(nu))
        for power in [2, nu, nu + 1, nu + 2] {
            let value = try expectation(clip(g, -u, u) ** power, law)
            let function = PiecewiseFunction.power(.clip(.draw, Rational(3, 2)), power)
            let expected = try function.expectation(mean: 0.7, scale: 1.2, parameters: [], law: NumericNoiseLaw(law))
            let point = [Self.mean: 0.7, Self.scale: 1.2, Self.bound: 1.5]
            #expect((value.evaluated(at: point) - expected.value).magnitude < 1e-11 * expected.magnitude)
        }
    }

    @Test func `Laplace, uniform and Rademacher noise`() throws {
        let decay = exp(-sqrt(2) * abs(t))
        #expect(isSame(try expectation(sign(g), .laplace), sign(mu) * (1 - decay)))
        #expect(isSame(try expectation(abs(g), .laplace), abs(mu) + sigma * decay / sqrt(2)))
        #expect(isSame(try expectation(sign(g), .uniform), clip(t / sqrt(3), -1, 1)))
        #expect(isSame(try expectation(sign(g), .logistic), tanh(.pi * t / (2 * sqrt(3)))))
        #expect(try expectation(sign(g), .rademacher) == (sign(mu + sigma) + sign(mu - sigma)) / 2)
        #expect(try expectation(g / (abs(g) + u), .rademacher).containsExpectation == false)
    }

    @Test func `a real power of the magnitude is Kummer's function`() throws {
        let p = Expression(Rational(3, 2))
        let value = try expectation(abs(g) ** p)
        // mpmath 1.3, 50 digits: quad(|mu + sigma z|^(3/2) npdf(z)) at mu = 0.7, sigma = 1.2.
        #expect((value.evaluated(at: [Self.mean: 0.7, Self.scale: 1.2]) - 1.4151003055009888).magnitude < 1e-14)
    }

    @Test(arguments: [
        (2, NoiseLaw.student(nu: 2), 2), (3, .student(nu: 3), 3), (1, .student(nu: 1), 1),
        (2, .student(nu: Expression(Rational(3, 2))), 2),
    ])
    func `a moment that does not exist is a typed error`(degree: Int, law: NoiseLaw, order: Int) {
        #expect(throws: ProbabilityError.missingMoment(order: order, law: law)) { try expectation(g ** degree, law) }
        #expect(throws: ProbabilityError.missingMoment(order: order, law: law)) {
            try expectation(abs(g) ** degree * sign(g), law)
        }
        #expect(throws: Never.self) { try expectation(clip(g, -1, 1) ** degree, law) }
    }

    @Test func `limits of degree and of pieces are typed errors`() {
        #expect(throws: ProbabilityError.degreeTooHigh(degree: 65, limit: 64)) { try expectation(g ** 65) }
        let kinks = (0..<7).map { abs(g - Expression(Symbol("c\($0)"))) }
        #expect(throws: ProbabilityError.tooManyPieces(limit: 32)) {
            try expectation(sign(Expression.sum(of: kinks) - u))
        }
        #expect(throws: ProbabilityError.self) { try expectation(exp(g ** 2 / sigma ** 2)) }
    }

    @Test func `an unspecified law keeps its names`() throws {
        #expect(try expectation(g, .any) == mu)
        let probability = "\(try expectation(sign(g), .any))"
        #expect(probability == "1 - 2·P(g_i < 0)")
        #expect("\(try expectation(g ** 2, .any))" == "E[g_i²]")
        let ratio = "\(try expectation(u * g / (abs(g) + 1), .any))"
        #expect(ratio == "u·E[g_i/(1 + |g_i|)]")
    }
}
