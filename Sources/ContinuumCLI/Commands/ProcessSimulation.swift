import Compilation
import Matching
import Simulation

/// The processes that a run of simulate asks for, one after the other.
struct ProcessSimulation: Sendable {
    let model: RuleModel
    let landscape: Landscape
    let parameters: [String: Double]
    let functions: ScheduleInput.Functions
    let input: SimulationInput
    let quantities: [Quantity]
    let scheme: SchemeInput
    let substeps: Int
    let checkpoint: CheckpointFile?

    /// - Parameter states: receives what is done of each process; all but the last are complete.
    func run(
        _ process: SimulateCommand.Process, _ run: EnsembleRun, into states: inout [EnsembleState]
    ) throws(SimulationError) {
        let kernel = try CompiledOptimizer(
            model.rule, draw: model.draw, on: landscape, parameters: parameters, accepting: Set(parameters.keys),
            functions: functions)
        let optimizer = OptimizerProcess(kernel, noise: kernel.noise, stepSize: kernel.stepSize, seed: input.seed)
        // A step of the scheme costs about as much as one of the optimizer.
        let share = process == .both ? 1 / Double(1 + substeps) : 1
        if process == .optimizer || process == .both {
            states.append(
                try part(of: run, process: 0, progress: (0, share)).state(
                    of: optimizer, from: input.initial, quantities: quantities,
                    continuing: checkpoint?.earlier(process: 0)))
        }
        guard process != .optimizer, states.allSatisfy(\.isComplete) else { return }
        let (model, events) = (try compiled(), try events(kernel.noise))
        let start = try input.start(of: model, jumps: events != nil, beside: optimizer)
        let integrated = try ModelProcess(
            model, scheme: scheme.scheme(of: model, jumps: events != nil), substeps: substeps, seed: input.seed,
            coupling: start.coupling(of: model, to: optimizer), events: events)
        let progress = process == .both ? (share, 1 - share) : (0, 1)
        states.append(
            try part(of: run, process: states.count, progress: progress).state(
                of: integrated, start: start, optimizer: optimizer, quantities: quantities,
                continuing: checkpoint?.earlier(process: states.count)))
    }

    /// The run for one of the processes, with its share of the progress.
    private func part(of run: EnsembleRun, process: Int, progress: (before: Double, share: Double)) -> EnsembleRun {
        var part = run
        part.checkpoints = checkpoint?.checkpoints(process: process)
        part.progress = { run.progress?(progress.before + progress.share * $0) }
        return part
    }

    private func compiled() throws(SimulationError) -> CompiledModel {
        do {
            return try model.sde.compiled(
                on: landscape, parameters: parameters, accepting: Set(parameters.keys), draw: model.draw,
                functions: functions)
        } catch {
            throw .compilation(error)
        }
    }

    private func events(_ noise: NoiseSource) throws(SimulationError) -> EventKernel? {
        guard let form = model.jumpForm else { return nil }
        return try EventKernel(form, on: landscape, parameters: parameters, noise: noise, functions: functions)
    }
}
