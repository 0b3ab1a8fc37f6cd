extension WeakError {
    /// Weak errors on tensor grids, for up to three variables of a rule that is smooth in its noise.
    ///
    /// - Returns: `nil` where the method does not apply: a kink, noise that coordinates share, more variables, too many steps, a singular start.
    /// - Throws: ``SimulationError/notResolved(process:difference:tolerance:)`` where a state leaves the domain of the
    ///   coefficients or the grids do not settle.
    func tensor(_ problem: WeakErrorProblem) throws(SimulationError) -> [WeakErrorResult]? {
        guard (1...3).contains(problem.initial.count), problem.startsTogether else { return nil }
        var entries = problem.tests.map { _ in [WeakErrorResult.Entry]() }
        for (index, instance) in problem.instances.enumerated() {
            guard let comparison = try TensorComparison(self, problem, instance) else { return nil }
            do {
                for (test, entry) in try comparison.entries().enumerated() { entries[test].append(entry) }
            } catch {
                guard case .cancelled = error else { throw error }
                break
            }
            progress?(Double(index + 1) / Double(problem.instances.count))
        }
        return zip(problem.tests, entries).map { test, entries in
            WeakErrorResult(
                test: test.quantity.name, method: .deterministic, claimedOrder: problem.claimedOrder,
                entries: entries, isComplete: entries.count == problem.instances.count, notes: problem.horizonNotes)
        }
    }
}

/// Optimizer and model at one step size, on tensor grids.
private struct TensorComparison {
    private let settings: WeakError
    private let problem: WeakErrorProblem
    private let instance: WeakErrorProblem.Instance
    private let law: PointLaw
    private let start: ModelStart
    private let steps: Int

    /// Values of the test functions and how far the last two grids lie apart.
    private typealias Settled = (values: [Double], uncertainty: [Double], nodes: Int)

    init?(
        _ settings: WeakError, _ problem: WeakErrorProblem, _ instance: WeakErrorProblem.Instance
    ) throws(SimulationError) {
        guard let law = instance.pointLaw, problem.initial.count == instance.model.variableCount,
            !instance.model.couplesCoordinates
        else { return nil }
        self.settings = settings
        self.problem = problem
        self.instance = instance
        self.law = law
        steps = problem.steps(instance) - problem.completedSteps(instance)
        let optimizer = OptimizerProcess(instance.optimizer, stepSize: instance.stepSize, seed: 0)
        start = try problem.start(of: instance, optimizer: optimizer)
        // A singular start is a kink of the optimizer: from v = 0 its first step is a sign.
        guard start.followedOptimizer == nil, steps <= 400 else { return nil }
    }

    func entries() throws(SimulationError) -> [WeakErrorResult.Entry] {
        let chain = OptimizerChain(instance.optimizer, law: law, completedSteps: start.completedSteps)
        let optimizer = try settled(chain, name: "optimizer", steps: steps, from: ladder[0])
        let (model, errors, nodes) = try modelValues()
        let end = Double(start.completedSteps + steps) * instance.stepSize
        let odes = problem.noiselessValues(of: instance, start: start, to: end)
        return problem.tests.indices.map { test in
            WeakErrorResult.Entry(
                stepSize: instance.stepSize, steps: start.completedSteps + steps, optimizer: optimizer.values[test],
                sde: model[test], ode: odes[test], halfwidth95: 0,
                integratorError: optimizer.uncertainty[test] + errors[test],
                integrator: "grids of \(max(optimizer.nodes, nodes))^\(problem.initial.count) points, extrapolated")
        }
    }

    /// Points in each direction.
    private var ladder: [Int] { problem.initial.count == 3 ? [7, 10, 13, 16] : [8, 12, 16, 24, 32] }

    /// The model by the scheme of Ninomiya and Victoir with 1, 2 and 3 steps in each of the optimizer's, its errors of
    /// order `h^2` and `h^3` extrapolated away.
    private func modelValues() throws(SimulationError) -> (values: [Double], errors: [Double], nodes: Int) {
        let one = try modelValues(substeps: 1, nodes: ladder[0])
        let two = try modelValues(substeps: 2, nodes: one.nodes)
        let three = try modelValues(substeps: 3, nodes: two.nodes)
        let values = problem.tests.indices.map { test in
            one.values[test] / 12 - 4 * two.values[test] / 3 + 9 * three.values[test] / 4
        }
        // Beside it the extrapolation of `h^2` alone from the last two.
        let errors = values.indices.map { test in
            (values[test] - (9 * three.values[test] - 4 * two.values[test]) / 5).magnitude
                + 2 * three.uncertainty[test] + two.uncertainty[test]
        }
        return (values, errors, three.nodes)
    }

    private func modelValues(substeps: Int, nodes: Int) throws(SimulationError) -> Settled {
        let chain = NinomiyaVictoirChain(
            instance.model, step: instance.stepSize / Double(substeps), steps: steps * substeps, start: start.states,
            startTime: Double(start.completedSteps) * instance.stepSize)
        return try settled(chain, name: "sde", steps: chain.steps, from: nodes)
    }

    /// Adds points until the values stand still.
    private func settled(
        _ chain: any GridChain, name: String, steps: Int, from nodes: Int
    ) throws(SimulationError) -> Settled {
        let end = Double(start.completedSteps + self.steps) * instance.stepSize
        let tolerance = 100 * settings.solver.tolerance
        var last: [Double]?
        var difference = Double.nan
        let begin = ladder.firstIndex { $0 >= nodes } ?? 0
        for nodes in ladder[max(0, begin - 1)...] {
            let values = TensorSolver(nodes: nodes, threads: settings.threads).expectations(
                of: problem.tests.map(\.quantity), chain: chain, start: start.states, steps: steps, endTime: end,
                cancellation: settings.cancellation)
            if let cancellation = settings.cancellation, cancellation.isCancelled { throw .cancelled }
            guard let values else { break }
            if let last {
                let differences = zip(values, last).map { ($0 - $1).magnitude }
                difference = differences.max() ?? 0
                let isSettled = zip(differences, values).allSatisfy { $0 <= tolerance * max(1, $1.magnitude) }
                if isSettled { return (values, differences, nodes) }
            }
            last = values
        }
        throw .notResolved(process: name, difference: difference, tolerance: tolerance)
    }
}
