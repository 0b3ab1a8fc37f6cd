import Algebra
import BuiltInRules
import Compilation
import Matching
import Report
import Rules
import Simulation

/// `continuum compare`: the optimizer beside several models, derived and published.
enum CompareCommand: Command {
    enum Format: String, CaseIterable { case text, json, csv, markdown, svg }

    /// The models that are derived from the rule.
    private enum DerivedModel: String, CaseIterable {
        /// What the literature keeps: the rule's declared diffusion, leading in graded parameters.
        case declared
        /// The full covariance.
        case full
        /// Graded parameters matched.
        case matched
        case order2
        /// The drift of order 1 alone.
        case ode
        /// The jump form of a rule that has no SDE.
        case jump
    }

    /// A model to run, with its jumps where it is a jump form.
    private typealias NamedModel = (name: String, sde: SDE, jumpForm: JumpForm?)

    private static let format = Option("format", "text|json|csv|markdown|svg", "the form of the result (default text)")

    static let syntax = CommandSyntax(
        name: "compare", summary: "the optimizer beside several of its models, with weak errors and a figure",
        operand: CommandSyntax.rule,
        moreOperands: (
            name: "MODEL",
            help:
                "declared, full, matched, order2, ode, jump, a published SDE by name (malladi-adam), or the path of one"
        ),
        details: [
            """
            Without a MODEL: declared, full, and order2 where the rule has it. 'declared' keeps the noise of the states that
            the rule lists under diffusion, as papers do; 'full' keeps all of it; 'matched' corrects for graded rates; 'ode'
            has no noise. A rule with a state that jumps has the model 'jump' alone; where --regime averages fast states the
            models have the slow ones, 'full' and 'ode' by default. All run path by path under the optimizer's random
            numbers, so that the intervals of the weak errors are narrow. The figure shows the mean over time, with a band
            of one standard deviation of the optimizer.
            """
        ],
        options: [LandscapeInput.landscape, EvaluateCommand.set] + SimulationInput.options
            + [SimulateCommand.steps, SimulateCommand.horizon, SimulateCommand.save, SimulateCommand.dt]
            + [ScheduleInput.schedule, DerivationInput.noise, DerivationInput.regime, DerivationInput.batch, format],
        examples: [
            .init(
                purpose: "RMSprop beside its derived and its published models",
                arguments: "compare rmsprop declared full malladi-rmsprop --landscape 'quadratic(10,2)' "
                    + "--set eta=0.01,beta=0.99,epsilon=1e-8,sigma=0.1 --x0 1,1 --steps 500 --paths 1000"),
            .init(
                purpose: "the same as a figure",
                arguments: "compare rmsprop declared full malladi-rmsprop --landscape 'quadratic(10,2)' "
                    + "--set eta=0.01,beta=0.99,epsilon=1e-8,sigma=0.1 --x0 1,1 --steps 500 --paths 1000 --save 50 "
                    + "--format svg --output rmsprop.svg"),
        ])

    static func run(_ arguments: ParsedArguments, _ console: Console) throws(Failure) -> ExitStatus {
        let format = try arguments.choice(format, default: Format.text)
        let rule = try RuleInput.rule(arguments.operand)
        let (ruleModel, options, derivation) = try DerivationInput.model(of: rule, arguments)
        let models = try self.models(arguments, ruleModel, derivation, console)
        let landscape = try LandscapeInput.landscape(
            arguments[LandscapeInput.landscape] ?? VerifyCommand.defaultLandscape)
        let parameters = try ParameterValues(
            of: rule, draw: ruleModel.draw, try Assignments(arguments, EvaluateCommand.set),
            usesBatch: options.usesBatch)
        let input = try SimulationInput(
            ruleModel.rule, on: landscape, arguments, modelStates: ruleModel.sde.states.count, parameters: parameters)
        guard input.time == 0 else {
            throw Failure("--start: a comparison starts at t = 0\nLeave t out, or use verify.")
        }
        var quantities = [Quantity.loss(landscape)]
        if let text = arguments[SimulationInput.test] { quantities.append(try input.test(text).quantity) }
        let substeps =
            try arguments[SimulateCommand.dt].map { text throws(Failure) in
                try SimulationInput.substeps(text, option: SimulateCommand.dt)
            } ?? 8
        let functions = try ScheduleInput.functions(of: rule, arguments)
        let progress = ProgressBar("comparing", on: console)
        let run = try SimulateCommand.run(
            arguments, input, stepSize: parameters.values[rule.stepSize.name] ?? 1, console, progress)
        console.simulationBegins()
        let comparison: EnsembleComparison
        do throws(SimulationError) {
            let names = Set(parameters.values.keys)
            let kernel = try CompiledOptimizer(
                ruleModel.rule, draw: ruleModel.draw, on: landscape, parameters: parameters.values, accepting: names,
                functions: functions)
            let optimizer = OptimizerProcess(
                kernel, noise: kernel.noise, stepSize: kernel.stepSize, seed: input.seed)
            var compiled: [EnsembleRun.Model] = []
            for (name, sde, jumpForm) in models {
                let model: CompiledModel
                do {
                    model = try sde.compiled(
                        on: landscape, parameters: parameters.values, accepting: names, draw: ruleModel.draw,
                        functions: functions)
                } catch {
                    throw .compilation(error)
                }
                let events = try jumpForm.map { form throws(SimulationError) in
                    try EventKernel(
                        form, on: landscape, parameters: parameters.values, noise: kernel.noise, functions: functions)
                }
                let start = try input.start(of: model, jumps: events != nil, beside: optimizer)
                let scheme = ModelProcess(
                    model, name: name, substeps: substeps, seed: input.seed,
                    coupling: start.coupling(of: model, to: optimizer), events: events)
                compiled.append(EnsembleRun.Model(scheme, start: start))
            }
            comparison = try run.comparison(
                of: compiled, beside: optimizer, from: input.initial, quantities: quantities)
        } catch {
            progress.clear()
            throw Failure(error)
        }
        progress.clear()
        let report = EnsembleComparisonReport(comparison, ruleName: rule.name)
        switch format {
        case .text: try console.print(report.text)
        case .markdown: try console.print(report.markdown)
        case .json: try console.print(json: report.json)
        case .csv: try console.print(report.csv)
        case .svg: try console.print(report.figure(quantities: quantities.map(\.name)).svg)
        }
        return comparison.isComplete ? .done : .interrupted
    }

