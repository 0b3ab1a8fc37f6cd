/// How many paths to run, for how long, and what to save on the way.
public struct EnsembleRun: Sendable {
    /// The indices of the paths. They address random numbers, so that parts of a run can be made apart.
    public var paths: Range<Int>
    /// The number of optimizer steps from time 0 to the end.
    public var steps: Int
    /// The number of times at which statistics are saved, the start not counted; spread evenly over the steps.
    public var saves: Int
    /// `nil` for one thread a processor. The results do not depend on it.
    public var threads: Int?
    public var cancellation: Cancellation?
    /// Receives the completed fraction, now and then.
    public var progress: (@Sendable (Double) -> Void)?

    public init(
        paths: Range<Int>, steps: Int, saves: Int = 1, threads: Int? = nil, cancellation: Cancellation? = nil,
        progress: (@Sendable (Double) -> Void)? = nil
    ) {
        self.paths = paths
        self.steps = steps
        self.saves = saves
        self.threads = threads
        self.cancellation = cancellation
        self.progress = progress
    }

    /// Statistics of an optimizer started from one state.
    ///
    /// - Throws: ``SimulationError``; a blow-up carries what was saved before.
    public func series(
        of optimizer: OptimizerProcess, from initial: [Double], quantities: [Quantity]
    ) throws(SimulationError) -> EnsembleSeries {
        let ensemble = try Ensemble(optimizer, start: initial, paths: paths, threads: threads)
        return try collect(ensemble, name: optimizer.name, quantities: quantities, notes: [])
    }

    /// Statistics of a model.
    ///
    /// - Parameter optimizer: gives the positions where the start asks for the optimizer's.
    /// - Throws: ``SimulationError``; a blow-up carries what was saved before.
    public func series(
        of model: ModelProcess, start: ModelStart, optimizer: OptimizerProcess, quantities: [Quantity]
    ) throws(SimulationError) -> EnsembleSeries {
        var notes = [model.stepName]
        if model.events != nil { notes.append(EventKernel.note) }
        if let note = start.note { notes.append(note) }
        let ensemble = try self.ensemble(of: model, start: start, optimizer: optimizer)
        return try collect(ensemble, name: model.name, quantities: quantities, notes: notes)
    }

    /// The paths of a model at its start.
    ///
    /// - Parameter controlled: the model with sums of a control beside its states, which start from 0.
    func ensemble(
        of model: ModelProcess, controlled: ControlledProcess? = nil, start: ModelStart, optimizer: OptimizerProcess
    ) throws(SimulationError) -> Ensemble {
        let sums = Array(repeating: 0.0, count: controlled?.sumCount ?? 0)
        let ensemble = try Ensemble(
            controlled ?? model, start: start.states + sums, paths: paths, completedSteps: start.completedSteps,
            threads: threads)
        guard let initial = start.followedOptimizer else { return ensemble }
        // A state that jumps is as random after the first step as the position is.
        let followed = model.events == nil ? model.model.dimension : model.variableCount
        ensemble.forEachChunk { states, firstPath in
            let iterate = LaneStorage(repeating: initial, lanes: states.lanes)
            let scratch = LaneStorage(variables: optimizer.scratchCount, lanes: states.lanes)
            optimizer.advance(iterate.block, firstPath: firstPath, completedSteps: 0, scratch: scratch.block)
            for variable in 0..<followed { _ = states[variable].update(fromContentsOf: iterate.block[variable]) }
        }
        return ensemble
    }

    private func collect(
        _ ensemble: Ensemble, name: String, quantities: [Quantity], notes: [String]
    ) throws(SimulationError) -> EnsembleSeries {
        var ensemble = ensemble
        var series = EnsembleSeries(process: name, paths: paths.count, notes: notes)
        series.append(ensemble, quantities)
        for end in savedSteps(from: ensemble.completedSteps) {
            while ensemble.completedSteps < end {
                // Short enough slices to see progress and cancellations.
                let slice = min(end - ensemble.completedSteps, max(1, steps / 100))
                do {
                    guard try ensemble.advance(steps: slice, cancellation: cancellation) else { return series }
                } catch {
                    throw .blewUp(process: name, step: error.step, path: error.path, saved: series)
                }
                progress?(Double(ensemble.completedSteps) / Double(steps))
            }
            series.append(ensemble, quantities)
        }
        series.isComplete = true
        return series
    }

    func savedSteps(from start: Int) -> [Int] {
        guard saves > 0, steps > start else { return [] }
        let count = min(saves, steps)
        return (1...count).map { $0 * steps / count }.filter { $0 > start }
    }
}

extension EnsembleSeries {
    mutating func append(_ ensemble: Ensemble, _ quantities: [Quantity]) {
        for (quantity, summary) in zip(quantities, ensemble.summaries(of: quantities)) {
            rows.append(
                Row(step: ensemble.completedSteps, time: ensemble.time, quantity: quantity.name, summary: summary))
        }
    }
}
