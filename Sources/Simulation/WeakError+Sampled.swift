extension WeakError {
    /// From so many paths on a pilot pays.
    static let fewestPathsForPilot = 4096

    /// Weak errors as means over coupled paths.
    func sampled(_ problem: WeakErrorProblem, notes: [String]) throws(SimulationError) -> [WeakErrorResult] {
        if let halfwidth, !(halfwidth > 0 && halfwidth.isFinite) {
            throw .notPositive(name: "the half-width", value: halfwidth)
        }
        var entries: [[WeakErrorResult.Entry]] = []
        var notes = notes + problem.horizonNotes
        let jumps = problem.instances.contains { $0.events != nil }
        if jumps { notes += [EventKernel.note, "the ODE is the drift between jumps, without noise and without jumps"] }
        let needsPilot =
            halfwidth != nil || separatesOrders || paths >= Self.fewestPathsForPilot || reduction?.usesControls == true
        var samplers: [PathSampler] = []
        for instance in problem.instances {
            let sampler = try PathSampler(
                self, problem, instance, withControls: needsPilot && reduction?.usesControls != false)
            if let note = sampler.start.note, !notes.contains(note) { notes.append(note) }
            samplers.append(sampler)
        }
        let order = problem.claimedOrder
        guard let (designs, pathCounts) = try designs(samplers, order: order, needsPilot: needsPilot) else {
            return results(problem, entries, notes, jumps: jumps)
        }
        for index in samplers.indices {
            let comparison = PathComparison(
                samplers[index], designs[index], paths: pathCounts[index], halfwidth: halfwidth)
            let finished = try comparison.entries { part in
                progress?((Double(index) + part) / Double(samplers.count))
            }
            guard let finished else { break }
            entries.append(finished)
        }
        if separatesOrders, entries.count == samplers.count {
            try extend(&entries, samplers, designs, order: order)
        }
        return results(problem, entries, notes, jumps: jumps)
    }

    /// More paths where the errors turned out to be smaller than the pilot saw them; how many is decided by the precision
    /// that was reached, never by the order that was found.
    private func extend(
        _ entries: inout [[WeakErrorResult.Entry]], _ samplers: [PathSampler], _ designs: [WeakErrorPilot.Design],
        order: Double
    ) throws(SimulationError) {
        for _ in 0..<2 {
            let counts = OrderSeparation.extendedCounts(
                entries, works: zip(samplers, designs).map { $1.integrator.work(of: $0.instance.model) }, order: order)
            var isExtended = false
            for (index, count) in counts.enumerated() {
                let done = entries[index].compactMap(\.variance?.paths).min() ?? 0
                let wanted = min(count, 4 * done, paths)
                guard Double(wanted) > 1.1 * Double(done) else { continue }
                let comparison = PathComparison(samplers[index], designs[index], paths: wanted, halfwidth: nil)
                guard let finished = try comparison.entries(progress: { _ in }) else { return }
                entries[index] = finished
                isExtended = true
            }
            if !isExtended { return }
        }
    }

    /// The methods at each step size and the numbers of paths; `nil` after a cancellation.
    private func designs(
        _ samplers: [PathSampler], order: Double, needsPilot: Bool
    ) throws(SimulationError) -> (designs: [WeakErrorPilot.Design], pathCounts: [Int])? {
        guard needsPilot else {
            let designs = samplers.map { WeakErrorPilot.Design(withoutPilot: $0) }
            return (designs, samplers.map { _ in paths })
        }
        var pilots: [WeakErrorPilot] = []
        for sampler in samplers {
            guard let pilot = try pilot(sampler, isFirst: pilots.isEmpty) else { return nil }
            pilots.append(pilot)
        }
        let stepSizes = samplers.map(\.instance.stepSize)
        let plan: WeakErrorPlan
        if separatesOrders {
            plan = WeakErrorPlan(separating: order, pilots: pilots, stepSizes: stepSizes)
        } else if let halfwidth {
            plan = WeakErrorPlan(halfwidth: halfwidth, pilots: pilots, stepSizes: stepSizes)
        } else {
            return (pilots.map(\.design), pilots.map { _ in paths })
        }
        guard plan.paths <= paths else { throw .tooManyPaths(plan, largest: paths) }
        announce?(plan)
        return (pilots.map(\.design), plan.pathCounts)
    }

    /// The pilot of a step size. To separate orders the first one, which should have the largest error, runs until it sees
    /// the errors of all test functions, with at most as many paths as may be run.
    private func pilot(_ sampler: PathSampler, isFirst: Bool) throws(SimulationError) -> WeakErrorPilot? {
        let target: WeakErrorPilot.Target =
            separatesOrders ? .error : halfwidth.map { .halfwidth($0) } ?? .paths
        var pairs = WeakErrorPilot.fewestPairs
        while true {
            guard let pilot = try WeakErrorPilot(sampler, for: target, pairs: pairs) else { return nil }
            let seesAll = pilot.errors.allSatisfy { $0.mean != 0 && $0.mean.magnitude >= 2 * $0.halfwidth }
            if !separatesOrders || !isFirst || seesAll { return pilot }
            let largest = min(paths, Self.largestPilot) / 2
            guard pairs < largest else {
                throw .errorNotSeen(
                    stepSize: sampler.instance.stepSize, halfwidth: pilot.errors.map(\.halfwidth).max() ?? 0,
                    paths: 2 * pairs)
            }
            pairs = min(4 * pairs, largest)
        }
    }

    /// The paths of a pilot are kept in memory.
    static let largestPilot = 1 << 17

    /// - Parameter found: the entries of each step size, one for each test function.
    private func results(
        _ problem: WeakErrorProblem, _ found: [[WeakErrorResult.Entry]], _ notes: [String], jumps: Bool
    ) -> [WeakErrorResult] {
        problem.tests.enumerated().map { number, test in
            let entries = found.map { $0[number] }
            var result = WeakErrorResult(
                test: test.quantity.name, method: .sampled, claimedOrder: problem.claimedOrder, entries: entries,
                isComplete: entries.count == problem.instances.count, notes: notes)
            if jumps { result.modelName = "jump form" }
            return result
        }
    }
}
