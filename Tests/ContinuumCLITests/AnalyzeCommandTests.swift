import Testing

@testable import ContinuumCLI

@Suite struct AnalyzeCommandTests {
    @Test("every part is shown, and a part that a model has not is explained")
    func everyPart() {
        let run = RecordedRun("analyze sgd")
        #expect(run.status == .done)
        #expect(run.output.contains("Var x, exact in η = η·σ_i²/(2·λ_i)"))
        #expect(run.output.contains("there are no phases"))
        #expect(RecordedRun("analyze sgd --part phases").status == .doesNotExist)
    }

    @Test("the three forms agree on what they hold")
    func formats() {
        let json = RecordedRun("analyze signsgd --part stationary --format json")
        #expect(json.status == .done)
        #expect(json.output.contains("\"Var x, leading in η\""))
        let markdown = RecordedRun("analyze signsgd --part stationary --format markdown")
        #expect(markdown.output.contains("## Stationary law near a minimum"))
        #expect(markdown.output.contains("| result | formula |"))
    }

    @Test("Ito's lemma and schedules read the expression of --of")
    func expressions() {
        let generator = RecordedRun(["analyze", "sgd", "--part", "generator", "--of", "x^2"])
        #expect(generator.output.contains("L(x_i²) = η·σ_i² - 2·∂_i f·x_i"))
        let schedule = RecordedRun(["analyze", "signsgd", "--part", "schedule", "--of", "(1+t)^(-3/2)"])
        #expect(schedule.output.contains("∫ s dt is finite"))
    }

    @Test("mistakes are answered with a remedy")
    func mistakes() {
        #expect(RecordedRun("analyze sgd --part stationery").error.contains("did you mean 'stationary'?"))
        #expect(RecordedRun("analyze sgd --part stationery").status == .badInput)
        #expect(RecordedRun("analyze rmsprop --set epsilon=-1").status == .badInput)
        #expect(RecordedRun("analyze rmsprop --set rho").status == .badInput)
        #expect(RecordedRun("analyze sgd --set rho=1").error.contains("there is no parameter 'rho'"))
        #expect(RecordedRun(["analyze", "sgd", "--part", "generator", "--of", "q"]).status == .badInput)
        #expect(RecordedRun("analyze adamax").status == .doesNotExist)
    }
}
