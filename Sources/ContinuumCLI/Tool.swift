import Algebra

/// The command `continuum`: finds the command that is asked for and runs it.
enum Tool {
    static let version = "0.1.0"

    static let commands: [any Command.Type] = [
        ListCommand.self, DeriveCommand.self, CheckCommand.self, CompareCommand.self, EvidenceCommand.self,
        ReproduceCommand.self,
        EvaluateCommand.self,
        VerifyCommand.self,
        SimulateCommand.self, MergeCommand.self, AnalyzeCommand.self, RegimesCommand.self, EmitCommand.self,
        ReportCommand.self,
    ]

    /// Runs the tool.
    ///
    /// - Parameter arguments: what follows the name of the tool.
    static func run(_ arguments: [String], _ console: Console) -> ExitStatus {
        do throws(Failure) {
            switch arguments.first {
            case nil, "--help", "-h":
                try console.print(helpText)
                return .done
            case "--version":
                try console.print("continuum \(version)")
                return .done
            case "help":
                guard let name = arguments.dropFirst().first else {
                    try console.print(helpText)
                    return .done
                }
                try console.print(try command(named: name).syntax.helpText)
                return .done
            case let name?:
                return try command(named: name).run(Array(arguments.dropFirst()), console)
            }
        } catch {
            console.report(error)
            return error.status
        }
    }

    private static func command(named name: String) throws(Failure) -> any Command.Type {
        guard let command = commands.first(where: { $0.syntax.name == name }) else {
            if name.hasPrefix("-") {
                throw Failure("unknown option '\(name)'; a command comes first\nSee 'continuum --help'.")
            }
            throw Failure.unknown(
                "command", name, among: commands.map { $0.syntax.name }, remedy: "See 'continuum --help'.")
        }
        return command
    }

    static var helpText: String {
        let width = (commands.map { $0.syntax.name.count }.max() ?? 0) + 2
        let lines = commands.map { command in
            let name = command.syntax.name
            return "  \(name)\(String(repeating: " ", count: width - name.count))\(command.syntax.summary)\n"
        }
        return """
            From the update rule of an optimizer to its stochastic differential equation, with proof and numbers.

            usage: continuum COMMAND [RULE] [options]

            commands
            \(lines.joined())
            A RULE is the name of a built-in rule in any letter case (adamw), or the path of a rule file.
            Results go to standard output, notes and progress to standard error.

            'continuum COMMAND --help' shows the options of a command, with examples.
            'continuum --version' shows the version.

            exit status
              0    done
              1    the check that was asked for failed
              2    bad input
              3    what was asked for does not exist: no diffusion limit, no variance
              130  interrupted; what was finished has been printed

            """
    }
}
