extension WeakError {
    /// From so many paths on a pilot pays.
    static let fewestPathsForPilot = 4096

    /// Weak errors as means over coupled paths.
    func sampled(_ problem: WeakErrorProblem, notes: [String]) throws(SimulationError) -> [WeakErrorResult] {
        if let halfwidth, !(halfwidth > 0 && halfwidth.isFinite) {
            throw .notPositive(name: "the half-width", value: halfwidth)
        }
        var entries = problem.tests.map { _ in [WeakErrorResult.Entry]() }
        var notes = notes + problem.horizonNotes
        let jumps = problem.instances.contains { $0.events != nil }
        if jumps { notes += [EventKernel.note, "the ODE is the drift between jumps, without noise and without jumps"] }
        let needsPilot =
            halfwidth != nil || paths >= Self.fewestPathsForPilot || reduction?.usesControls == true
        var samplers: [PathSampler] = []
        for instance in problem.instances {
            let sampler = try PathSampler(
                self, problem, instance, withControls: needsPilot && reduction?.usesControls != false)
            if let note = sampler.start.note, !notes.contains(note) { notes.append(note) }
            samplers.append(sampler)
        }
        guard let (designs, pathCounts) = try designs(samplers, needsPilot: needsPilot) else {
            return results(problem, entries, notes, jumps: jumps)
        }
        for (index, sampler) in samplers.enumerated() {
            var comparison = PathComparison(
                sampler, designs[index], paths: pathCounts[index], halfwidth: halfwidth)
            let finished = try comparison.entries { part in
                progress?((Double(index) + part) / Double(samplers.count))
            }
            guard let finished else { break }
            for (test, entry) in finished.enumerated() { entries[test].append(entry) }
        }
        return results(problem, entries, notes, jumps: jumps)
    }

    /// The methods at each step size and the numbers of paths; `nil` after a cancellation.
    private func designs(
        _ samplers: [PathSampler], needsPilot: Bool
    ) throws(SimulationError) -> (designs: [WeakErrorPilot.Design], pathCounts: [Int])? {
        guard needsPilot else {
            let designs = samplers.map { WeakErrorPilot.Design(withoutPilot: $0) }
            return (designs, samplers.map { _ in paths })
        }
        var pilots: [WeakErrorPilot] = []
        for sampler in samplers {
            guard let pilot = try WeakErrorPilot(sampler, halfwidth: halfwidth) else { return nil }
            pilots.append(pilot)
        }
        guard let halfwidth else { return (pilots.map(\.design), pilots.map { _ in paths }) }
        let plan = WeakErrorPlan(halfwidth: halfwidth, pilots: pilots, stepSizes: samplers.map(\.instance.stepSize))
        guard plan.paths <= paths else { throw .tooManyPaths(plan, largest: paths) }
        announce?(plan)
        return (pilots.map(\.design), plan.pathCounts)
    }

    private func results(
        _ problem: WeakErrorProblem, _ entries: [[WeakErrorResult.Entry]], _ notes: [String], jumps: Bool
    ) -> [WeakErrorResult] {
        zip(problem.tests, entries).map { test, entries in
            var result = WeakErrorResult(
                test: test.quantity.name, method: .sampled, claimedOrder: problem.claimedOrder, entries: entries,
                isComplete: entries.count == problem.instances.count, notes: notes)
            if jumps { result.modelName = "jump form" }
            return result
        }
    }
}
