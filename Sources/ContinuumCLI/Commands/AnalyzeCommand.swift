import Algebra
import Analysis
import Matching
import Report
import Rules

/// `continuum analyze`: what follows from the SDE of a rule.
enum AnalyzeCommand: Command {
    enum Format: String, CaseIterable { case text, json, markdown }

    private static let format = Option("format", "text|json|markdown", "the form of the result (default text)")
    private static let part = Option(
        "part", AnalysisPart.allCases.map(\.rawValue).joined(separator: "|"), "one part alone (default: all of them)",
        isRepeatable: true)
    private static let of = Option(
        "of", "EXPR",
        "what --part generator applies Ito's lemma to, in f, df, x, the other states and t; the s(t) of --part schedule"
    )
    private static let set = Option(
        "set", "NAME=NUMBER,...", "exact values of parameters, such as epsilon=0", isRepeatable: true)

    static let syntax = CommandSyntax(
        name: "analyze", summary: "stationary law, transients, loss, phases and scaling rule of a rule",
        operand: CommandSyntax.rule,
        details: [
            """
            Works on the SDE that 'derive' shows, step by step and in closed form. Near a minimum f = sum_i lambda_i x_i^2/2,
            one coordinate at a time, long after the start. Exit status 3: the rule has no such model, or the model no such part.
            """
        ],
        options: [part, of, set] + DerivationInput.options + [format],
        examples: [
            .init(purpose: "everything", arguments: "analyze signsgd"),
            .init(
                purpose: "where AdamW settles", arguments: "analyze adamw --part stationary --set epsilon=0"),
            .init(
                purpose: "what a schedule does to the loss",
                arguments: "analyze signsgd --part schedule --of '1/(1 + t)'"),
            .init(purpose: "Ito's lemma", arguments: "analyze adam --part generator --of 'f + m^2'"),
        ])

    static func run(_ arguments: ParsedArguments, _ console: Console) throws(Failure) -> ExitStatus {
        let format = try arguments.choice(format, default: Format.text)
        let parts = try chosenParts(arguments)
        let rule = try RuleInput.rule(arguments.operand)
        let derivation = try DerivationInput.derivation(of: rule, arguments)
        let analysis = ModelAnalysis(of: derivation, setting: try values(of: rule, arguments))
        let expression = try expression(of: rule, derivation, arguments)
        let results = (parts.isEmpty ? AnalysisPart.allCases : parts).map { part in
            AnalysisReport.Part(part, Result { () throws(AnalysisError) in try analysis.section(part, of: expression) })
        }
        let options = derivation.options
        let report = AnalysisReport(
            rule: rule.name,
            settings: "noise \(derivation.draw.noise), order \(options.order), diffusion \(options.diffusion.rawValue)",
            parts: results)
        switch format {
        case .text: try console.print(report.text)
        case .json: try console.print(json: report.json)
        case .markdown: try console.print(report.markdown)
        }
        let isMissing = results.contains { if case .failure = $0.outcome { true } else { false } }
        return isMissing && !parts.isEmpty ? .doesNotExist : .done
    }

    private static func chosenParts(_ arguments: ParsedArguments) throws(Failure) -> [AnalysisPart] {
        var result: [AnalysisPart] = []
        for name in arguments.all(part).flatMap(\.splitAtCommas) {
            guard let choice = AnalysisPart(rawValue: name.lowercased()) else {
                throw Failure.unknown("part of the analysis", name, among: AnalysisPart.allCases.map(\.rawValue))
            }
            result.append(choice)
        }
        return result
    }

    /// The exact values of parameters: `--set epsilon=0,rho=1/2`.
    private static func values(
        of rule: UpdateRule, _ arguments: ParsedArguments
    ) throws(Failure) -> [Symbol: Expression] {
        var result: [Symbol: Expression] = [:]
        for text in arguments.all(set).flatMap(\.splitAtCommas) {
            let sides = text.split(separator: "=", maxSplits: 1)
            let name = Assignments.ascii(sides.first.map { String($0).trimmed } ?? "")
            guard let parameter = rule.parameter(named: name) else {
                throw Failure.unknown("parameter", name, among: rule.parameters.map(\.symbol.name))
            }
            let value: Expression
            do {
                value = try Expression(parsing: sides.count == 2 ? String(sides[1]) : "", in: Scope(), file: "--set")
            } catch { throw Failure(error) }
            guard let number = value.number, parameter.admits(number.doubleValue) else {
                throw Failure("--set: \(name) takes an exact number that the rule admits, not '\(text)'")
            }
            result[parameter.symbol] = value
        }
        return result
    }

    /// The expression that `--of` gives, in the names of an SDE.
    private static func expression(
        of rule: UpdateRule, _ derivation: Derivation, _ arguments: ParsedArguments
    ) throws(Failure) -> Expression? {
        guard let text = arguments[of] else { return nil }
        do {
            return try Expression(
                parsing: text, in: Scope(ofModelsOf: rule, law: derivation.draw.law), file: "--of")
        } catch { throw Failure(error) }
    }
}
