import Algebra
import BuiltInRules
import Matching
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
