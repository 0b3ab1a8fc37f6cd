import Foundation
import Testing

@testable import ContinuumCLI

/// What independent programs in Python say of the models, where Python has the packages that they need.
@Suite struct ReferenceScriptTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let tool = root.appending(path: ".build/debug/continuum").path
    private static let hasTool = FileManager.default.isExecutableFile(atPath: tool)

    private static func canRun(with packages: String) -> Bool {
        hasTool && (try? python(["-c", "import \(packages)"])) == 0
    }

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
        .enabled(if: canRun(with: "sympy, mpmath"), "Python has no SymPy, or the tool is not built for debugging"))
    func models() throws {
        let script = Self.root.appending(path: "Tests/Golden/golden_forms.py").path
        let rules = ["adagrad", "heavyball", "majorityvote", "momentum", "normalizedsgd", "sgdw", "signsgd"]
        #expect(try Self.python([script, Self.tool] + rules) == 0)
    }

    @Test(
        "NumPy computes the same coefficients from emitted source",
        .enabled(if: canRun(with: "numpy, scipy"), "Python has no SciPy, or the tool is not built for debugging"))
    func sources() throws {
        let script = Self.root.appending(path: "Tests/Golden/emitted_sources.py").path
        let rules = ["adamaxp", "rmspropw", "sam", "signsgd"]
        #expect(try Self.python([script, Self.tool, "python"] + rules) == 0)
    }
}
