import BuiltInRules
import Matching
import Rules
import Testing

@testable import Simulation

@Suite struct OneStepCheckTests {
    private func derivation(_ name: String, _ options: DerivationOptions = DerivationOptions()) throws -> Derivation {
        try Derivation(of: BuiltInRules.rule(named: name), options: options)
    }

    private func check(_ derivation: Derivation, model: SDE? = nil) throws -> OneStepCheck {
        try OneStepCheck(of: derivation, model: model) {
            Evidence.values(of: derivation, stepSize: $0, scalesRates: true)
        }
    }

    @Test(
        "the one-step moments of a rule are its drift and covariance in the limit of small steps",
        arguments: ["rmsprop", "signsgd", "clippedsgd", "adam"])
    func agreement(name: String) throws {
        let result = try check(try derivation(name))
        #expect(result.passes)
        #expect(result.largest < 1e-6)
    }

    @Test("rules that couple coordinates are checked on two of them, where a direction without a limit is no obstacle")
    func coupled() throws {
        let result = try check(try derivation("sam"))
        #expect(Set(result.entries.map(\.coefficient)) == ["b[x1]", "b[x2]", "S[x1,x1]", "S[x1,x2]", "S[x2,x2]"])
        #expect(result.passes)
    }

    @Test("several samples are integrated over, each with its jump, and too many are refused")
    func severalSamples() throws {
        func vote(_ workers: [String]) throws -> Derivation {
            let sum = workers.map { "sign(\($0))" }.joined(separator: " + ")
            return try Derivation(
                of: UpdateRule(
                    parsing: """
                        optimizer Vote
                        step eta
                        state x
                        gradient \(workers.joined(separator: ", ")) at x
                        x' = x - eta*sign(\(sum))
                        """))
        }
        let result = try check(try vote(["g1", "g2", "g3"]))
        #expect(result.largest < 1e-9)
        let error = #expect(throws: SimulationError.self) { try check(try vote(["g1", "g2", "g3", "g4", "g5"])) }
        #expect(error?.description.contains("draws 5 samples") == true)
    }

    @Test("a wrong covariance between coordinates is found")
    func wrongCoupling() throws {
        let full = try derivation("normalizedsgd")
        let independent = SDE(
            stepSize: full.sde.stepSize, time: full.sde.time, states: full.sde.states, drift: full.sde.drift,
            covariance: full.sde.covariance, diffusion: full.sde.diffusion)
        let wrong = try check(full, model: independent).entries.filter { $0.relative > 1e-3 }
        #expect(Set(wrong.map(\.coefficient)) == ["S[x1,x2]"])
    }

    @Test("a dropped covariance and a wrong drift are found")
    func disagreement() throws {
        let full = try derivation("rmsprop")
        let declared = try derivation("rmsprop", DerivationOptions(diffusion: .declared))
        let dropped = try check(full, model: declared.sde)
        #expect(!dropped.passes)
        #expect(Set(dropped.entries.filter { $0.relative > 1e-3 }.map(\.coefficient)) == ["S[x,v]", "S[v,v]"])
        let doubled = SDE(
            stepSize: full.sde.stepSize, time: full.sde.time, states: full.sde.states,
            drift: [full.sde.drift[0].scaled(by: 2), full.sde.drift[1]], covariance: full.sde.covariance,
            diffusion: full.sde.diffusion, defaultValues: full.sde.defaultValues)
        let wrong = try check(full, model: doubled).entries.filter { $0.relative > 1e-3 }
        #expect(Set(wrong.map(\.coefficient)) == ["b[x]"])
    }

    @Test("a discrete law is summed over its atoms")
    func atoms() throws {
        #expect(try check(try derivation("sgd", DerivationOptions(noise: .rademacher))).largest < 1e-9)
    }
}
