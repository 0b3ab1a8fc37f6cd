import Compilation
import Matching
import Report
import Rules
import Simulation

/// `continuum verify`: the weak error of a model against its optimizer, for several step sizes.
enum VerifyCommand: Command {
    enum Format: String, CaseIterable { case text, json, csv, markdown }
    enum Method: String, CaseIterable { case automatic, sampled }
    enum Reduction: String, CaseIterable { case automatic, none, antithetic, control, both }

    private static let largestPlannedPathCount = 10_000_000

    private static let horizon = Option("horizon", "T", "the time of the comparison (default 1)")
    private static let tests = Option(
        "test", "EXPR",
        "a test function, in x1, x2, ... and the other states (default: the loss); once more for another one",
        isRepeatable: true)
    private static let etas = Option("etas", "ETA1,ETA2,...", "the step sizes (default 0.1,0.05,0.025,0.0125)")
    private static let method = Option(
        "method", "automatic|sampled", "on a grid where there is one state and it settles (default), or by sampling")
    private static let dt = Option(
        "dt", "eta|eta/M",
        "a fixed step of the integrator where it is sampled (default: refined until it does not matter)")
    private static let reduction = Option(
        "reduction", "automatic|none|antithetic|control|both",
        "how fewer paths are made to do where it is sampled: antithetic pairs, control variates (default: what a pilot "
            + "finds best)")
    private static let halfwidth = Option(
        "halfwidth", "H",
        "plan as many paths as intervals of the half-width H take, at most --paths (default then 1e7), and say how many"
    )
    private static let separate = Option(
        "separate", nil,
        "plan as many paths as tell the fitted order from the next one, at most --paths (default then 1e7), and say how "
            + "many")
    private static let format = Option("format", "text|json|csv|markdown", "the form of the result (default text)")

    static let defaultLandscape = "x1^2/2"
    private static let defaultScale = 0.5

    static let syntax = CommandSyntax(
        name: "verify", summary: "weak error against step size, with intervals and the fitted order",
        operand: CommandSyntax.rule,
        details: [
            """
            Compares E[test] at the horizon between the optimizer and its SDE, and beside it the ODE without the noise. A
            single state is computed on a grid, to many digits; other rules are sampled, with 95% intervals and the error
            of the integrator below them. A rule with a state that jumps has no SDE: its jump form is compared in its
            place. Exit status 1: the fitted order does not support the claimed one.
            """,
            "Without options: the loss x1^2/2 from x0 = 0.8 with sigma = 0.5.",
        ],
        options: [LandscapeInput.landscape, EvaluateCommand.set]
            + SimulationInput.options.map { $0.name == tests.name ? tests : $0 }
            + [
                CorrelationInput.correlation, horizon, etas, method, dt, SchemeInput.option, reduction, halfwidth,
                separate,
                ScheduleInput.schedule,
            ]
            + DerivationInput.options + [format],
        examples: [
            .init(purpose: "the first-order model of SignSGD", arguments: "verify signsgd"),
            .init(
                purpose: "the second-order model, another test function, as JSON",
                arguments: "verify signsgd --landscape 'x1^2/2' --set sigma=0.5 --x0 0.8 --horizon 1 "
                    + "--etas 0.2,0.1,0.05,0.025 --test 'x1^2 + sin(x1)' --order 2 --format json"),
            .init(
                purpose: "RMSprop in two dimensions, by sampling",
                arguments: "verify rmsprop --landscape 'quadratic(2,1)' --set rho=0.5,epsilon=0.1,sigma=0.5 "
                    + "--start v=0.5 --etas 0.1,0.05,0.025 --paths 20000"),
        ])

    static func run(_ arguments: ParsedArguments, _ console: Console) throws(Failure) -> ExitStatus {
        let format = try arguments.choice(format, default: Format.text)
        guard format != .csv || arguments.all(tests).count < 2 else {
            throw Failure("--format csv is a table of one test function\nGive --test once, or take --format json.")
        }
        let given = try RuleInput.rule(arguments.operand)
        let scale = try NoiseScaleInput(arguments, stepSize: given.stepSize)
        let rule = try scale.rule(given)
        let (ruleModel, options, derivation) = try DerivationInput.model(of: rule, arguments)
        let loss = arguments[LandscapeInput.landscape] ?? defaultLandscape
        let landscape = try scale.landscape(try LandscapeInput.landscape(loss))
        var settings = try self.settings(of: ruleModel, options, arguments)
        for index in settings.indices {
            try settings[index].setCorrelations(arguments, dimension: landscape.dimension)
        }
        let input = try SimulationInput(
            ruleModel.rule, on: landscape, arguments, modelStates: ruleModel.sde.states.count,
            parameters: settings[0])
        var tests: [WeakErrorProblem.Test] = []
        for text in arguments.all(self.tests) { tests.append(try input.test(text)) }
        if tests.isEmpty { tests = [.loss(on: landscape)] }
        let horizon = try arguments.positive(horizon) ?? 1

        let functions = try ScheduleInput.functions(of: rule, arguments)
        let progress = ProgressBar("verifying", on: console)
        let check = try self.check(arguments, input, console, progress: progress)
        let results: [WeakErrorResult]
        do throws(SimulationError) {
            func problem(_ start: ModelStart?) throws(SimulationError) -> WeakErrorProblem {
                try WeakErrorProblem(
                    of: ruleModel, on: landscape, settings: settings.map(\.values),
                    accepting: Set(settings.flatMap(\.values.keys)), functions: functions, initial: input.initial,
                    modelStart: start, initialTime: input.time, horizon: horizon, tests: tests)
            }
            let automatic = try problem(nil)
            let start = input.givenStart(of: automatic.instances.map(\.model))
            console.simulationBegins()
            results = try check.results(of: start == nil ? automatic : try problem(start))
        } catch {
            progress.clear()
            throw Failure(error)
        }
        progress.clear()
        guard let first = results.first, !first.entries.isEmpty else { throw Failure(SimulationError.cancelled) }
        let reports = results.map { WeakErrorReport($0, ruleName: rule.name) }
        switch format {
        case .text:
            let scale = settings[0].noiseDescription
            let place = input.initial.prefix(landscape.dimension).map(\.plain).joined(separator: ", ")
            let tables = zip(tests, reports).map { test, report in
                "weak error of E[\(test.quantity.name)] at t = \(horizon.plain), f = \(loss), x0 = \(place), \(scale)\n\n"
                    + report.text
            }
            try console.print("\(header(ruleModel, derivation))\n\(tables.joined(separator: "\n"))")
        case .markdown: try console.print(reports.map(\.markdown).joined(separator: "\n"))
        case .json:
            try console.print(json: reports.count == 1 ? reports[0].json : .array(reports.map(\.json)))
        case .csv: try console.print(reports[0].csv)
        }
        guard first.isComplete else { return .interrupted }
        return results.allSatisfy { $0.verdict == .supports } ? .done : .checkFailed
    }

