import Foundation

/// The compilers that come with the toolchain.
enum Toolchain {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    static func has(_ tool: String) -> Bool {
        (try? run("/usr/bin/env", ["which", tool], in: FileManager.default.temporaryDirectory)) != nil
    }

    /// What a program prints that is compiled from one file.
    static func output(of source: String, named name: String, compiledBy command: [String]) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "emitted-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(source.utf8).write(to: folder.appending(path: name))
        _ = try run("/usr/bin/env", command, in: folder)
        return try run(folder.appending(path: "program").path, [], in: folder)
    }

    private static func run(_ program: String, _ arguments: [String], in folder: URL) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let output = folder.appending(path: "output-\(UUID().uuidString)")
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        let handle = try FileHandle(forWritingTo: output)
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        try handle.close()
        let text = String(decoding: try Data(contentsOf: output), as: UTF8.self)
        guard process.terminationStatus == 0 else { throw Failed(description: text) }
        return text
    }
}
