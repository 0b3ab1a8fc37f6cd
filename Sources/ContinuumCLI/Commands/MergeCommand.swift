import Simulation

/// `continuum merge`: one result from the parts of an ensemble.
enum MergeCommand: Command {
    private static let format = Option("format", "text|json|csv", "the form of the result (default text)")

    static let syntax = CommandSyntax(
        name: "merge", summary: "one result from the parts that simulate --shard wrote",
        operand: (name: "PART", help: "a file that 'continuum simulate --shard I/N --output PART' wrote"),
        moreOperands: (name: "PART", help: "the files of the other parts, in any order"),
        details: [
            """
            The result has the bits of one run without --shard. All N parts are needed, made with the same settings by the
            same version of continuum.
            """
        ],
        options: [format],
        examples: [
            .init(purpose: "the result of four parts", arguments: "merge part1.json part2.json part3.json part4.json")
        ])

    static func run(_ arguments: ParsedArguments, _ console: Console) throws(Failure) -> ExitStatus {
        let format = try arguments.choice(format, default: SimulateCommand.Format.text)
        var parts: [(path: String, part: EnsemblePart)] = []
        for path in [arguments.operand] + arguments.moreOperands {
            parts.append((path, try SealedRecord.content(of: path, .part)))
        }
        let series = try EnsemblePart.merged(parts).map(\.series)
        try SimulateCommand.print(series, ruleName: parts[0].part.ruleName, format, console)
        return .done
    }
}
