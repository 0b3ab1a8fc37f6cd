import Algebra
import Analysis
import Matching
import Rules
import Testing

/// Rules whose coefficients depend on the time.
struct TimeDependentRuleTests {
    @Test func `a schedule in the rule is refused with a remedy`() throws {
        let text = """
            optimizer ScheduledSGD
            step eta
            schedule s(t)
            state x
            gradient g at x
            noise gaussian
            x' = x - eta*s(t)*g
            """
        let analysis = try Model.analysis(UpdateRule(parsing: text))
        #expect {
            try QuadraticModel(of: analysis)
        } throws: { error in
            "\(error)".contains("--part schedule")
        }
        // Ito's lemma needs no limit.
        let image = try Generator(of: analysis.sde)(Expression(analysis.sde.states[0]) ** 2)
        #expect(image.total.contains(UpdateRule.time))
    }

    @Test func `bias corrections die out`() throws {
        let model = try QuadraticModel(of: Model.analysis("adamw"))
        for coefficient in model.drift + model.covariance.flatMap({ $0 }) {
            #expect(!coefficient.contains(UpdateRule.time))
        }
    }
}
