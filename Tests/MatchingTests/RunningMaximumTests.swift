import BuiltInRules
import Matching
import Rules
import Testing

struct RunningMaximumTests {
    @Test func `the largest second moment of AMSGrad is refused as a reflected process`() throws {
        do {
            _ = try Derivation(of: BuiltInRules.rule(named: "amsgrad"))
            Issue.record("a reflected process was given an SDE")
        } catch DerivationError.reflected(let maximum) {
            #expect(maximum.state.name == "u")
            #expect(maximum.followed == Quantity.v)
            #expect(!maximum.isMinimum)
            #expect("\(maximum)".contains("reflected at u = v_i"))
        }
    }

    @Test func `a running minimum is told from a maximum, and a maximum with a fresh gradient from both`() throws {
        func failure(_ update: String) -> DerivationError? {
            do throws(DerivationError) {
                guard
                    let rule = try? UpdateRule(
                        parsing:
                            "optimizer Test\nstep eta\nstate x\nstate u = 1\ngradient g at x\nx' = x - eta*g\nu' = \(update)"
                    )
                else { return nil }
                _ = try Derivation(of: rule)
                return nil
            } catch {
                return error
            }
        }
        guard case .reflected(let minimum)? = failure("min(u, x')") else {
            Issue.record("the minimum was not found")
            return
        }
        #expect(minimum.isMinimum && minimum.followed == Quantity.x)
        guard case .noDiffusionLimit? = failure("max(u, abs(g))") else {
            Issue.record("a maximum with the gradient is not reflected")
            return
        }
    }
}
