extension EnsembleRun {
    /// The most paths that are advanced together, whole chunks: a few megabytes of states, but chunks enough for the
    /// threads of a large machine.
    static func batchPaths(variables: Int) -> Int {
        min(max(64, (1 << 14) / max(variables, 1)), 256) * Ensemble.chunkLanes
    }

    /// The most path-steps between two looks at the clock, about a second's.
    private static let slicePathSteps = 1 << 25

    /// Takes batch after batch through all saved times.
    func run(
        _ state: EnsembleState, _ process: any EnsembleProcess, _ quantities: [Quantity],
        start: (Range<Int>) throws(SimulationError) -> Ensemble
    ) throws(SimulationError) -> EnsembleState {
        var state = state
        var due = checkpoints.map { ContinuousClock.now + $0.interval }
        while !state.isComplete {
            let first = paths.lowerBound + state.finishedPaths
            let end = min(paths.upperBound, first + Self.batchPaths(variables: process.variableCount))
            var ensemble = try start(first..<end)
            var batch = state.batch ?? EnsembleState.Batch(count: end - first)
            let times = [ensemble.completedSteps] + savedSteps(from: ensemble.completedSteps)
            if state.batch != nil, batch.count != end - first || !ensemble.restore(from: batch) {
                throw .doesNotFit(process: state.process)
            }
            let slice = max(1, min(steps / 100, Self.slicePathSteps / batch.count))
            let measurements = Measurements(quantities, paths: batch.count)
            for time in times.dropFirst(batch.savedTimes) {
                var isMeasured = false
                while ensemble.completedSteps < time {
                    let isDone: Bool
                    let steps = min(time - ensemble.completedSteps, slice)
                    isMeasured = ensemble.completedSteps + steps == time
                    do {
                        isDone = try ensemble.advance(
                            steps: steps, cancellation: cancellation, measuring: isMeasured ? measurements : nil)
                    } catch {
                        throw .blewUp(
                            process: state.process, step: error.step, path: error.path,
                            saved: state.series(with: batch))
                    }
                    if let checkpoints, let moment = due, !isDone || ContinuousClock.now >= moment {
                        ensemble.store(in: &batch)
                        state.batch = batch
                        checkpoints.save(state)
                        due = ContinuousClock.now + checkpoints.interval
                    }
                    guard isDone else {
                        state.batch = batch
                        return state
                    }
                    let paths = Double(batch.count) * Double(ensemble.completedSteps) / Double(self.steps)
                    progress?((Double(state.finishedPaths) + paths) / Double(self.paths.count))
                }
                if !isMeasured { ensemble.measure(measurements) }
                batch.append(ensemble, measurements, quantiles)
            }
            state.finish(batch)
        }
        checkpoints?.save(state)
        return state
    }

    func savedSteps(from start: Int) -> [Int] {
        guard saves > 0, steps > start else { return [] }
        let count = min(saves, steps)
        return (1...count).map { $0 * steps / count }.filter { $0 > start }
    }
}

extension EnsembleState.Batch {
    init(count: Int) { self.init(count: count, savedTimes: 0) }

    /// Saves the statistics of the paths where they are.
    fileprivate mutating func append(
        _ ensemble: Ensemble, _ measurements: Measurements, _ method: QuantileMethod
    ) {
        rows += ensemble.rows(of: measurements, method)
        savedTimes += 1
    }
}

extension Ensemble {
    /// Statistics of the paths where they are.
    fileprivate func rows(of measurements: Measurements, _ method: QuantileMethod) -> [EnsembleState.Row] {
        zip(measurements.quantities, tallies(of: measurements, method)).map { quantity, tally in
            EnsembleState.Row(step: completedSteps, time: time, quantity: quantity.name, tally: tally)
        }
    }
}

extension EnsembleSeries {
    mutating func append(_ ensemble: Ensemble, _ quantities: [Quantity]) {
        let measurements = Measurements(quantities, paths: ensemble.pathCount)
        ensemble.measure(measurements)
        for row in ensemble.rows(of: measurements, .exact) {
            rows.append(
                Row(step: row.step, time: row.time, quantity: row.quantity, summary: row.tally.summary))
        }
    }
}
