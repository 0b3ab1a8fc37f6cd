/// A command of the tool.
protocol Command: Sendable {
    static var syntax: CommandSyntax { get }

    /// Does what the arguments ask.
    ///
    /// - Throws: a failure that says what is wrong and what would put it right.
    static func run(_ arguments: ParsedArguments, _ console: Console) throws(Failure) -> ExitStatus
}

extension Command {
    /// Reads the arguments and runs the command, results going to the file that `--output` names.
    static func run(_ arguments: [String], _ console: Console) -> ExitStatus {
        do throws(Failure) {
            let parsed = try ArgumentParser.parse(arguments, as: syntax)
            if parsed.contains(.help) {
                try console.print(syntax.helpText)
                return .done
            }
            let isQuiet = parsed.contains(.quiet)
            guard let path = parsed[.output] else {
                return report(parsed, on: console, console.with(output: console.output, isQuiet: isQuiet))
            }
            let file = try ResultFile(path: path)
            let status = report(parsed, on: console, console.with(output: file, isQuiet: isQuiet))
            try file.commit()
            return status
        } catch {
            console.report(error)
            return error.status
        }
    }

    /// A failure is reported even where notes are not wanted.
    private static func report(_ arguments: ParsedArguments, on console: Console, _ inner: Console) -> ExitStatus {
        do throws(Failure) {
            return try run(arguments, inner)
        } catch {
            console.report(error)
            return error.status
        }
    }
}
