import Compilation
import Matching
import Report
import Rules
import Simulation

/// `continuum simulate`: ensembles of an optimizer, of its SDE, or of both.
enum SimulateCommand: Command {
    enum Format: String, CaseIterable { case text, json, csv }
    enum Process: String, CaseIterable { case optimizer, sde, jump, both }

    static let process = Option(
        "process", "optimizer|sde|jump|both", "what to simulate (default both: the optimizer and its model)")
    static let steps = Option("steps", "N", "the number of optimizer steps (default 1000)")
    static let horizon = Option("horizon", "T", "the time at the end, in place of --steps: T/eta steps")
    static let save = Option("save", "N", "the number of times at which statistics are saved (default 10)")
    static let dt = Option("dt", "eta|eta/M", "the step of the integrator (default eta/8)")
    static let quantiles = Option(
        "quantiles", "exact|sketch|none",
        "find quantiles from all values, from a sketch with a relative error of \(QuantileMethod.sketchError) at most, or "
            + "leave them out (default: exact, and a sketch if more than \(QuantileMethod.largestKeptCount) values had to "
            + "be kept)")
    static let format = Option("format", "text|json|csv", "the form of the result (default text)")

    /// With more coordinates than this, statistics of single variables are left out.
    private static let largestListedDimension = 32

    static let syntax = CommandSyntax(
        name: "simulate", summary: "ensembles of the optimizer, its SDE, or both",
        operand: CommandSyntax.rule,
        details: [
            """
            Gives mean, standard deviation and the 5% and 95% quantiles of every variable, of the loss and of --test.
            With dt = eta the scheme shares the first two one-step moments of the optimizer, and tests the noise model,
            not the continuous-time limit; smaller steps approach the SDE itself. A rule with a state that jumps has no
            SDE: its jump form is run in its place.
            """,
            """
            The result depends on the seed and not on the threads, to the bit. With --shard I/N a run makes one of N parts of
            the ensemble, and 'continuum merge' the result of one run from them. Ctrl-C prints what is done so far; with
            --checkpoint the same command goes on from there.
            """,
        ],
        options: [LandscapeInput.landscape, EvaluateCommand.set] + SimulationInput.options
            + [
                CorrelationInput.correlation, process, steps, horizon, save, dt, SchemeInput.option, quantiles,
                ScheduleInput.schedule, ShardInput.shard, CheckpointFile.checkpoint,
            ] + DerivationInput.options + [format],
        examples: [
            .init(
                purpose: "AdamW's SDE on a quadratic, as CSV",
                arguments: "simulate adamw --landscape 'quadratic(10,2)' "
                    + "--set eta=0.001,beta1=0.9,beta2=0.999,sigma=0.01,gamma=0.01,epsilon=1e-8 --x0 1,1 --steps 2000 "
                    + "--paths 100 --process sde --dt eta --save 10 --format csv"),
            .init(
                purpose: "SignSGD beside its SDE on a saddle",
                arguments: "simulate signsgd --landscape saddle --set eta=0.01,sigma=0.1 --x0 0.1,0.5 --horizon 2"),
        ])

