import Testing

@testable import ContinuumCLI

@Suite struct ToolTests {
    @Test("help and version go to standard output with status 0")
    func helpAndVersion() {
        for line in ["", "--help", "-h", "help", "help derive", "derive --help", "verify signsgd -h", "--version"] {
            let run = RecordedRun(line)
            #expect(run.status == .done)
            #expect(!run.output.isEmpty)
            #expect(run.error.isEmpty)
        }
        #expect(RecordedRun("--version").output == "continuum \(Tool.version)\n")
        #expect(RecordedRun("help derive").output == RecordedRun("derive --help").output)
        for command in Tool.commands { #expect(RecordedRun("--help").output.contains(command.syntax.name)) }
    }

    @Test("a misspelt command is answered with the nearest one")
    func unknownCommand() {
        let run = RecordedRun("derve signsgd")
        #expect(run.status == .badInput)
        #expect(run.output.isEmpty)
        #expect(run.error.hasPrefix("continuum: there is no command 'derve'; did you mean 'derive'?"))
        #expect(RecordedRun("--verbose").status == .badInput)
        #expect(RecordedRun("help nothing").status == .badInput)
    }

    @Test("list shows each built-in rule, and each can be found by its name")
    func list() {
        let names = RecordedRun("list --format names").output.split(separator: "\n").map(String.init)
        #expect(names.contains("SignSGD"))
        #expect(names.contains("AdamW"))
        let text = RecordedRun("list").output
        let json = RecordedRun("list --format json").output
        for name in names {
            #expect(text.contains("\n\(name) "))
            #expect(json.contains("\"name\": \"\(name)\""))
            #expect((try? RuleInput.rule(name.uppercased()))?.name == name)
        }
    }
}
