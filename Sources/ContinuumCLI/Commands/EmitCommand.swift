import Emission
import Matching
import Rules

/// `continuum emit`: source code of the SDE.
enum EmitCommand: Command {
    private static let targets = SourceTarget.allCases.map(\.rawValue).joined(separator: "|")
    private static let target = Option(
        "target", targets, "the language, or with jax and pytorch the library (required)")

    static let syntax = CommandSyntax(
        name: "emit", summary: "source code of the SDE: drift, diffusion, and a step of Euler and Maruyama's scheme",
        operand: CommandSyntax.rule,
        details: [
            """
            The source stands alone. It asks its caller for the gradient of the loss and, where the formulas need it, for
            products of the Hessian with a vector. The coefficients are those that 'continuum evaluate' computes. Exit
            status 3: a coefficient has no closed form.
            """
        ],
        options: [target] + DerivationInput.options,
        examples: [
            .init(purpose: "a module for NumPy", arguments: "emit rmsprop --target python --output rmsprop_sde.py"),
            .init(purpose: "the second-order model in C", arguments: "emit signsgd --target c --order 2"),
        ])

    static func run(_ arguments: ParsedArguments, _ console: Console) throws(Failure) -> ExitStatus {
        guard arguments.contains(target) else { throw Failure("emit needs \(target.spelling) \(targets)") }
        let language = try arguments.choice(target, default: SourceTarget.python)
        let derivation = try DerivationInput.derivation(of: try RuleInput.rule(arguments.operand), arguments)
        let source: String
        do {
            source = try derivation.source(in: language)
        } catch {
            throw Failure("\(derivation.rule.name): \(error)", status: .doesNotExist)
        }
        try console.print(source)
        return .done
    }
}