    static func run(_ arguments: ParsedArguments, _ console: Console) throws(Failure) -> ExitStatus {
        let format = try arguments.choice(format, default: Format.text)
        let process = try arguments.choice(process, default: Process.both)
        let scale = try NoiseScaleInput(arguments)
        let rule = try scale.rule(try RuleInput.rule(arguments.operand))
        let (ruleModel, options, _) = try DerivationInput.model(of: rule, arguments)
        guard process != .jump || ruleModel.jumpForm != nil else {
            throw Failure("--process: \(rule.name) has an SDE, and no jump form\nAsk for --process sde.")
        }
        let landscape = try scale.landscape(
            try LandscapeInput.landscape(arguments[LandscapeInput.landscape] ?? VerifyCommand.defaultLandscape))
        var parameters = try ParameterValues(
            of: rule, draw: ruleModel.draw, try Assignments(arguments, EvaluateCommand.set),
            usesBatch: options.usesBatch)
        try parameters.setCorrelations(arguments, dimension: landscape.dimension)
        let input = try SimulationInput(
            ruleModel.rule, on: landscape, arguments, modelStates: ruleModel.sde.states.count,
            parameters: parameters)
        guard input.time == 0 else {
            throw Failure("--start: an ensemble starts at t = 0\nLeave t out, or use verify.")
        }
        let quantities = try quantities(arguments, input)
        let functions = try ScheduleInput.functions(of: rule, arguments)
        let substeps =
            try arguments[dt].map { text throws(Failure) in
                try SimulationInput.substeps(text, option: dt)
            } ?? 8
        let scheme = try arguments.choice(SchemeInput.option, default: SchemeInput.euler)
        let progress = ProgressBar("simulating", on: console)
        var run = try self.run(
            arguments, input, stepSize: parameters.values[rule.stepSize.name] ?? 1, console, progress)
        let rows = min(run.saves, run.steps) + 1
        run.quantiles = try arguments.choice(
            Self.quantiles,
            default: .chosen(values: [rows, quantities.count].reduce(run.paths.count, saturatingProduct)))
        let settings = settings(arguments, ruleModel, options, input, run, substeps: substeps)
        let shard = try self.shard(arguments)
        if let shard {
            run.paths = EnsembleRun.shard(shard.index - 1, of: shard.count, paths: run.paths.count)
            if run.paths.isEmpty { console.note("part \(shard) has no paths: a part is whole chunks of 256 paths") }
        }
        let checkpoint = try arguments[CheckpointFile.checkpoint].map { path throws(Failure) in
            var all = settings
            all.append("--shard", shard?.description)
            return try CheckpointFile(path: path, settings: all, console: console)
        }

        var states: [EnsembleState] = []
        var blownUp: EnsembleSeries?
        var failure: Failure?
        console.simulationBegins()
        do throws(SimulationError) {
            let simulation = ProcessSimulation(
                model: ruleModel, landscape: landscape, parameters: parameters.values, functions: functions,
                input: input,
                quantities: quantities, scheme: scheme, substeps: substeps, checkpoint: checkpoint)
            try simulation.run(process, run, into: &states)
        } catch {
            if case .blewUp(_, _, _, let saved) = error { blownUp = saved }
            failure = Failure(error)
        }
        progress.clear()
        let isComplete = failure == nil && states.allSatisfy(\.isComplete)
        if let shard {
            if let failure { throw failure }
            guard isComplete else {
                let remedy =
                    checkpoint?.isWritten == true
                    ? "The same command goes on from the checkpoint." : "With --checkpoint FILE it can be continued."
                throw Failure("stopped: a part is written when it is whole\n\(remedy)", status: .interrupted)
            }
            let part = EnsemblePart(ruleName: rule.name, settings: settings, shard: shard, processes: states)
            try console.print(try SealedRecord.text(of: part, as: .part))
            return .done
        }
        let series = states.map(\.series) + [blownUp].compactMap(\.self)
        if !series.isEmpty { try print(series, ruleName: rule.name, format, console) }
        if let failure { throw failure }
        if !isComplete, checkpoint?.isWritten == true { console.note("the same command goes on from the checkpoint") }
        return isComplete ? .done : .interrupted
    }

    /// Prints statistics, with notes on standard error where the format has no place for them.
    static func print(
        _ series: [EnsembleSeries], ruleName: String, _ format: Format, _ console: Console
    ) throws(Failure) {
        let report = EnsembleReport(series, ruleName: ruleName)
        switch format {
        case .text: try console.print(report.text)
        case .json: try console.print(json: report.json)
        case .csv:
            try console.print(report.csv)
            for note in Set(series.flatMap(\.notes)).sorted() { console.note(note) }
        }
    }

    private static func shard(_ arguments: ParsedArguments) throws(Failure) -> ShardInput? {
        guard let text = arguments[ShardInput.shard] else { return nil }
        guard !arguments.contains(format) else {
            throw Failure("--format: a part has a form of its own\nGive the format to 'continuum merge'.")
        }
        return try ShardInput(text)
    }

    private static func saturatingProduct(_ a: Int, _ b: Int) -> Int {
        let (product, overflows) = a.multipliedReportingOverflow(by: b)
        return overflows ? .max : product
    }

    private static func quantities(
        _ arguments: ParsedArguments, _ input: SimulationInput
    ) throws(Failure) -> [Quantity] {
        let dimension = input.landscape.dimension
        var quantities =
            dimension <= largestListedDimension
            ? Quantity.variables(of: input.stateNames, dimension: dimension) : []
        quantities.append(Quantity.loss(input.landscape))
        if let text = arguments[SimulationInput.test] { quantities.append(try input.test(text).quantity) }
        return quantities
    }

    static func run(
        _ arguments: ParsedArguments, _ input: SimulationInput, stepSize: Double, _ console: Console,
        _ progress: ProgressBar
    ) throws(Failure) -> EnsembleRun {
        guard !arguments.contains(steps) || !arguments.contains(horizon) else {
            throw Failure("--steps and --horizon both say when to end\nGive one of them.")
        }
        var count = try arguments.integer(steps, in: 1...SimulationInput.largestStepCount) ?? 1000
        if let end = try arguments.positive(horizon) {
            let steps = (end / stepSize).rounded()
            guard steps >= 1, steps <= Double(SimulationInput.largestStepCount) else {
                throw Failure(
                    "--horizon: \(end) is \(end / stepSize) steps of \(stepSize)\n"
                        + "There are 1 to \(SimulationInput.largestStepCount) steps.")
            }
            count = Int(steps)
        }
        let paths = try arguments.integer(SimulationInput.paths, in: 1...SimulationInput.largestPathCount) ?? 1000
        let saves = try arguments.integer(save, in: 1...SimulationInput.largestStepCount) ?? 10
        return EnsembleRun(
            paths: 0..<paths, steps: count, saves: saves, threads: input.threads,
            cancellation: console.cancellation, progress: { progress.update($0) })
    }
}
