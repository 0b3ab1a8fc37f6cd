import Algebra
import BuiltInRules
import ExactNumbers
import Matching
import Rules
import Testing

/// Rules that draw a second gradient beside the first.
@Suite struct SecondGradientTests {

    private static let i = Index.free("i")
    private static func gradient(_ index: Index) -> Expression {
        Expression(Symbol("f", role: .field, derivatives: [index]))
    }
    private static func hessian(_ a: Index, _ b: Index) -> Expression {
        Expression(Symbol("f", role: .field, derivatives: [a, b]))
    }
    private static let rho = Expression(Symbol("rho", bounds: .positive))
    private static func scale(_ index: Index) -> Expression {
        Expression(Symbol("sigma", indices: [index], bounds: .positive))
    }
    /// sum_j d_ij f d_j f.
    private static let hessianGradient = Expression.indexSum(body: hessian(i, .bound(0)) * gradient(.bound(0)))

    private func derivation(_ text: String, order: Int = 1) throws -> Derivation {
        let rule = try UpdateRule(
            parsing:
                "optimizer Test\nstep eta\nparameter rho : positive\(order == 1 ? ", O(eta^(1/2))" : "")\nparameter a : positive\n"
                + "state x\n" + text)
        return try Derivation(of: rule, options: DerivationOptions(order: order))
    }

    @Test func `the drift of USAM is the gradient of the loss and of half the expected squared gradient`() throws {
        // -grad(f + (rho/2) E|grad f_gamma|^2), with E|grad f_gamma|^2 = |grad f|^2 + tr Sigma (Compagnoni et al. 2023).
        let sde = try Derivation(of: BuiltInRules.rule(named: "usam")).sde
        let squared = Expression.indexSum(body: Self.gradient(.bound(0)) ** 2 + Self.scale(.bound(0)) ** 2)
        let potential = Expression(Symbol("f", role: .field)) + (Self.rho * squared).scaled(by: .half)
        let expected = -potential.derivative(by: Symbol("x", role: .position, indices: [Self.i]))
        #expect(sde.drift[0].equals(expected) == .zero)
        #expect(sde.covariance[0][0].equals(Self.scale(Self.i) ** 2) == .zero)
    }

    @Test func `the entries of weight 5/2 that USAM leaves out are named`() throws {
        let certificate = try Derivation(of: BuiltInRules.rule(named: "usam")).certificate
        #expect(certificate.level == .m1)
        #expect(certificate.droppedCovariances.map(\.weight) == [Weight(Rational(5, 2)), Weight(Rational(5, 2))])
        let j = Index.free("j")
        // Cov(D_i, D_j) = eta^2 rho H_ij (sigma_i^2 + sigma_j^2).
        let cross = Self.rho * Self.hessian(Self.i, j) * (Self.scale(Self.i) ** 2 + Self.scale(j) ** 2)
        #expect(certificate.droppedCovariances[1].expression.equals(cross) == .zero)
        let own = 2 * Self.rho * Self.hessian(Self.i, Self.i) * Self.scale(Self.i) ** 2
        #expect(certificate.droppedCovariances[0].expression.equals(own) == .zero)
    }

    @Test func `SAM moves along the expected direction of the gradient, and leaves its noise alone`() throws {
        // E[g/|g|] = (mu/sigma) Gamma((d+1)/2)/(sqrt 2 Gamma(d/2+1)) 1F1(1/2; d/2+1; -|mu|^2/(2 sigma^2)).
        let sde = try Derivation(of: BuiltInRules.rule(named: "sam")).sde
        let d = Expression(Expression.dimension)
        let sigma = Expression(Symbol("sigma", bounds: .positive))
        let square = Expression.indexSum(body: Self.gradient(.bound(0)) ** 2)
        let factor =
            gamma((d + 1) / 2) / (sqrt(2) * sigma * gamma(d / 2 + 1))
            * kummer(.half, d / 2 + 1, -square / (2 * sigma ** 2))
        let expected = -Self.gradient(Self.i) - Self.rho * factor * Self.hessianGradient
        #expect((sde.drift[0] - expected).isZeroTest() == .zero)
        #expect(sde.covariance[0][0].equals(sigma ** 2) == .zero)
    }

    @Test func `extragradient looks ahead against the sign of the players`() throws {
        // dX = -(g_x - rho H_xx g_x + rho H_xy g_y) dt, dY = (g_y - rho H_xy g_x + rho H_yy g_y) dt (Compagnoni et al. 2024).
        let sde = try Derivation(of: BuiltInRules.rule(named: "extragradient")).sde
        func sign(_ index: Index) -> Expression { Expression(Symbol("s", indices: [index])) }
        let ahead = Expression.indexSum(
            body: Self.hessian(Self.i, .bound(0)) * sign(.bound(0)) * Self.gradient(.bound(0)))
        let expected = -sign(Self.i) * (Self.gradient(Self.i) - Self.rho * ahead)
        #expect(sde.drift[0].equals(expected) == .zero)
    }

