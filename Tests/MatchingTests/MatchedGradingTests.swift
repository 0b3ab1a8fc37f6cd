import Algebra
import BuiltInRules
import Matching
import Rules
import Testing

struct MatchedGradingTests {
    typealias Q = Quantity

    private func matched(_ name: String) throws -> Derivation {
        try Derivation(of: BuiltInRules.rule(named: name), options: DerivationOptions(grading: .matched))
    }

    @Test func `an averaged gradient relaxes at -ln(1 - kappa)/eta, with c(kappa) in the position`() throws {
        let derivation = try matched("momentum")
        let kappa = Q.eta * Q.rho
        let c = 1 + (1 - kappa) * log(1 - kappa) / kappa
        expectEqual(derivation.sde.drift[0], -(Q.m + c * (Q.gradient - Q.m)))
        expectEqual(derivation.sde.drift[1], -log(1 - kappa) / Q.eta * (Q.gradient - Q.m))
        // One Brownian motion moves both.
        #expect(derivation.sde.diffusion[0].count == 1)
    }

    @Test func `the model's mean and covariance over a step are the optimizer's at a frozen gradient`() throws {
        // With the gradient frozen the model is a linear SDE, whose moments over a step have closed forms.
        let sde = try matched("momentum").sde
        let point: [Symbol: Double] = [
            Symbol("eta", bounds: .positive): 0.01, Symbol("rho", bounds: .positive): 30,
            Symbol("m", indices: [Q.i]): 0.4, Symbol("f", role: .field, derivatives: [Q.i]): -0.7,
            UpdateRule.noiseScale: 0.5,
        ]
        func value(_ expression: Expression) -> Double { expression.evaluated(at: point) }
        let (eta, kappa, sigma) = (0.01, 0.3, 0.5)
        // b_m = r (h - m), b_x = alpha + gamma m.
        let m = Symbol("m", indices: [Q.i])
        let rate = -value(sde.drift[1].derivative(by: m))
        let slope = value(sde.drift[0].derivative(by: m))
        let (h, m0) = (-0.7, 0.4)
        let decay = 1 - kappa
        let meanM = h + (m0 - h) * decay
        #expect((meanM - (h + (m0 - h) * exponential(-rate * eta))).magnitude < 1e-13)
        let integral = h * eta + (m0 - h) * (1 - decay) / rate
        let alpha = value(sde.drift[0]) - slope * m0
        let meanX = alpha * eta + slope * integral
        #expect((meanX - -eta * (m0 + kappa * (h - m0))).magnitude < 1e-13)
        // Cov(x, m) over the step.
        let (sxm, smm) = (value(sde.covariance[0][1]), value(sde.covariance[1][1]))
        let first = (1 - decay) / rate
        let second = (1 - decay * decay) / (2 * rate)
        let covariance = eta * (sxm * first + slope * smm / rate * (first - second))
        #expect((covariance - -eta * kappa * kappa * sigma * sigma).magnitude < 1e-13)
        #expect((eta * smm * second - kappa * kappa * sigma * sigma).magnitude < 1e-13)
    }

    @Test func `the published form leaves a residual of weight 2 - zeta, the matched one none below 2`() throws {
        func weight(_ grading: DerivationOptions.Grading) throws -> Weight {
            let derivation = try Derivation(
                of: BuiltInRules.rule(named: "adam"), options: DerivationOptions(grading: grading))
            return try #require(derivation.certificate.conditions[0].residuals.first).weight
        }
        #expect(try weight(.leading) == Weight(2, slope: -1))
        #expect(try weight(.matched).isAtLeast(2))
    }

    @Test func `a sign of the average has no matched form, with the reason`() throws {
        #expect(throws: DerivationError.self) { try matched("signum") }
    }

    /// exp of a double, by the expression's own evaluation.
    private func exponential(_ x: Double) -> Double {
        Algebra.exp(Expression(Symbol("y"))).evaluated(at: [Symbol("y"): x])
    }
}