    /// The numbers for each step size.
    private static func settings(
        of ruleModel: RuleModel, _ options: DerivationOptions, _ arguments: ParsedArguments
    ) throws(Failure) -> [ParameterValues] {
        let stepSize = ruleModel.rule.stepSize
        let name = stepSize.name
        let etas = try arguments.positives(etas) ?? [0.1, 0.05, 0.025, 0.0125]
        guard Set(etas).count == etas.count, etas.count >= 2 else {
            throw Failure("--etas takes at least two different step sizes, so that an order can be fitted")
        }
        var result: [ParameterValues] = []
        for eta in etas.sorted(by: >) {
            let assignments = try Assignments(arguments, EvaluateCommand.set, stepSize: (stepSize, eta))
            guard assignments[name] == nil else {
                throw Failure(
                    "--set: verify takes several step sizes\nGive them with --etas, such as --etas 0.2,0.1,0.05.")
            }
            result.append(
                try ParameterValues(
                    of: ruleModel.rule, draw: ruleModel.draw, assignments,
                    defaults: [name: eta, UpdateRule.noiseScale.name: defaultScale],
                    usesBatch: options.usesBatch))
        }
        return result
    }

    private static func check(
        _ arguments: ParsedArguments, _ input: SimulationInput, _ console: Console,
        progress: ProgressBar
    ) throws(Failure) -> WeakError {
        var check = WeakError(
            seed: input.seed, threads: input.threads, cancellation: console.cancellation,
            progress: { progress.update($0) })
        if let paths = try arguments.integer(SimulationInput.paths, in: 2...SimulationInput.largestPathCount) {
            check.paths = paths
        }
        if let text = arguments[dt] {
            check.integration = .fixed(substeps: try SimulationInput.substeps(text, option: dt))
        }
        check.choice = try arguments.choice(method, default: Method.automatic) == .sampled ? .sampled : .automatic
        check.scheme = try arguments.choice(SchemeInput.option, default: SchemeInput.automatic).scheme
        check.reduction = VarianceReduction(
            rawValue: try arguments.choice(reduction, default: Reduction.automatic).rawValue)
        // A grid has neither an integrator of this kind nor a variance.
        if check.scheme != nil || check.reduction != nil { check.choice = .sampled }
        check.halfwidth = try arguments.positive(halfwidth)
        check.separatesOrders = arguments.contains(separate)
        if check.separatesOrders, check.halfwidth != nil {
            throw Failure("--separate and --halfwidth plan the paths for different goals: give one of them")
        }
        if check.halfwidth != nil || check.separatesOrders {
            if !arguments.contains(SimulationInput.paths) { check.paths = largestPlannedPathCount }
            check.announce = { plan in
                progress.clear()
                console.note(WeakErrorPlanReport(plan).text)
            }
        }
        return check
    }

    /// The model and the verdict of its certificate.
    private static func header(_ ruleModel: RuleModel, _ derivation: Derivation?) -> String {
        guard let derivation else {
            let form = ruleModel.jumpForm?.description ?? ""
            return "\(ruleModel.rule.name), noise \(ruleModel.draw.law): there is no diffusion limit\n\n\(form)\n"
        }
        let equations = SDEReport(derivation.sde).text(.vectors).split(separator: "\n").map { "  \($0)\n" }.joined()
        let certificate = CertificateReport(derivation.certificate).summary.split(separator: "\n")
            .map { "  \($0)\n" }.joined()
        return """
            \(derivation.rule.name), noise \(derivation.draw.noise), order \(derivation.options.order), \
            diffusion \(derivation.options.diffusion.rawValue)

            SDE
            \(equations)
            certificate
            \(certificate)
            """
    }
}
