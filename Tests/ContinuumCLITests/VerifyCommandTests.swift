import Foundation
import Testing

@testable import ContinuumCLI

/// What verify starts from, compares and refuses.
struct VerifyCommandTests {
    @Test func `a model whose noise leaves its domain starts later, at one time, and says so`() {
        let run = RecordedRun("verify rmsprop --set rho=1 --paths 64 --etas 0.02,0.01 --horizon 0.7 --format json")
        #expect(run.output.contains("the model is singular at time 0, and its noise leaves its domain soon after"))
        #expect(run.output.contains("it starts at t = 0.32 where the optimizer is"))
        #expect(run.numbers("eta") == [0.02, 0.01])
    }

    @Test func `a start that the noise does not leave is one step after time 0`() {
        let run = RecordedRun(
            "verify rmsprop --set rho=1,sigma=0.05 --paths 16 --etas 0.1,0.05 --horizon 0.2")
        #expect(run.output.contains("the model is singular at time 0; it starts at t = "))
    }

    @Test func `--test once more is another table, in the order given, or a list in JSON`() throws {
        let line = "verify sgd --etas 0.1,0.05,0.025 --test x1^2 --test sin(x1)"
        let text = RecordedRun(line)
        let titles = text.output.split(separator: "\n").filter { $0.hasPrefix("weak error of E[") }
        #expect(titles.map { $0.prefix { $0 != "]" } } == ["weak error of E[x1^2", "weak error of E[sin(x1)"])
        #expect(text.output.components(separatedBy: "supports weak order 1").count == 3)
        let json = RecordedRun(line + " --format json")
        #expect(json.output.first == "[")
        #expect(json.numbers("eta") == [0.1, 0.05, 0.025, 0.1, 0.05, 0.025])
        // Each is what it is alone.
        let alone = RecordedRun("verify sgd --etas 0.1,0.05,0.025 --test sin(x1) --format json")
        #expect(alone.output.first == "{")
        #expect(Array(json.numbers("error").suffix(3)) == alone.numbers("error"))
        let csv = RecordedRun(line + " --format csv")
        #expect(csv.status == .badInput)
        #expect(csv.error.contains("--format csv is a table of one test function"))
    }

    @Test func `order 2 where the noise dominates is refused with the cumulant that no diffusion has`() {
        let sizes = ["--regime", "sigma=O(eta^-1), epsilon=O(eta^-1), rho=O(eta)"]
        for command in ["derive", "verify"] {
            let run = RecordedRun([command, "rmsprop", "--order", "2"] + sizes)
            #expect(run.status == .doesNotExist)
            #expect(run.error.contains("there is no order-2 model: in this regime one step takes the time h = η²"))
            #expect(run.error.contains("the third cumulant of Δx, Δx, Δv"))
        }
    }

    @Test func `numbers may be formulas in the step size, as a regime asks for`() {
        let line = "verify sgd --regime sigma=O(eta^-1/2) --etas 0.2,0.1,0.05 --horizon 0.4 --test x1^2"
        let run = RecordedRun(line + " --order 2 --set sigma=0.5/sqrt(eta)")
        #expect(run.status == .done)
        #expect(run.output.contains("sigma = 0.5/sqrt(eta)"))
        #expect(run.output.contains("supports weak order 2"))
        #expect(RecordedRun("simulate sgd --set eta=0.1,sigma=0.5/sqrt(eta) --steps 2").status == .badInput)
        let mixed = RecordedRun(line + " --landscape quadratic(1,2) --set sigma1=0.5/sqrt(eta),sigma2=1+x1^2")
        #expect(mixed.status == .badInput)
        #expect(mixed.error.contains("'sigma1' depends on the step size"))
    }
}
