import Testing

@testable import ContinuumCLI

/// How verify and simulate integrate, sample and plan.
struct VerifySamplingTests {
    private static let signSGD = "verify signsgd --method sampled --etas 0.2,0.1"

    @Test func `the exact step is taken where the model is linear, and named`() {
        let run = RecordedRun("verify sgd --method sampled --paths 64 --etas 0.2,0.1")
        #expect(run.output.contains("exact linear step"))
        let asked = RecordedRun("simulate sgd --set eta=0.1,sigma=0.5 --steps 3 --paths 8 --save 1 --scheme linear")
        #expect(asked.status == .done)
        #expect(asked.output.contains("the exact linear step"))
    }

    @Test func `a scheme that is asked for is used, on samples, and named`() {
        let run = RecordedRun("verify signsgd --scheme platen --paths 64 --etas 0.2,0.1")
        #expect(run.output.contains("Platen, dt = eta/"))
        let milstein = RecordedRun(
            "verify signsgd --scheme milstein --dt eta/2 --paths 64 --etas 0.2,0.1 --format json")
        #expect(milstein.output.contains("\"integrator\": \"Milstein, dt = eta/2\""))
    }

    @Test func `paths without any spread have no gain to report, in JSON too`() {
        // The average is far from zero: every path of optimizer and model makes the same steps.
        let run = RecordedRun(
            "verify signum --set rho=1,sigma=0.001 --start m=0.2 --paths 4 --etas 0.1,0.05 --horizon 0.2 --format json")
        #expect(run.output.contains("\"halfwidth95\": 0.0"))
        #expect(run.output.contains("\"coupling\": null"))
    }

    @Test func `a scheme that does not apply is refused with the reason`() {
        let linear = RecordedRun("verify signsgd --scheme linear --paths 64")
        #expect(linear.status == .badInput)
        #expect(linear.error.contains("not seen to be affine"))
        let wrong = RecordedRun("simulate signsgd --set eta=0.1,sigma=0.5 --scheme rk4")
        #expect(wrong.status == .badInput)
        #expect(wrong.error.contains("--scheme is one of"))
    }

    @Test func `paths are planned for a half-width, announced, and reach it`() {
        let run = RecordedRun("\(Self.signSGD) --halfwidth 0.002 --format json")
        #expect(run.error.contains("a half-width of 0.002 takes"))
        #expect(run.error.contains("paths at the 2 step sizes, by a pilot of 1024 paths at each"))
        let widths = run.output.split(separator: "\n").filter { $0.contains("halfwidth95") }.compactMap { line in
            line.split(separator: ":").last.flatMap { Double($0.filter { !" ,".contains($0) }) }
        }
        #expect(widths.count == 2)
        #expect(widths.allSatisfy { $0 <= 0.002 })
    }

    @Test func `a half-width that takes too many paths is refused with their number`() {
        let run = RecordedRun("\(Self.signSGD) --halfwidth 1e-5 --paths 1000")
        #expect(run.status == .badInput)
        #expect(run.error.contains("paths, more than 1000"))
        #expect(run.error.contains("1000 paths give about"))
    }

    @Test func `paths are planned to tell the order from the next one, and announced`() {
        let run = RecordedRun("\(Self.signSGD) --separate")
        #expect(run.error.contains("telling the order from the next takes"))
        #expect(run.error.contains("paths at the 2 step sizes"))
        let refused = RecordedRun("\(Self.signSGD) --separate --paths 200")
        #expect(refused.status == .badInput)
        #expect(refused.error.contains("paths do not tell the error at eta = 0.2 from 0"))
        #expect(refused.error.contains("Allow more --paths"))
        let both = RecordedRun("\(Self.signSGD) --separate --halfwidth 0.01")
        #expect(both.status == .badInput)
        #expect(both.error.contains("give one of them"))
    }

    @Test func `what each method wins is in the text and in JSON`() {
        let text = RecordedRun("\(Self.signSGD) --paths 4096 --dt eta/2")
        #expect(text.output.contains("on top of it antithetic pairs"))
        let json = RecordedRun("\(Self.signSGD) --paths 512 --reduction antithetic --dt eta --format json")
        for name in ["\"variance\"", "\"used\": \"antithetic\"", "\"coupling\"", "\"total\"", "\"paths\": 512"] {
            #expect(json.output.contains(name))
        }
    }
}
