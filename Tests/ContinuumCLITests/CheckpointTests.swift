import Foundation
import Testing

@testable import ContinuumCLI

@Suite struct CheckpointTests {
    private let folder: TemporaryFolder
    private let file: String

    init() throws {
        folder = try TemporaryFolder()
        file = folder.url.appending(path: "run.checkpoint").path
    }

    private let command = "simulate adam --set eta=0.01,rho1=1,rho2=1,sigma=0.1 --steps 6 --paths 600 --save 2 --dt eta"

    private func run(_ options: String = "", cancelled: Bool = false) -> RecordedRun {
        RecordedRun(
            "\(command) --checkpoint \(file) \(options)".split(separator: " ").map(String.init), cancelled: cancelled)
    }

    @Test("an interrupted run goes on to what one run prints, and a finished one prints it again")
    func resume() {
        for format in ["text", "json", "csv"] {
            let whole = RecordedRun("\(command) --format \(format)")
            let stopped = run("--format \(format)", cancelled: true)
            #expect(stopped.status == (format == "text" ? .interrupted : .done))
            #expect(stopped.error.contains("goes on from the checkpoint") == (format == "text"))
            for threads in [1, 3] {
                let resumed = run("--format \(format) --threads \(threads)")
                #expect(resumed.status == .done)
                #expect(resumed.output == whole.output)
            }
        }
        #expect(folder.contents == ["run.checkpoint"])
    }

    @Test("a part goes on too, and is a part of the same run")
    func shard() throws {
        let parts = [1, 2].map { folder.url.appending(path: "part\($0).json").path }
        #expect(run("--shard 1/2 --output \(parts[0])", cancelled: true).status == .interrupted)
        #expect(run("--shard 1/2 --output \(parts[0])").status == .done)
        #expect(run("--shard 2/2").error.contains("--shard is 2/2 in this run and 1/2 in the checkpoint"))
        #expect(RecordedRun("\(command) --shard 2/2 --output \(parts[1])").status == .done)
        #expect(RecordedRun(["merge"] + parts).output == RecordedRun(command).output)
    }

    @Test("a checkpoint of other settings is refused with what differs, and stays")
    func otherSettings() throws {
        #expect(run(cancelled: true).status == .interrupted)
        let before = try Data(contentsOf: URL(filePath: file))
        for (option, words) in [
            ("--seed 7", "--seed is 7 in this run and 1 in the checkpoint"),
            ("--x0 2", "--x0 is '2' in this run and not given in the checkpoint"),
            ("--test x^2", "--test is 'x^2'"),
        ] {
            let refused = run(option)
            #expect(refused.status == .badInput)
            #expect(refused.error.contains(words))
        }
        #expect(try Data(contentsOf: URL(filePath: file)) == before)
    }

    @Test("a damaged checkpoint is refused with what to do")
    func damage() throws {
        #expect(run(cancelled: true).status == .interrupted)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        _ = try folder.file("run.checkpoint", String(text.dropLast(100)))
        let refused = run()
        #expect(refused.status == .badInput)
        #expect(refused.error.contains("is truncated or damaged"))
        #expect(refused.error.contains("Remove it to start from the beginning."))
        #expect(RecordedRun(["merge", file]).status == .badInput)
        let part = folder.url.appending(path: "part.json").path
        #expect(RecordedRun("\(command) --shard 1/1 --output \(part)").status == .done)
        #expect(
            RecordedRun("\(command) --checkpoint \(part)").error.contains("no ensemble checkpoint but an ensemble part")
        )
    }

    @Test("a place that cannot be written is found before any work is done")
    func place() {
        let refused = RecordedRun("\(command) --checkpoint \(file)/none/run.checkpoint")
        #expect(refused.status == .badInput)
        #expect(refused.error.contains("the checkpoint"))
        #expect(refused.output.isEmpty)
        #expect(RecordedRun("\(command) --checkpoint /dev/null").error.contains("is a device or a pipe"))
    }
}
