import Matching
import Report

/// `continuum regimes`: the scalings of a rule that have a limit.
enum RegimesCommand: Command {
    enum Format: String, CaseIterable { case text, json, markdown }

    private static let format = Option("format", "text|json|markdown", "the form of the result (default text)")

    static let syntax = CommandSyntax(
        name: "regimes", summary: "the scalings of noise and rates that have a limit, with its SDE",
        operand: CommandSyntax.rule,
        details: [
            """
            The scale sigma of the noise runs over powers of eta. For each the rates get the size at which the states that
            they damp move on the time of the position; slower, faster and fixed rates are tried beside it. A scaling has a
            limit of its own where drift and all states act on one time; the others are listed with the reason.
            The derivation in one of them: derive RULE --regime 'sigma=O(eta^-1), ...'.

            Exit status 3: no scaling has a limit.
            """
        ],
        options: [DerivationInput.noise, DerivationInput.batch, format],
        examples: [
            .init(purpose: "the ballistic and the noise-dominated limit of RMSprop", arguments: "regimes rmsprop")
        ])

    static func run(_ arguments: ParsedArguments, _ console: Console) throws(Failure) -> ExitStatus {
        let format = try arguments.choice(format, default: Format.text)
        let rule = try RuleInput.rule(arguments.operand)
        let options = try DerivationInput.noiseOptions(of: rule, arguments)
        let report = RegimeSearchReport(RegimeSearch(of: rule, options: options))
        switch format {
        case .text: try console.print(report.text)
        case .json: try console.print(json: report.json)
        case .markdown: try console.print(report.markdown)
        }
        return report.search.limits.isEmpty ? .doesNotExist : .done
    }
}
