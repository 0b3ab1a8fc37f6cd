/// How many paths to run, for how long, and what to save on the way.
public struct EnsembleRun: Sendable {
    /// The indices of the paths. They address random numbers, so that parts of a run can be made apart; parts that are
    /// to be merged begin at the border of a chunk, see ``shard(_:of:paths:)``.
    public var paths: Range<Int>
    /// The number of optimizer steps from time 0 to the end.
    public var steps: Int
    /// The number of times at which statistics are saved, the start not counted; spread evenly over the steps.
    public var saves: Int
    /// `nil` for one thread a processor. The results do not depend on it.
    public var threads: Int?
    public var quantiles = QuantileMethod.exact
    public var checkpoints: Checkpoints?
    public var cancellation: Cancellation?
    /// Receives the completed fraction, now and then.
    public var progress: (@Sendable (Double) -> Void)?
    /// For how long saves may follow each other without a look at the cancellation.
    var patience = Duration.milliseconds(20)

    /// Receives what is done so far, to be kept where a crash cannot reach it.
    public struct Checkpoints: Sendable {
        public let interval: Duration
        public let save: @Sendable (EnsembleState) -> Void

        /// - Parameters:
        ///   - interval: the time between two checkpoints; there is one at a cancellation too, and one at the end.
        ///   - save: is called between steps.
        public init(every interval: Duration, _ save: @escaping @Sendable (EnsembleState) -> Void) {
            self.interval = interval
            self.save = save
        }
    }

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

    /// The paths of one of several parts of a run, whole chunks of 256: none where there are more parts than chunks.
    ///
    /// - Parameter index: from 0.
    public static func shard(_ index: Int, of count: Int, paths: Int) -> Range<Int> {
        let chunks = (paths + Ensemble.chunkLanes - 1) / Ensemble.chunkLanes
        func border(_ index: Int) -> Int {
            let (high, low) = chunks.multipliedFullWidth(by: index)
            return min(paths, count.dividingFullWidth((high, low)).quotient * Ensemble.chunkLanes)
        }
        return border(index)..<border(index + 1)
    }

    // MARK: Optimizers

    /// Statistics of an optimizer started from one state.
    ///
    /// - Throws: ``SimulationError``; a blow-up carries what was saved before.
    public func series(
        of optimizer: OptimizerProcess, from initial: [Double], quantities: [Quantity]
    ) throws(SimulationError) -> EnsembleSeries {
        try state(of: optimizer, from: initial, quantities: quantities).series
    }

    /// Statistics of an optimizer, ready to be continued or merged.
    ///
    /// - Parameter earlier: where an earlier run of the same settings was stopped.
    /// - Throws: ``SimulationError``; a blow-up carries what was saved before.
    public func state(
        of optimizer: OptimizerProcess, from initial: [Double], quantities: [Quantity],
        continuing earlier: EnsembleState? = nil
    ) throws(SimulationError) -> EnsembleState {
        let start = EnsembleState(process: optimizer.name, paths: paths, quantiles: quantiles, notes: [])
        return try run(earlier ?? start, optimizer, quantities) { paths throws(SimulationError) in
            try Ensemble(optimizer, start: initial, paths: paths, threads: threads)
        }
    }

    // MARK: Models

    /// Statistics of a model.
    ///
    /// - Parameter optimizer: gives the positions where the start asks for the optimizer's.
    /// - Throws: ``SimulationError``; a blow-up carries what was saved before.
    public func series(
        of model: ModelProcess, start: ModelStart, optimizer: OptimizerProcess, quantities: [Quantity]
    ) throws(SimulationError) -> EnsembleSeries {
        try state(of: model, start: start, optimizer: optimizer, quantities: quantities).series
    }

    /// Statistics of a model, ready to be continued or merged.
    ///
    /// - Parameters:
    ///   - optimizer: gives the positions where the start asks for the optimizer's.
    ///   - earlier: where an earlier run of the same settings was stopped.
    /// - Throws: ``SimulationError``; a blow-up carries what was saved before.
    public func state(
        of model: ModelProcess, start: ModelStart, optimizer: OptimizerProcess, quantities: [Quantity],
        continuing earlier: EnsembleState? = nil
    ) throws(SimulationError) -> EnsembleState {
        var notes = [model.stepName]
        if model.events != nil { notes.append(EventKernel.note) }
        if let note = start.note { notes.append(note) }
        let state = EnsembleState(process: model.name, paths: paths, quantiles: quantiles, notes: notes)
        return try run(earlier ?? state, model, quantities) { paths throws(SimulationError) in
            try ensemble(of: model, start: start, optimizer: optimizer, paths: paths)
        }
    }

    /// The paths of a model at its start.
    ///
    /// - Parameter controlled: the model with sums of a control beside its states, which start from 0.
    func ensemble(
        of model: ModelProcess, controlled: ControlledProcess? = nil, start: ModelStart, optimizer: OptimizerProcess,
        paths: Range<Int>? = nil
    ) throws(SimulationError) -> Ensemble {
        let sums = Array(repeating: 0.0, count: controlled?.sumCount ?? 0)
        let ensemble = try Ensemble(
            controlled ?? model, start: start.states + sums, paths: paths ?? self.paths,
            completedSteps: start.completedSteps,
            threads: threads)
        guard let initial = start.followedOptimizer else { return ensemble }
        // A state that jumps is as random after the first step as the position is.
        let followsPosition = model.events == nil && start.completedSteps == 1
        let followed = followsPosition ? model.model.dimension : model.variableCount
        ensemble.forEachPiece { states, firstPath in
            let iterate = LaneStorage(repeating: initial, lanes: states.lanes)
            let scratch = LaneStorage(variables: optimizer.scratchCount, lanes: states.lanes)
            for step in 0..<start.completedSteps {
                optimizer.advance(iterate.block, firstPath: firstPath, completedSteps: step, scratch: scratch.block)
            }
            for variable in 0..<followed { _ = states[variable].update(fromContentsOf: iterate.block[variable]) }
        }
        return ensemble
    }
}
