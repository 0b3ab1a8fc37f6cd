import Foundation
import Testing

@testable import ContinuumCLI

struct EvidenceCommandTests {
    @Test func `--mistakes makes the model wrong in one place at a time, and says what weak errors make of it`() {
        let run = RecordedRun("evidence extragradient --mistakes --format json")
        #expect(run.status == .done)
        for mistake in ["1/2 made 1 in b[x]", "sign turned in b[x]", "covariance dropped in S[x,x]"] {
            #expect(run.output.contains("\"mistake\": \"\(mistake)\""))
        }
        #expect(run.output.components(separatedBy: "\"verdict\": \"refutes\"").count == 4)
        #expect(run.output.components(separatedBy: "\"tolerated\": false").count == 4)
    }

    @Test func `a rule without a model of order 2 has none to make wrong`() {
        #expect(RecordedRun("evidence signum --mistakes").status == .doesNotExist)
        let jumping = RecordedRun("evidence adamax --mistakes")
        #expect(jumping.status == .doesNotExist)
        #expect(jumping.error.contains("there is no diffusion limit"))
    }
}
