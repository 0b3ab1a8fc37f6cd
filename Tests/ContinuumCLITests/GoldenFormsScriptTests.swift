import Foundation
import Testing

@testable import ContinuumCLI

/// The models of rules against those that SymPy derives from the same text, where Python has it.
@Suite struct GoldenFormsScriptTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let tool = root.appending(path: ".build/debug/continuum").path
    private static let hasSymPy = (try? python(["-c", "import sympy, mpmath"])) == 0
    private static let canRun = hasSymPy && FileManager.default.isExecutableFile(atPath: tool)

    private static func python(_ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test(
        "SymPy derives the same models",
        .enabled(if: canRun, "Python has no SymPy, or the tool is not built for debugging"))
    func models() throws {
        let script = Self.root.appending(path: "Tests/Golden/golden_forms.py").path
        let rules = ["adagrad", "heavyball", "majorityvote", "momentum", "normalizedsgd", "sgdw", "signsgd"]
        #expect(try Self.python([script, Self.tool] + rules) == 0)
    }
}
