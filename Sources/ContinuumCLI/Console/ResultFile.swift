import Foundation
import Synchronization

/// Collects a result and puts it in place at the end, so that a file is whole or is not there.
final class ResultFile: TextSink {
    private let url: URL
    private let path: String
    private let purpose: String
    private let text = Mutex("")

    /// - Parameter purpose: what messages call the file.
    /// - Throws: a failure where the file could not be written, before any work is done.
    init(path: String, purpose: String = "output file") throws(Failure) {
        self.path = path
        self.purpose = purpose
        func failure(_ reason: String, _ remedy: String) -> Failure {
            ResultFile.failure(purpose, path, reason, remedy)
        }
        // A link stays, and the file that it leads to is replaced.
        url = URL(filePath: path).resolvingSymlinksInPath()
        let folder = url.deletingLastPathComponent().path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw failure("the folder \(folder) does not exist", "Create it, or choose another place.")
        }
        if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) {
            guard !isFolder.boolValue else {
                throw failure("it is a folder", "Give the name of a file in it.")
            }
            guard access(url.path, W_OK) == 0 else {
                throw failure("it may not be written", "Choose another file, or change its permissions.")
            }
        } else if access(folder, W_OK) != 0 {
            throw failure("the folder \(folder) may not be written", "Choose another place.")
        }
    }

    func write(_ part: String) throws(Failure) { text.withLock { $0 += part } }

    /// Writes what was collected, if anything was.
    func commit() throws(Failure) {
        let data = Data(text.withLock { $0 }.utf8)
        guard !data.isEmpty else { return }
        do {
            try data.write(to: url, options: isRegularFile ? .atomic : [])
        } catch {
            throw ResultFile.failure(purpose, path, error.localizedDescription, "Choose another place.")
        }
    }

    /// A device or a pipe is written to, not replaced.
    var isRegularFile: Bool {
        var status = stat()
        return stat(url.path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
    }

    private static func failure(_ purpose: String, _ path: String, _ reason: String, _ remedy: String) -> Failure {
        Failure("the \(purpose) '\(path)' cannot be written: \(reason)\n\(remedy)")
    }
}
