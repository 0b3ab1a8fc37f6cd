import Foundation
import Synchronization

@testable import ContinuumCLI

/// A run of the tool inside of the test process, with what it wrote.
struct RecordedRun {
    let status: ExitStatus
    let output: String
    let error: String

    /// - Parameter arguments: what follows `continuum`.
    init(_ arguments: [String], cancelled: Bool = false) {
        let (output, error) = (MemorySink(), MemorySink())
        let console = Console(output: output, error: error)
        if cancelled { console.cancellation.cancel() }
        status = Tool.run(arguments, console)
        self.output = output.text
        self.error = error.text
    }

    /// Arguments separated by spaces, as far as no shell is needed to read them.
    init(_ line: String) { self.init(line.split(separator: " ").map(String.init)) }

    /// The numbers behind a key of a JSON result, in the order of the text.
    func numbers(_ key: String) -> [Double] {
        output.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].filter({ $0 != " " }) == "\"\(key)\"" else { return nil }
            return Double(parts[1].filter { $0 != " " && $0 != "," })
        }
    }
}

final class MemorySink: TextSink {
    private let content = Mutex("")

    var text: String { content.withLock { $0 } }

    func write(_ text: String) { content.withLock { $0 += text } }
}

/// A folder that is removed with its owner.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "continuum-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The path of a new file with the content.
    func file(_ name: String, _ content: Data) throws -> String {
        let file = url.appending(path: name)
        try content.write(to: file)
        return file.path
    }

    func file(_ name: String, _ content: String) throws -> String { try file(name, Data(content.utf8)) }

    var contents: [String] { (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [] }
}
