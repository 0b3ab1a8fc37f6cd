extension EnsembleRun {
    /// The most paths that are advanced together, whole chunks: a few megabytes of states, but chunks enough for the
    /// threads of a large machine.
    static func batchPaths(variables: Int) -> Int {
        min(max(64, (1 << 14) / max(variables, 1)), 256) * Ensemble.chunkLanes
    }

    /// The most path-steps between two looks at the clock, about a second's.
    private static let slicePathSteps = 1 << 25

    /// How many saves the threads are to pass before they meet, after some took so long: to meet takes a tenth of a millisecond.
    private func savesTogether(after saves: Int, _ duration: Duration, values: Int) -> Int {
        // The values that are measured, a megabyte at most, stay in a cache.
        let mostValues = 1 << 17
        let timely = min(2 * Double(saves), Double(saves) * (patience / max(duration, .nanoseconds(1))))
        return max(1, min(Int(timely), mostValues / max(1, values)))
    }

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
            var together = 1
            var measurements: [Measurements] = []
            var rest = times.dropFirst(batch.savedTimes)
            while let next = rest.first {
                while measurements.count < together {
                    measurements.append(Measurements(quantities, paths: batch.count))
                }
                let saves = zip(rest.prefix(together), measurements).map { Ensemble.Save(step: $0, measurements: $1) }
                let end = saves.last?.step ?? next
                let start = ContinuousClock.now
                // Several saves are over so soon that nothing interrupts them.
                let isWhole = saves.count > 1
                let left = end - ensemble.completedSteps
                var isStopped = isWhole && cancellation?.isCancelled == true
                if !isStopped {
                    do {
                        isStopped = try !ensemble.advance(
                            steps: isWhole ? left : min(left, slice), cancellation: isWhole ? nil : cancellation,
                            saves: saves)
                    } catch {
                        for save in saves where save.step < error.step { batch.append(save, ensemble, quantiles) }
                        throw .blewUp(
                            process: state.process, step: error.step, path: error.path,
                            saved: state.series(with: batch))
                    }
                }
                if !isStopped, ensemble.completedSteps == end {
                    together = savesTogether(
                        after: saves.count, start.duration(to: .now), values: batch.count * quantities.count)
                    for save in saves { batch.append(save, ensemble, quantiles) }
                    rest = rest.dropFirst(saves.count)
                }
                if let checkpoints, let moment = due, isStopped || ContinuousClock.now >= moment {
                    ensemble.store(in: &batch)
                    state.batch = batch
                    checkpoints.save(state)
                    due = ContinuousClock.now + checkpoints.interval
                }
                if isStopped {
                    state.batch = batch
                    return state
                }
                let done = Double(batch.count) * Double(ensemble.completedSteps) / Double(steps)
                progress?((Double(state.finishedPaths) + done) / Double(paths.count))
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

    /// Saves the statistics of what was measured.
    fileprivate mutating func append(_ save: Ensemble.Save, _ ensemble: Ensemble, _ method: QuantileMethod) {
        rows += ensemble.rows(of: save, method)
        savedTimes += 1
    }
}

extension Ensemble {
    /// Statistics of what was measured.
    fileprivate func rows(of save: Save, _ method: QuantileMethod) -> [EnsembleState.Row] {
        zip(save.measurements.quantities, tallies(of: save.measurements, method)).map { quantity, tally in
            EnsembleState.Row(step: save.step, time: time(ofStep: save.step), quantity: quantity.name, tally: tally)
        }
    }
}

extension EnsembleSeries {
    mutating func append(_ ensemble: Ensemble, _ quantities: [Quantity]) {
        let measurements = Measurements(quantities, paths: ensemble.pathCount)
        ensemble.measure(measurements)
        let save = Ensemble.Save(step: ensemble.completedSteps, measurements: measurements)
        for row in ensemble.rows(of: save, .exact) {
            rows.append(
                Row(step: row.step, time: row.time, quantity: row.quantity, summary: row.tally.summary))
        }
    }
}
