import Algebra
import Compilation
import Matching
import Report
import Rules

/// `continuum evaluate`: numbers for drift and covariance at one state.
enum EvaluateCommand: Command {
    enum Format: String, CaseIterable { case text, json }

    private static let format = Option("format", "text|json", "a table (default) or JSON")
    static let set = Option(
        "set", "NAME=NUMBER,...",
        "values of parameters: eta, sigma, rho, ...; evaluate, verify and simulate take a formula for sigma too, such as "
            + "'sigma=0.1*(1 + x1^2)', and verify formulas in the step size, such as 'sigma=0.1/sqrt(eta)'",
        isRepeatable: true)
    private static let at = Option(
        "at", "NAME=NUMBER,...",
        "the state and the time, such as x=0.7,v=0.3,t=0.5 or x1=1,x2=2,...; gradient=G (and hessian=H at order 2) in "
            + "place of a landscape",
        isRepeatable: true)

    static let syntax = CommandSyntax(
        name: "evaluate", summary: "numbers for drift and covariance at one state",
        operand: CommandSyntax.rule,
        details: [
            """
            The drift is b (b0 + eta b1 at order 2), the covariance S = s s^T without the factor eta. A definition of the
            rule may be set in place of a parameter: beta1=0.9 gives rho1 = (1 - beta1)/eta.
            """
        ],
        options: [set, at, CorrelationInput.correlation, LandscapeInput.landscape, ScheduleInput.schedule]
            + DerivationInput.options + [format],
        examples: [
            .init(
                purpose: "the second-order drift of RMSpropW on a quartic",
                arguments: "evaluate rmspropw --set eta=0.01,rho=2,gamma=0.1,epsilon=0.001,sigma=0.5 "
                    + "--at x=0.7,v=0.3,t=0.5 --landscape 'x1^4/4' --order 2 --format json"),
            .init(
                purpose: "with the gradient given by its value",
                arguments: "evaluate signsgd --set eta=0.01,sigma=0.5 --at gradient=0.3"),
        ])

    static func run(_ arguments: ParsedArguments, _ console: Console) throws(Failure) -> ExitStatus {
        let format = try arguments.choice(format, default: Format.text)
        let scale = try NoiseScaleInput(arguments)
        let rule = try scale.rule(try RuleInput.rule(arguments.operand))
        let derivation = try DerivationInput.derivation(of: rule, arguments)
        let assignments = try Assignments(arguments, set)
        var parameters = try ParameterValues(
            of: rule, draw: derivation.draw, assignments, usesBatch: derivation.options.usesBatch)
        let point = try EvaluationPoint(
            try Assignments(arguments, at), landscape: arguments[LandscapeInput.landscape], derivation.sde,
            needsPosition: scale.isFormula)
        try parameters.setCorrelations(arguments, dimension: point.landscape.dimension)
        let functions = try ScheduleInput.functions(of: rule, arguments)
        let landscape = try scale.landscape(point.landscape)
        let model: CompiledModel
        do {
            model = try derivation.sde.compiled(
                on: landscape, parameters: parameters.values, accepting: Set(parameters.values.keys),
                draw: derivation.draw, functions: functions)
        } catch {
            throw Failure("\(error)")
        }
        let report = EvaluationReport(
            rule: rule.name, options: derivation.options, noise: derivation.draw.noise, names: point.names,
            drift: model.drift(point.state, point.time), covariance: model.covariance(point.state, point.time))
        if let coefficient = report.singularCoefficient {
            throw Failure(
                "\(coefficient) is not finite at this state\nChoose a state where the model is regular, such as v > 0.")
        }
        switch format {
        case .text: try console.print(report.text)
        case .json: try console.print(json: report.json)
        }
        return .done
    }
}
