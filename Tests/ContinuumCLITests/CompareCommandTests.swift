import Foundation
import Testing

@testable import ContinuumCLI

@Suite struct CompareCommandTests {
    private static let settings = [
        "--set", "eta=0.05,rho=1,epsilon=0.1,sigma=0.3", "--x0", "1", "--start", "v=0.5", "--steps", "20", "--paths",
        "300",
    ]

    @Test("an optimizer stands beside derived and published models, each with an interval")
    func table() {
        let run = RecordedRun(
            ["compare", "rmsprop", "declared", "full", "order2", "ode", "malladi-rmsprop"] + Self.settings)
        #expect(run.status == .done)
        for name in ["declared", "full", "order2", "ode", "malladi-rmsprop"] {
            #expect(run.output.contains("\n\(name) "), "\(name)")
        }
        #expect(run.output.contains("declared, full, order2, ode, malladi-rmsprop: dt = eta/8"))
    }

    @Test("the default models that a rule does not have are left out with a note")
    func defaults() {
        let run = RecordedRun(
            [
                "compare", "adam", "--set", "eta=0.01,rho1=2,rho2=1,epsilon=0.1,sigma=0.1", "--steps", "5", "--paths",
                "50",
            ])
        #expect(run.status == .done)
        #expect(run.output.contains("\nfull "))
        #expect(run.error.contains("order2 is left out"))
    }

    @Test("the figure is a picture with a line for each process")
    func figure() {
        let run = RecordedRun(["compare", "rmsprop", "full", "ode"] + Self.settings + ["--format", "svg"])
        #expect(run.output.hasPrefix("<svg ") && run.output.hasSuffix("</svg>\n"))
        #expect(run.output.contains(">optimizer</text>") && run.output.contains(">ode</text>"))
    }

    @Test("a rule that jumps stands beside its jump form, and has no other model")
    func jumpForm() {
        let settings = ["--set", "eta=0.01,rho1=1,rho2=1,sigma=0.5", "--steps", "20", "--paths", "200"]
        let run = RecordedRun(["compare", "adamax"] + settings)
        #expect(run.status == .done)
        #expect(run.output.contains("\njump "))
        let other = RecordedRun(["compare", "adamax", "full"] + settings)
        #expect(other.status == .badInput && other.error.contains("its one model is the jump form"))
        let smooth = RecordedRun(["compare", "rmsprop", "jump"] + Self.settings)
        #expect(smooth.status == .badInput && smooth.error.contains("has an SDE, and no jump form"))
    }

    @Test("an averaged model stands beside the optimizer and beside itself without noise, on the slow states")
    func averaged() throws {
        let settings = [
            "--regime", "rho=O(eta^-1)", "--set", "eta=0.01,beta=0.5,sigma=1", "--x0", "0", "--steps", "200", "--paths",
            "400", "--save", "1", "--dt", "eta", "--format", "csv",
        ]
        let run = RecordedRun(["compare", "signum"] + settings)
        #expect(run.status == .done)
        // E x^2/2 at the end: the noise makes it, so that the averaged SDE is near and the ODE stays at zero.
        func loss(_ process: String) throws -> Double {
            let row = try #require(run.output.split(separator: "\n").last { $0.hasPrefix("\(process),200,") })
            return try #require(Double(row.split(separator: ",")[4]))
        }
        let optimizer = try loss("optimizer")
        #expect(try abs(loss("full") / optimizer - 1) < 0.25)
        #expect(try loss("ode") < 1e-12)
        let published = RecordedRun(
            ["compare", "adam", "malladi-adam", "--regime", "rho1=O(eta^-1)", "--set"]
                + ["eta=0.01,beta1=0.9,rho2=1,epsilon=0.1,sigma=0.1"])
        #expect(published.status == .badInput && published.error.contains("`m` is averaged over"))
    }

    @Test("an unknown model, one given twice and one that does not exist are told apart")
    func badModels() {
        let unknown = RecordedRun(["compare", "rmsprop", "mallady-rmsprop"] + Self.settings)
        #expect(unknown.status == .badInput)
        #expect(unknown.error.contains("did you mean 'malladi-rmsprop'?"))
        let twice = RecordedRun(["compare", "rmsprop", "full", "full"] + Self.settings)
        #expect(twice.status == .badInput && twice.error.contains("given twice"))
        let absent = RecordedRun(["compare", "adam", "order2", "--set", "eta=0.1,rho1=1,rho2=1,epsilon=0.1,sigma=1"])
        #expect(absent.status == .doesNotExist)
    }

    @Test("check takes a published SDE by its name")
    func checkByName() {
        #expect(RecordedRun("check rmsprop --against malladi-rmsprop").output.contains("condition 1 of order 1 fails"))
        let unknown = RecordedRun("check rmsprop --against malladi-rmspro")
        #expect(unknown.status == .badInput && unknown.error.contains("did you mean 'malladi-rmsprop'?"))
    }
}
