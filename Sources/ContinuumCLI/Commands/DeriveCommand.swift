import Matching
import Report

/// `continuum derive`: the SDE of a rule in closed form, with its certificate.
enum DeriveCommand: Command {
    enum Format: String, CaseIterable { case text, json, latex, markdown }

    private static let format = Option("format", "text|json|latex|markdown", "the form of the result (default text)")
    private static let steps = Option("steps", nil, "show the derivation step by step")

    static let syntax = CommandSyntax(
        name: "derive", summary: "drift, diffusion and certificate of a rule, in closed form",
        operand: CommandSyntax.rule,
        details: [
            """
            The model is dX = b(X, t) dt + sqrt(eta) s(X, t) dW with S = s s^T. The certificate lists the conditions under
            which it has its weak order, with what is left of each moment. Exit status 3: the rule has no such model.
            """
        ],
        options: DerivationInput.options + [steps, format],
        examples: [
            .init(purpose: "the SDE of SignSGD", arguments: "derive signsgd"),
            .init(purpose: "the model that papers print", arguments: "derive adam --diffusion declared"),
            .init(purpose: "a rule of your own, step by step", arguments: "derive mine.rule --steps"),
            .init(
                purpose: "the second-order model under Student noise, for a paper",
                arguments: "derive signsgd --order 2 --noise 'student(3)' --format latex"),
        ])

    static func run(_ arguments: ParsedArguments, _ console: Console) throws(Failure) -> ExitStatus {
        let format = try arguments.choice(format, default: Format.text)
        let rule = try RuleInput.rule(arguments.operand)
        let derivation = try DerivationInput.derivation(of: rule, arguments)
        let report = DerivationReport(
            derivation, omittedByLiterature: try omitted(by: derivation), showsSteps: arguments.contains(steps))
        switch format {
        case .text: try console.print(report.text)
        case .json: try console.print(json: report.json)
        case .latex: try console.print(report.latex)
        case .markdown: try console.print(report.markdown)
        }
        return .done
    }

    /// What the declared model drops of the full one.
    static func omitted(by derivation: Derivation) throws(Failure) -> [Certificate.DroppedCovariance] {
        guard derivation.options.diffusion == .full, derivation.sde.averages == nil else { return [] }
        let declared = Set(derivation.rule.diffusion)
        guard !declared.isEmpty, derivation.rule.states.contains(where: { !declared.contains($0.symbol) }) else {
            return []
        }
        var options = derivation.options
        options.order = 1
        options.diffusion = .declared
        return try DerivationInput.derivation(of: derivation.rule, options).certificate.droppedCovariances
    }
}
