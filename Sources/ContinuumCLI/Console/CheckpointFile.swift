import Foundation
import Simulation
import Synchronization

/// The file from which an interrupted run goes on: `--checkpoint FILE`.
final class CheckpointFile: Sendable {
    static let checkpoint = Option(
        "checkpoint", "FILE", "keep what is done in a file, and go on from there where it exists: the bits are the same"
    )

    /// The time between two checkpoints.
    private static let interval = Duration.seconds(20)

    private struct Content: Codable {
        let settings: RunSettings
        let processes: [EnsembleState]
    }

    private let path: String
    private let settings: RunSettings
    private let console: Console
    private let processes: Mutex<[EnsembleState]>
    private let written = Mutex(false)

    /// Whether the last checkpoint is in the file.
    var isWritten: Bool { written.withLock { $0 } }

    /// - Throws: a failure for a place that cannot be written, a damaged file, and one of other settings.
    init(path: String, settings: RunSettings, console: Console) throws(Failure) {
        self.path = path
        self.settings = settings
        self.console = console
        guard try ResultFile(path: path, purpose: "checkpoint").isRegularFile else {
            throw Failure("the checkpoint '\(path)' is a device or a pipe\nGive the name of a file.")
        }
        guard FileManager.default.fileExists(atPath: path) else {
            processes = Mutex([])
            return
        }
        let content: Content = try SealedRecord.content(of: path, .checkpoint)
        if let difference = settings.difference(from: content.settings, here: "this run", there: "the checkpoint") {
            throw Failure(
                "the checkpoint '\(path)' is of another run: \(difference)\n"
                    + "Give the settings that it was begun with, or another file.")
        }
        processes = Mutex(content.processes)
    }

    /// Where the process was stopped; processes are counted in the order in which they run.
    func earlier(process: Int) -> EnsembleState? {
        processes.withLock { $0.indices.contains(process) ? $0[process] : nil }
    }

    func checkpoints(process: Int) -> EnsembleRun.Checkpoints {
        EnsembleRun.Checkpoints(every: Self.interval) { [self] state in
            let all = processes.withLock { processes in
                if processes.indices.contains(process) { processes[process] = state } else { processes.append(state) }
                return processes
            }
            written.withLock { $0 = false }
            do throws(Failure) {
                let file = try ResultFile(path: path, purpose: "checkpoint")
                try file.write(try SealedRecord.text(of: Content(settings: settings, processes: all), as: .checkpoint))
                try file.commit()
                written.withLock { $0 = true }
            } catch {
                // The one before is still whole, and the run itself is worth more than a checkpoint.
                console.note("\(error.message)")
            }
        }
    }
}
