import Matching
import Report

/// `continuum check`: an SDE written by a person, compared with the derived one.
enum CheckCommand: Command {
    enum Format: String, CaseIterable { case text, json }

    private static let format = Option("format", "text|json", "the form of the result (default text)")
    private static let against = Option(
        "against", "SDE", "the SDE to check: the path of a file, or the name of a built-in one such as malladi-adam")

    static let syntax = CommandSyntax(
        name: "check", summary: "a published SDE against the derived one, term by term",
        operand: CommandSyntax.rule,
        details: [
            """
            The file holds one equation for each state of the coordinate i; # begins a comment, 'let' names an expression:

                let P = sqrt(v) + epsilon
                dx = -df/P dt - sqrt(eta)*sigma/P dW
                dv = rho*(df^2 + sigma^2 - v) dt

            df, grad f or d_i f is the component of the gradient, dW (or dW1, dW2, ... where there are several) a Brownian
            motion of the coordinate, sum_j(d_ij f*w_j) the Hessian times a vector. Every coefficient that disagrees is printed
            in closed form, with its order and with what it does to the weak order.

            Exit status 0: the weak order survives, and the noise agrees (M1c, or M2 at order 2). 1: something disagrees.
            """
        ],
        options: [against] + DerivationInput.options + [format],
        examples: [
            .init(
                purpose: "what a published SDE of RMSprop leaves out",
                arguments: "check rmsprop --against compagnoni-rmsprop"),
            .init(
                purpose: "whether it has weak order 2",
                arguments: "check rmsprop --against compagnoni-rmsprop --order 2"),
        ])

    static func run(_ arguments: ParsedArguments, _ console: Console) throws(Failure) -> ExitStatus {
        let format = try arguments.choice(format, default: Format.text)
        let rule = try RuleInput.rule(arguments.operand)
        guard let path = arguments[against] else {
            let position = rule.position.name
            throw Failure(
                "check needs the SDE to check: \(against.spelling) FILE\n"
                    + "The file holds equations such as `d\(position) = -df dt + sqrt(\(rule.stepSize.name))*sigma dW`."
            )
        }
        let options = try DerivationInput.options(of: rule, arguments)
        let published = try PublishedInput.sde(path, of: rule, noise: options.noise)
        let report = ComparisonReport(of: published, with: try DerivationInput.derivation(of: rule, options))
        switch format {
        case .text: try console.print(report.text)
        case .json: try console.print(json: report.json)
        }
        return report.comparison.passes ? .done : .checkFailed
    }
}
