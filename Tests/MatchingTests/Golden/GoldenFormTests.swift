import Algebra
import BuiltInRules
import Matching
import Rules
import Testing

/// The closed forms of every built-in rule against those derived by hand.
struct GoldenFormTests {
    /// The rules whose refusal, in place of a model, is tested with the jump form and the running maximum.
    private static let refused: Set = ["adamax", "amsgrad"]

    private func expectZero(_ difference: Expression, _ what: String) {
        #expect(difference.isZeroTest() == .zero, "\(what): the difference from the golden form is \(difference)")
    }

    @Test(arguments: GoldenForm.all)
    func `the drift and the covariance are those derived by hand`(golden: GoldenForm) throws {
        let rule = try BuiltInRules.rule(named: golden.rule)
        let model = try Derivation(of: rule).sde
        let names = model.states.map(\.name)
        #expect(Set(golden.drift.keys) == Set(names))
        for (a, name) in names.enumerated() {
            let drift = try golden.expression(golden.drift[name] ?? "0", of: rule)
            expectZero(model.drift[a] - drift, "b0 of \(name)")
            for (c, other) in names.enumerated() where c >= a {
                let text = golden.covariance["\(name),\(other)"] ?? golden.covariance["\(other),\(name)"] ?? "0"
                expectZero(try model.covariance[a][c] - golden.expression(text, of: rule), "S of \(name) and \(other)")
            }
        }
    }

    @Test(arguments: GoldenForm.all.filter { !$0.betweenCoordinates.isEmpty })
    func `the covariance of two coordinates is that derived by hand`(golden: GoldenForm) throws {
        let rule = try BuiltInRules.rule(named: golden.rule)
        let model = try Derivation(of: rule).sde
        for (a, name) in model.states.map(\.name).enumerated() {
            for (c, other) in model.states.map(\.name).enumerated() {
                let expected = try golden.expression(golden.betweenCoordinates["\(name),\(other)"] ?? "0", of: rule)
                expectZero(model.crossCovariance[a][c] - expected, "S of \(name)_i and \(other)_j")
            }
        }
    }

    @Test(arguments: GoldenForm.all.filter { !$0.correction.isEmpty })
    func `the correction of the drift is that derived by hand`(golden: GoldenForm) throws {
        let rule = try BuiltInRules.rule(named: golden.rule)
        let sizes = Dictionary(uniqueKeysWithValues: rule.parameters.map { ($0.symbol.name, Weight.zero) })
        let derivation = try Derivation(of: rule, options: DerivationOptions(order: 2, sizes: sizes))
        for (state, correction) in zip(rule.states, derivation.driftCorrection) {
            let expected = try golden.expression(golden.correction[state.name] ?? "0", of: rule)
            expectZero(correction - expected, "b1 of \(state.name)")
        }
    }

    @Test func `every built-in rule with a model has a golden form`() {
        #expect(Set(GoldenForm.all.map(\.rule)).union(Self.refused) == Set(BuiltInRules.keys))
        #expect(Set(GoldenForm.all.map(\.rule)).count == GoldenForm.all.count)
    }

    @Test func `AdaMax jumps at the rate at which the gradient exceeds its largest`() throws {
        let rule = try BuiltInRules.rule(named: "adamax")
        do {
            _ = try Derivation(of: rule)
            Issue.record("AdaMax has a model")
        } catch {
            guard case .noDiffusionLimit(_, _, let form?) = error else { throw error }
            let golden = GoldenForm(rule: "adamax", drift: [:], covariance: [:])
            let rate = try golden.expression("(1 - \(GoldenForm.inside("u")))/eta", of: rule)
            expectZero(form.rate - rate, "rate")
            let flow = try golden.expression("-rho2*u", of: rule)
            expectZero(form.drift[2] - flow, "drift of u")
        }
    }
}
