import Algebra
import BuiltInRules
import ExactNumbers
import Matching
import Numerics
import Rules
import Testing

import func Foundation.exp
import func Foundation.log
import func Foundation.log2

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

    @Test func `several averages relax each at its own rate, in closed form`() throws {
        let rule = try UpdateRule(
            parsing: """
                optimizer TwoAverages
                step      eta
                parameter rho1, rho2 : positive, O(eta^-zeta)
                state     x
                state     m, p = 0
                gradient  g at x
                noise     gaussian

                m' = m + eta*rho1*(g - m)
                p' = p + eta*rho2*(g - p)
                x' = x - eta*(m' + p'/2)
                """)
        let derivation = try Derivation(of: rule, options: DerivationOptions(grading: .matched))
        let p = Expression(Symbol("p", indices: [Q.i]))
        func target(_ rho: Expression, _ average: Expression) -> Expression {
            let kappa = Q.eta * rho
            let ratio = -log(1 - kappa) / kappa
            return ratio * average - (ratio - 1) * Q.gradient
        }
        // D_x = -eta ((1 - kappa1) m + kappa1 g + ((1 - kappa2) p + kappa2 g)/2).
        func part(_ rho: Expression, _ average: Expression) -> Expression {
            (1 - Q.eta * rho) * target(rho, average) + Q.eta * rho * Q.gradient
        }
        expectEqual(derivation.sde.drift[0], -(part(Q.rho1, Q.m) + part(Q.rho2, p) / 2))
        expectEqual(derivation.sde.drift[2], -log(1 - Q.eta * Q.rho2) / Q.eta * (Q.gradient - p))
        // What stays of the second moment of both averages depends on zeta.
        let residual = derivation.certificate.conditions[1].residuals.first { $0.moment == "E ΔmΔp" }
        #expect(residual?.weight == Weight(4, slope: -4))
    }

    @Test func `an average of an average has no matched form, with the reason`() throws {
        let rule = try UpdateRule(
            parsing: """
                optimizer Twice
                step      eta
                parameter rho : positive, O(eta^-zeta)
                state     x
                state     m, p = 0
                gradient  g at x
                noise     gaussian

                m' = m + eta*rho*(g - m)
                p' = p + eta*rho*(m' - p)
                x' = x - eta*p'
                """)
        #expect(throws: DerivationError.noMatchedForm(reason: "p averages m, which is a graded average itself")) {
            try Derivation(of: rule, options: DerivationOptions(grading: .matched))
        }
    }

    @Test func `a square of the average is matched by a series in kappa that leaves eta kappa^4`() throws {
        let rule = try BuiltInRules.rule(named: "adabelief")
        let index = try #require(rule.states.firstIndex { $0.name == "s" })
        let leading = try Derivation(of: rule).sde.drift[index]
        let matched = try Derivation(of: rule, options: DerivationOptions(grading: .matched))
        let residual = try #require(matched.certificate.conditions[0].residuals.first { $0.moment == "E Δs" })
        #expect(residual.weight == Weight(5, slope: -4))
        #expect(residual.range == .upTo(Rational(3, 4)))

        // Over one step m(u), 0 < u < 1, is normal with mean h + (m - h) e^(-L u) and variance
        // sigma^2 kappa^2 (1 - e^(-2 L u))/(1 - e^(-2 L)); the drift is quadratic in m, so that two points are exact.
        let m = Symbol("m", indices: [Q.i])
        let (h, m0, sigma) = (0.7, 0.2, 0.6)
        var point: [Symbol: Double] = [
            Symbol("eta", bounds: .positive): 1e-3, Symbol("rho2", bounds: .positive): 1.3,
            Symbol("epsilon1", bounds: .nonnegative): 1e-4,
            Symbol("f", role: .field, derivatives: [Q.i]): h, UpdateRule.noiseScale: sigma, UpdateRule.time: 1,
            rule.states[index].symbol: 0.9, m: m0,
        ]
        let panel = GaussRule.legendre(16)
        func error(_ kappa: Double) -> Double {
            point[Symbol("rho1", bounds: .positive)] = kappa / 1e-3
            let rate = -Foundation.log(1 - kappa)
            var integral = 0.0
            for (node, weight) in zip(panel.nodes, panel.weights) {
                let u = (1 + node) / 2
                let decay = Foundation.exp(-rate * u)
                let mean = h + (m0 - h) * decay
                let variance = sigma * sigma * kappa * kappa * (1 - decay * decay) / (1 - (1 - kappa) * (1 - kappa))
                for side in [-1.0, 1] {
                    point[m] = mean + side * variance.squareRoot()
                    integral += weight / 4 * matched.sde.drift[index].evaluated(at: point)
                }
            }
            point[m] = m0
            return (integral - leading.evaluated(at: point)).magnitude
        }
        let errors = [0.1, 0.05, 0.025].map(error)
        #expect(Foundation.log2(errors[0] / errors[1]) > 3.8)
        #expect(Foundation.log2(errors[1] / errors[2]) > 3.8)
    }

    /// exp of a double, by the expression's own evaluation.
    private func exponential(_ x: Double) -> Double {
        Algebra.exp(Expression(Symbol("y"))).evaluated(at: [Symbol("y"): x])
    }
}
