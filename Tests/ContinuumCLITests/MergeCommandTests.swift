import Foundation
import Testing

@testable import ContinuumCLI

/// An ensemble in parts, at the command line.
@Suite struct MergeCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private let command = "simulate rmsprop --set eta=0.01,rho=1,sigma=0.1 --steps 6 --paths 1100 --save 2 --dt eta/2"

    private func path(_ name: String) -> String { folder.url.appending(path: name).path }

    /// The paths of the parts, made with further options.
    private func parts(_ count: Int, _ options: String = "") -> [String] {
        (1...count).map { index in
            let file = path("part\(index)of\(count).json")
            let run = RecordedRun("\(command) \(options) --threads \(index) --shard \(index)/\(count) --output \(file)")
            #expect(run.status == .done)
            #expect(run.output.isEmpty)
            return file
        }
    }

    private func failure(_ parts: [String]) -> String {
        let run = RecordedRun(["merge"] + parts)
        #expect(run.status == .badInput)
        #expect(run.output.isEmpty)
        return run.error
    }

    @Test("the parts in any order give what one run prints", arguments: ["exact", "sketch", "none"])
    func merge(quantiles: String) throws {
        let options = "--quantiles \(quantiles)"
        let parts = parts(3, options)
        for format in ["text", "json", "csv"] {
            let one = RecordedRun("\(command) \(options) --format \(format)")
            for order in [[0, 1, 2], [2, 0, 1]] {
                let merged = RecordedRun(["merge"] + order.map { parts[$0] } + ["--format", format])
                #expect(merged.status == .done)
                #expect(merged.output == one.output)
                #expect(merged.error == one.error)
            }
            #expect(one.output.contains("sketch") == (quantiles == "sketch" && format != "csv"))
        }
        let lines = RecordedRun(["merge"] + parts + ["--format", "csv"]).output.split(separator: "\n")
        #expect(lines.last?.hasSuffix(",,") == (quantiles == "none"))
    }

    @Test("more parts than chunks leave some parts empty, and the result is the same")
    func emptyParts() {
        let file = path("one.csv")
        let run = RecordedRun("\(command) --shard 1/7 --output \(file)")
        #expect(run.error.contains("part 1/7 has no paths"))
        let merged = RecordedRun(["merge"] + parts(7) + ["--format", "csv"])
        #expect(merged.output == RecordedRun("\(command) --format csv").output)
    }

    @Test("parts that are missing, doubled or of another run are told apart")
    func mismatches() {
        let parts = parts(3)
        #expect(failure([parts[0], parts[2]]).contains("of 3 parts, one is missing: 2"))
        #expect(failure([parts[0]]).contains("2 are missing: 2, 3"))
        #expect(failure([parts[0], parts[1], parts[0]]).contains("part 1/3 is given twice"))
        for (option, words) in [
            ("--seed 2", "--seed is 2 in"), ("--x0 0.5", "--x0 is '0.5' in"), ("--process sde", "--process is 'sde'"),
            ("--quantiles none", "--quantiles is none"), ("--noise laplace", "the law of the noise is laplace"),
        ] {
            let other = path("other.json")
            #expect(RecordedRun("\(command) \(option) --shard 2/3 --output \(other)").status == .done)
            let message = failure([parts[0], other, parts[2]])
            #expect(message.contains("not of one run"))
            #expect(message.contains(words))
            #expect(message.contains("'\(parts[0])'"))
        }
        let half = path("half.json")
        #expect(RecordedRun("\(command) --shard 2/2 --output \(half)").status == .done)
        #expect(failure([parts[0], half]).contains("is one of 2 parts"))
    }

    @Test("a file that is damaged, or no part, is refused")
    func damage() throws {
        let part = parts(1)[0]
        let text = try String(contentsOfFile: part, encoding: .utf8)
        let cut = try folder.file("cut.json", String(text.prefix(text.count / 2)))
        #expect(failure([cut]).contains("truncated or damaged"))
        let changed = try folder.file("changed.json", text.replacing("\"count\":76", with: "\"count\":75"))
        #expect(failure([changed]).contains("truncated or damaged"))
        let later = try folder.file("later.json", text.replacing("\"format\":1", with: "\"format\":2"))
        #expect(failure([later]).contains("has format 2, and this version of continuum reads format 1"))
        let foreign = try folder.file("foreign.json", "{\"a\": 1}\n")
        #expect(failure([foreign]).contains("is no ensemble part"))
        #expect(failure([try folder.file("empty.json", "")]).contains("is no ensemble part"))
        #expect(failure([path("none.json")]).contains("cannot be read"))
        #expect(failure([]).contains("needs a PART"))
    }

    @Test("a part has no format, and one that is stopped or leaves the finite numbers is not written")
    func noPart() {
        #expect(RecordedRun("\(command) --shard 1/2 --format csv").error.contains("'continuum merge'"))
        let file = path("stopped.json")
        let run = RecordedRun(
            "\(command) --shard 1/2 --output \(file)".split(separator: " ").map(String.init), cancelled: true)
        #expect(run.status == .interrupted)
        #expect(run.error.contains("--checkpoint"))
        let wild = "simulate sgd --landscape x1^4 --set eta=0.5,sigma=0.1 --x0 3 --steps 9 --paths 600"
        let failed = RecordedRun("\(wild) --shard 2/2 --output \(file)")
        #expect(failed.status == .badInput)
        #expect(failed.error.contains("on path"))
        #expect(folder.contents.isEmpty)
    }
}
