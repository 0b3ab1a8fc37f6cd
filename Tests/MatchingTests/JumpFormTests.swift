import Algebra
import BuiltInRules
import Matching
import Probability
import Rules
import Testing

struct JumpFormTests {
    typealias Q = Quantity

    @Test func `AdaMax has no diffusion limit but a jump form`() throws {
        do {
            _ = try Derivation(of: BuiltInRules.rule(named: "adamax"))
            Issue.record("AdaMax was given an SDE")
        } catch DerivationError.noDiffusionLimit(let state, let increment, let jumpForm) {
            let u = Expression(state)
            let g = Expression(Symbol("g", role: .noise, indices: [Q.i]))
            #expect(state.name == "u")
            expectEqual(increment, max(u, abs(g)) - u)
            let form = try #require(jumpForm)
            expectEqual(form.candidate, abs(g))
            expectEqual(form.drift[2], -Q.rho2 * u)
            #expect(form.covariance[2].filter { !$0.isZero }.isEmpty)
            // P(|g| > u)/eta from the two tails.
            let lower = (1 - erf((u + Q.gradient) / (sqrt(2) * Q.sigma))) / 2
            let upper = (1 - erf((u - Q.gradient) / (sqrt(2) * Q.sigma))) / 2
            expectEqual(form.rate, (lower + upper) / Q.eta)
        }
    }

    private func jumpForm(of rule: UpdateRule, noise: NoiseLaw? = nil) throws -> JumpForm {
        do {
            _ = try Derivation(of: rule, options: DerivationOptions(noise: noise))
        } catch DerivationError.noDiffusionLimit(_, _, let jumpForm?) {
            return jumpForm
        }
        throw DerivationError.noSecondOrder(reason: "\(rule.name) has no jump form")
    }

    @Test(
        "between jumps the average sees the gradients that make none, under laws without a variance as well",
        arguments: [
            // mpmath: rho1 (T1 - m T0) and rho1^2 (T2 - T1^2/T0) with Tn = E[g^n 1{|g| < u}].
            (NoiseLaw.gaussian, 0.178901592853108197, 0.556300941857840852, 0.123267206146304398),
            (.student(nu: 2), 0.121524499204060222, 0.517852567051267541, 0.245726785219041887),
        ])
    func restrictedMoments(law: NoiseLaw, drift: Double, variance: Double, probability: Double) throws {
        let form = try jumpForm(of: BuiltInRules.rule(named: "adamax"), noise: law)
        let values = ["u": 0.9, "m": 0.1, "sigma": 0.5, "rho1": 2, "eta": 1, "f": 0.3]
        func value(_ expression: Expression) -> Double { expression.evaluated { values[$0.name] ?? .nan } }
        #expect(abs(value(form.drift[1]) - drift) < 1e-12)
        #expect(abs(value(form.covariance[1][1]) - variance) < 1e-12)
        #expect(abs(value(form.rate) - probability) < 1e-12)
    }

    @Test("a branch by a sign and a minimum make events as a maximum does")
    func otherBranches() throws {
        func rule(_ update: String) throws -> UpdateRule {
            try UpdateRule(
                parsing: """
                    optimizer Branching
                    step eta
                    parameter rho, c : positive
                    state x
                    state u
                    gradient g at x
                    u' = \(update)
                    x' = x - eta*u'*g
                    """, file: "branching.rule")
        }
        let g = Expression(Symbol("g", role: .noise, indices: [Q.i]))
        let c = Expression(Symbol("c", bounds: .positive))
        // Where the gradient is large the state is set to it.
        let reset = try jumpForm(of: rule("(1 - eta*rho)*u + (1 + sign(abs(g) - c))/2*(g - (1 - eta*rho)*u)"))
        expectEqual(reset.condition, abs(g) - c)
        expectEqual(reset.candidate, g)
        #expect(reset.drift[1] == -Expression(Symbol("rho", bounds: .positive)) * Expression(reset.state))
        let least = try jumpForm(of: rule("min((1 + eta*rho)*u, g)"))
        expectEqual(least.condition, Expression(least.state) - g)
        expectEqual(least.candidate, g)
    }

    @Test func `a state that jumps in another way has no jump form`() throws {
        let rule = try UpdateRule(
            parsing: """
                optimizer Fixed
                step eta
                state x
                state m = 0
                gradient g at x
                m' = m/2 + g/2
                x' = x - eta*m'
                """, file: "fixed.rule")
        do {
            _ = try Derivation(of: rule)
            Issue.record("a fixed average was given an SDE")
        } catch DerivationError.noDiffusionLimit(let state, _, let jumpForm) {
            #expect(state.name == "m")
            #expect(jumpForm == nil)
        }
    }
}
