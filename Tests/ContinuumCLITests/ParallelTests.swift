import Foundation
import Testing

@testable import ContinuumCLI

/// The tool under GNU parallel, where it is installed.
@Suite struct ParallelTests {
    private static let parallel = ["/usr/bin/parallel", "/usr/local/bin/parallel", "/opt/homebrew/bin/parallel"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// The tool that was built with these tests.
    private static let tool = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: ".build/debug/continuum").path

    private static let canRun = parallel != nil && FileManager.default.isExecutableFile(atPath: tool)

    @Test(
        "GNU parallel makes the parts of one run",
        .enabled(if: canRun, "GNU parallel is not installed, or the tool is not built for debugging"))
    func parts() throws {
        let folder = try TemporaryFolder()
        let command = "simulate rmsprop --set eta=0.01,rho=1,sigma=0.1 --steps 6 --paths 1100 --save 2 --dt eta/2"
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.parallel))
        process.arguments = [
            "-j", "2", "'\(Self.tool)' \(command) --shard auto/3 --output '\(folder.url.path)'/part{}.json", ":::", "1",
            "2", "3",
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let parts = [3, 1, 2].map { folder.url.appending(path: "part\($0).json").path }
        let merged = RecordedRun(["merge"] + parts + ["--format", "csv"])
        #expect(merged.status == .done)
        #expect(merged.output == RecordedRun("\(command) --format csv").output)
    }
}