    @Test func `a fresh sample is independent of the first, and the same sample is not`() throws {
        // h_i = (noise of its sample) + mu_i + rho sum_j H_ij g_j, so that E[g_i h_i] has Cov(g_i, g_i) = sigma_i^2 on the
        // same sample, and rho H_ii sigma_i^2 from the displacement on either.
        let product = Self.gradient(Self.i) * Self.hessianGradient
        let own = Self.hessian(Self.i, Self.i) * Self.scale(Self.i) ** 2
        for sample in ["fresh", "same"] {
            let drift = try derivation(
                "state v\ngradient g at x\ngradient h at x + rho*g, \(sample) sample\n"
                    + "v' = v + eta*(g*h - v)\nx' = x - eta*h"
            ).sde.drift
            let square = Self.gradient(Self.i) ** 2 + (sample == "same" ? Self.scale(Self.i) ** 2 : .zero)
            let expected = square + Self.rho * (product + own) - Expression(Symbol("v", indices: [Self.i]))
            #expect(drift[1].equals(expected) == .zero, "\(sample)")
        }
    }

    @Test func `a sign of a displaced gradient moves with its density`() throws {
        // E sign(g_i + rho sum_j H_ij g_j) to first order in rho is E sign(g_i) + 2 rho E[delta(g_i) sum_j H_ij g_j], where
        // delta(g_i) g_i = 0: with p the density of g_i at zero 2 rho p sum_(j != i) H_ij mu_j.
        let drift = try derivation("gradient g at x\ngradient h at x + rho*g, same sample\nx' = x - eta*sign(h)").sde
            .drift
        let ratio = Self.gradient(Self.i) / Self.scale(Self.i)
        let density = exp(-(ratio ** 2) / 2) / (sqrt(2 * .pi) * Self.scale(Self.i))
        let others = Self.hessianGradient - Self.hessian(Self.i, Self.i) * Self.gradient(Self.i)
        let expected = -erf(ratio / sqrt(2)) - 2 * Self.rho * density * others
        #expect(drift[0].equals(expected) == .zero)
    }

    @Test func `a displacement of order eta has a model of order 2`() throws {
        // x' = x - eta h at x - a eta g on a fresh sample: E D2 = a H grad f, b1 = (a - 1/2) H grad f.
        let derivation = try derivation(
            "gradient g at x\ngradient h at x - a*eta*g, fresh sample\nx' = x - eta*h", order: 2)
        let a = Expression(Symbol("a", bounds: .positive))
        #expect(derivation.driftCorrection[0].equals((a - .half) * Self.hessianGradient) == .zero)
        #expect(derivation.certificate.level == .m2)
    }

    @Test func `a displacement of order 1 is refused`() throws {
        #expect(throws: DerivationError.self) {
            _ = try derivation("gradient g at x\ngradient h at x + a*g, same sample\nx' = x - eta*h")
        }
        #expect(throws: DerivationError.self) { _ = try derivation("gradient g at x + a\nx' = x - eta*g") }
    }

    @Test func `order 2 is refused where a size is no whole power`() throws {
        #expect(throws: DerivationError.self) {
            _ = try Derivation(of: BuiltInRules.rule(named: "usam"), options: DerivationOptions(order: 2))
        }
    }

    @Test func `normalized SGD has the covariance of a direction, between coordinates as well`() throws {
        // E[g g^T/|g|^2] = A I + C m m^T, A = 1F1(1; d/2+1; -|m|^2/2)/d, d A + C |m|^2 = 1, m = mu/sigma.
        let sde = try Derivation(of: BuiltInRules.rule(named: "normalizedsgd")).sde
        let d = Expression(Expression.dimension)
        let sigma = Expression(Symbol("sigma", bounds: .positive))
        let square = Expression.indexSum(body: Self.gradient(.bound(0)) ** 2) / sigma ** 2
        let factor =
            gamma((d + 1) / 2) / (sqrt(2) * gamma(d / 2 + 1)) * kummer(.half, d / 2 + 1, -square / 2)
        let (a, c) = (
            kummer(1, d / 2 + 1, -square / 2) / d, kummer(1, d / 2 + 2, -square / 2) / (d + 2)
        )
        let (m, n) = (Self.gradient(Self.i) / sigma, Self.gradient(.free("j")) / sigma)
        #expect((sde.drift[0] + factor * m).isZeroTest() == .zero)
        #expect((sde.covariance[0][0] - a - (c - factor ** 2) * m * m).isZeroTest() == .zero)
        #expect((sde.crossCovariance[0][0] - (c - factor ** 2) * m * n).isZeroTest() == .zero)
    }
}
