import Testing

@testable import ContinuumCLI

@Suite struct CheckCommandTests {
    private static let rmsprop = """
        dx = -df/(sqrt(v) + epsilon) dt - sqrt(eta)*sigma/(sqrt(v) + epsilon) dW
        dv = rho*(df^2 + sigma^2 - v) dt
        """

    @Test("what a published SDE drops has status 1; against the model that drops it as well, 0")
    func droppedCovariance() throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("paper.sde", Self.rmsprop)
        let full = RecordedRun(["check", "rmsprop", "--against", file])
        #expect(full.status == .checkFailed)
        #expect(full.output.contains("S[x,v]  lacks"))
        #expect(full.output.contains("agrees to the claimed weak order 1, but not to M1c (differences listed)"))
        let declared = RecordedRun(["check", "rmsprop", "--against", file, "--diffusion", "declared"])
        #expect(declared.status == .done)
        #expect(declared.output.contains("agrees with the derived model"))
        let second = RecordedRun(["check", "rmsprop", "--against", file, "--order", "2", "--format", "json"])
        #expect(second.status == .checkFailed)
        #expect(second.output.contains("\"verdict\": \"fails\""))
    }

    @Test("the noise law is that of the option, with its parameters")
    func noiseLaw() throws {
        let folder = try TemporaryFolder()
        let file = try folder.file(
            "paper.sde", "let y = df/sigma\ndx = -y/sqrt(2 + y^2) dt + sqrt(eta)*sqrt(2/(2 + y^2)) dW\n")
        #expect(RecordedRun(["check", "signsgd", "--against", file, "--noise", "student(2)"]).status == .done)
        #expect(RecordedRun(["check", "signsgd", "--against", file]).status == .checkFailed)
        let any = try folder.file(
            "any.sde", "let p = P(g < 0)\ndx = -(1 - 2*p) dt + sqrt(eta)*2*sqrt(p*(1 - p)) dW\n")
        #expect(RecordedRun(["check", "signsgd", "--against", any, "--noise", "any"]).status == .done)
    }

    @Test("mistakes are answered with their place")
    func mistakes() throws {
        #expect(RecordedRun("check rmsprop").error.contains("--against FILE"))
        #expect(RecordedRun("check rmsprop").status == .badInput)
        #expect(RecordedRun("check rmsprop --against /nonexistent.sde").error.contains("cannot be read"))
        let folder = try TemporaryFolder()
        let run = RecordedRun(["check", "rmsprop", "--against", try folder.file("wrong.sde", "dx = -dff dt\n")])
        #expect(run.status == .badInput)
        #expect(run.error.contains("wrong.sde:1:7"))
        #expect(run.error.contains("Did you mean `df`?"))
    }
}
