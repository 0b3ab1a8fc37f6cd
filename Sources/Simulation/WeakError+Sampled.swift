import Numerics

extension WeakError {
    /// Weak errors as means over coupled paths.
    func sampled(_ problem: WeakErrorProblem, notes: [String]) throws(SimulationError) -> [WeakErrorResult] {
        var entries = problem.tests.map { _ in [WeakErrorResult.Entry]() }
        var notes = notes + problem.horizonNotes
        let jumps = problem.instances.contains { $0.events != nil }
        if jumps { notes += [EventKernel.note, "the ODE is the drift between jumps, without noise and without jumps"] }
        for (index, instance) in problem.instances.enumerated() {
            var comparison = try PathComparison(self, problem, instance)
            if let note = comparison.start.note, !notes.contains(note) { notes.append(note) }
            guard let finished = try comparison.entries() else { break }
            for (test, entry) in finished.enumerated() { entries[test].append(entry) }
            progress?(Double(index + 1) / Double(problem.instances.count))
        }
        return zip(problem.tests, entries).map { test, entries in
            var result = WeakErrorResult(
                test: test.quantity.name, method: .sampled, claimedOrder: problem.claimedOrder, entries: entries,
                isComplete: entries.count == problem.instances.count, notes: notes)
            if jumps { result.modelName = "jump form" }
            return result
        }
    }
}

/// Optimizer and model at one step size, compared path by path.
private struct PathComparison {
    private let settings: WeakError
    private let problem: WeakErrorProblem
    private let instance: WeakErrorProblem.Instance
    private let optimizer: OptimizerProcess
    private let coupling: [Double]
    private let steps: Int
    let start: ModelStart

    /// Values of every test function on every path.
    private typealias Sample = [[Double]]

    init(
        _ settings: WeakError, _ problem: WeakErrorProblem, _ instance: WeakErrorProblem.Instance
    ) throws(SimulationError) {
        self.settings = settings
        self.problem = problem
        self.instance = instance
        steps = problem.steps(instance)
        optimizer = OptimizerProcess(
            instance.optimizer, noise: problem.noise, stepSize: instance.stepSize, seed: settings.seed)
        start = try problem.start(of: instance, optimizer: optimizer)
        coupling = start.coupling(of: instance.model, to: optimizer)
    }

    /// - Returns: one entry for each test function; `nil` after a cancellation.
    mutating func entries() throws(SimulationError) -> [WeakErrorResult.Entry]? {
        let ensemble = try Ensemble(
            optimizer, start: problem.initial, paths: 0..<settings.paths,
            completedSteps: problem.completedSteps(instance), threads: settings.threads)
        guard let reference = try sample(ensemble, name: optimizer.name) else { return nil }
        guard let (model, integratorErrors, integrator) = try modelSample(reference) else { return nil }
        let odes = problem.noiselessValues(of: instance, start: start, to: Double(steps) * instance.stepSize)
        return problem.tests.indices.map { test in
            WeakErrorResult.Entry(
                stepSize: instance.stepSize, steps: steps, optimizer: Self.mean(reference[test]),
                sde: Self.mean(model[test]), ode: odes[test],
                halfwidth95: Self.difference(model[test], reference[test]).halfwidth95,
                integratorError: integratorErrors[test], integrator: integrator)
        }
    }

    private func modelSample(
        _ reference: Sample
    ) throws(SimulationError) -> (sample: Sample, errors: [Double], integrator: String)? {
        switch settings.integration {
        case .fixed(let substeps):
            guard let sample = try modelSample(substeps: substeps) else { return nil }
            let name = substeps == 1 ? "dt = eta" : "dt = eta/\(substeps)"
            return (sample, sample.map { _ in 0 }, name)
        case .extrapolated(let maximum):
            var substeps = 2
            guard let coarse = try modelSample(substeps: 1), var fine = try modelSample(substeps: 2) else { return nil }
            var best = Self.extrapolate(coarse, fine)
            while true {
                substeps *= 2
                guard let finer = try modelSample(substeps: substeps) else { return nil }
                let next = Self.extrapolate(fine, finer)
                let errors = zip(next, best).map { Self.difference($0, $1).mean.magnitude }
                (fine, best) = (finer, next)
                let isSettled = problem.tests.indices.allSatisfy { test in
                    errors[test] <= 0.25 * Self.difference(best[test], reference[test]).halfwidth95
                }
                if isSettled || substeps * 2 > maximum {
                    return (best, errors, "dt = eta/\(substeps), extrapolated")
                }
            }
        }
    }

    private func modelSample(substeps: Int) throws(SimulationError) -> Sample? {
        let process = ModelProcess(
            instance.model, substeps: substeps, seed: settings.seed, coupling: coupling, events: instance.events)
        let run = EnsembleRun(paths: 0..<settings.paths, steps: steps, threads: settings.threads)
        return try sample(run.ensemble(of: process, start: start, optimizer: optimizer), name: process.name)
    }

    private func sample(_ ensemble: Ensemble, name: String) throws(SimulationError) -> Sample? {
        var ensemble = ensemble
        do {
            let left = steps - ensemble.completedSteps
            guard try ensemble.advance(steps: max(0, left), cancellation: settings.cancellation) else { return nil }
        } catch {
            let saved = EnsembleSeries(process: name, paths: settings.paths)
            throw .blewUp(process: name, step: error.step, path: error.path, saved: saved)
        }
        return problem.tests.map { ensemble.values(of: $0.quantity) }
    }

    private static func extrapolate(_ coarse: Sample, _ fine: Sample) -> Sample {
        zip(coarse, fine).map { zip($0, $1).map { 2 * $1 - $0 } }
    }

    private static func difference(_ first: [Double], _ second: [Double]) -> StreamingMoments {
        StreamingMoments(zip(first, second).lazy.map { $0 - $1 })
    }

    private static func mean(_ values: [Double]) -> Double { StreamingMoments(values).mean }
}