    // MARK: Models

    /// The models asked for, by name; a default one that the rule does not have is left out with a note.
    private static func models(
        _ arguments: ParsedArguments, _ ruleModel: RuleModel, _ derivation: Derivation?, _ console: Console
    ) throws(Failure) -> [NamedModel] {
        let names = arguments.moreOperands
        guard let derivation else {
            guard names.isEmpty || names == [DerivedModel.jump.rawValue] else {
                throw Failure(
                    "\(ruleModel.rule.name) has no diffusion limit: its one model is the jump form\nAsk for jump.")
            }
            return [(DerivedModel.jump.rawValue, ruleModel.sde, ruleModel.jumpForm)]
        }
        var result: [NamedModel] = []
        guard names.isEmpty else {
            for name in names {
                guard !result.contains(where: { $0.name == name }) else {
                    throw Failure("the model '\(name)' is given twice")
                }
                result.append((name, try model(name, derivation), nil))
            }
            return result
        }
        let defaults: [DerivedModel] = derivation.sde.averages == nil ? [.declared, .full, .order2] : [.full, .ode]
        for model in defaults {
            do throws(Failure) {
                result.append((model.rawValue, try sde(model, derivation), nil))
            } catch {
                console.note("\(model.rawValue) is left out: \(error.message)")
            }
        }
        return result
    }

    private static func model(_ name: String, _ derivation: Derivation) throws(Failure) -> SDE {
        if let derived = DerivedModel(rawValue: name.lowercased()) { return try sde(derived, derivation) }
        let isPath = name.contains("/") || name.hasSuffix(".sde")
        guard isPath || BuiltInRules.publishedModel(named: name) != nil else {
            throw Failure.unknown(
                "model", name, among: DerivedModel.allCases.map(\.rawValue) + BuiltInRules.publishedModelNames,
                remedy: "A published SDE in a file is given by its path.")
        }
        return try PublishedInput.sde(
            name, of: derivation.rule, noise: derivation.options.noise,
            averagedOver: derivation.sde.averages?.fastStates ?? []
        ).sde
    }

    private static func sde(_ model: DerivedModel, _ derivation: Derivation) throws(Failure) -> SDE {
        var options = derivation.options
        switch model {
        case .declared: options.diffusion = .declared
        case .full: options.diffusion = .full
        case .matched: options.grading = .matched
        case .jump:
            throw Failure("\(derivation.rule.name) has an SDE, and no jump form\nAsk for full.")
        case .order2: options.order = 2
        case .ode:
            let sde = derivation.sde
            let none = [[Expression]](
                repeating: [Expression](repeating: .zero, count: sde.states.count), count: sde.states.count)
            return SDE(
                stepSize: sde.stepSize, time: sde.time, states: sde.states, drift: sde.drift, covariance: none,
                diffusion: sde.states.map { _ in [] }, defaultValues: sde.defaultValues, averages: sde.averages)
        }
        return try DerivationInput.derivation(of: derivation.rule, options).sde
    }
}
