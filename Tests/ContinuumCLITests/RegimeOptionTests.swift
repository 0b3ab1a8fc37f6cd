import Testing

@testable import ContinuumCLI

@Suite struct RegimeOptionTests {
    @Test("sizes of the noise, of parameters and of states, in lists and repeated")
    func sizes() {
        let run = RecordedRun([
            "derive", "rmsprop", "--regime", "sigma=O(eta^-1); v=O(eta^-2)", "--regime", "rho=O(eta),epsilon=O(eta^-1)",
        ])
        #expect(run.status == .done)
        #expect(run.output.contains("dv_i = ρ·(σ_i² - v_i) dt"))
        #expect(run.output.contains("one step takes the time h = η²"))
        #expect(run.output.contains("left out of b[v]: ρ·(∂_i f)², O(η⁴), tolerated"))
    }

    @Test("eta^-1/2 is the inverse root, as a factor is no part of a size")
    func root() {
        #expect(RecordedRun("derive sgd --regime sigma=O(eta^-1/2)").output.contains("σ_i = O(1/√η) (asked for)"))
        #expect(RecordedRun("derive rmsprop --regime epsilon=O(eta^1/2),sigma=O(eta^-1)").status == .done)
        let factor = RecordedRun("derive sgd --regime sigma=O(eta/2)")
        #expect(factor.status == .badInput)
        #expect(factor.error.contains("a factor is no part of it"))
    }

    @Test("a published SDE is graded with the sizes of the regime")
    func check() throws {
        let folder = try TemporaryFolder()
        let file = try folder.file(
            "paper.sde",
            """
            dx = -df/(sqrt(v) + epsilon) dt - sqrt(eta)*sigma/(sqrt(v) + epsilon) dW
            dv = rho*(sigma^2 - v) dt
            """)
        let sizes = ["--regime", "sigma=O(eta^-1), epsilon=O(eta^-1), rho=O(eta)"]
        let ballistic = RecordedRun(["check", "rmsprop", "--against", file, "--diffusion", "declared"])
        #expect(ballistic.status == .checkFailed)
        let declared = RecordedRun(["check", "rmsprop", "--against", file, "--diffusion", "declared"] + sizes)
        #expect(declared.status == .done)
        let full = RecordedRun(["check", "rmsprop", "--against", file] + sizes)
        #expect(full.status == .checkFailed)
        #expect(full.output.contains("condition 2 of order 1 holds, M1c fails"))
    }

    @Test("mistakes: an unknown name, the position, a scale that is inconsistent")
    func mistakes() {
        let unknown = RecordedRun("derive rmsprop --regime sigmaa=O(1)")
        #expect(unknown.status == .badInput)
        #expect(unknown.error.contains("did you mean 'sigma'?"))
        #expect(unknown.error.contains("rho, epsilon, v, sigma, B"))
        #expect(RecordedRun("derive rmsprop --regime x=O(eta)").status == .badInput)
        let large = RecordedRun("derive sgd --regime sigma=O(eta^-1)")
        #expect(large.status == .doesNotExist)
        #expect(large.error.contains("Δx → -η·g_i"))
    }
}

@Suite struct RegimesCommandTests {
    @Test("limits with their SDE, and the others with a reason, as text, JSON and Markdown")
    func formats() {
        let text = RecordedRun("regimes signsgd")
        #expect(text.status == .done)
        #expect(text.output.contains("noise-dominated: σ_i = O(1/η)"))
        #expect(text.output.contains("dX = -√(2/π) Σ^(-1/2) ∇f(X) dt + √η dW"))
        let json = RecordedRun("regimes signsgd --format json")
        #expect(json.output.contains("\"title\": \"noise-dominated\""))
        #expect(json.output.contains("\"stepTime\": \"2\""))
        #expect(RecordedRun("regimes signsgd --format markdown").output.contains("## No limit of their own"))
    }

    @Test("the law of the noise is that of the option")
    func noise() {
        let run = RecordedRun("regimes signsgd --noise logistic")
        #expect(run.status == .done)
        #expect(RecordedRun("regimes signsgd --noise gausian").status == .badInput)
    }
}
