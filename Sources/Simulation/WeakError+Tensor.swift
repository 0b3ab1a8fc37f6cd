extension WeakError {
    /// Weak errors on tensor grids, for up to three variables of a rule that is smooth in its noise.
    ///
    /// - Returns: `nil` where the method does not apply: a kink, more variables, too many steps, a singular start, a
    ///   state that leaves the domain of the coefficients, grids that do not settle.
    func tensor(_ problem: WeakErrorProblem) throws(SimulationError) -> [WeakErrorResult]? {
        guard (1...3).contains(problem.initial.count), problem.startsTogether else { return nil }
        var entries = problem.tests.map { _ in [WeakErrorResult.Entry]() }
        for (index, instance) in problem.instances.enumerated() {
            guard let found = try TensorComparison(self, problem, instance)?.entries() else {
                if let cancellation, cancellation.isCancelled { break }
                return nil
            }
            for (test, entry) in found.enumerated() { entries[test].append(entry) }
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
        guard let law = instance.pointLaw, problem.initial.count == instance.model.variableCount else { return nil }
        self.settings = settings
        self.problem = problem
        self.instance = instance
        self.law = law
        steps = problem.steps(instance) - problem.completedSteps(instance)
        let optimizer = OptimizerProcess(instance.optimizer, stepSize: instance.stepSize, seed: 0)
        start = try problem.start(of: instance, optimizer: optimizer)
        // A singular start is a kink of the optimizer: from v = 0 its first step is a sign.
        guard start.followedOptimizer == nil, steps <= 2000 else { return nil }
    }

    func entries() -> [WeakErrorResult.Entry]? {
        let chain = OptimizerChain(instance.optimizer, law: law, completedSteps: start.completedSteps)
        guard let optimizer = settled(chain, steps: steps, from: ladder[0]) else { return nil }
        guard let (model, errors, nodes) = modelValues() else { return nil }
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

    /// The model by the scheme of Ninomiya and Victoir with 1, 2 and 4 steps in each of the optimizer's, its errors of
    /// order `h^2` and `h^3` extrapolated away.
    private func modelValues() -> (values: [Double], errors: [Double], nodes: Int)? {
        guard let one = modelValues(substeps: 1, nodes: ladder[0]),
            let two = modelValues(substeps: 2, nodes: one.nodes), let four = modelValues(substeps: 4, nodes: two.nodes)
        else { return nil }
        let coarse = zip(one.values, two.values).map { (4 * $1 - $0) / 3 }
        let fine = zip(two.values, four.values).map { (4 * $1 - $0) / 3 }
        let values = zip(coarse, fine).map { (8 * $1 - $0) / 7 }
        let errors = values.indices.map { test in
            (values[test] - fine[test]).magnitude + four.uncertainty[test] + two.uncertainty[test]
        }
        return (values, errors, four.nodes)
    }

    private func modelValues(substeps: Int, nodes: Int) -> Settled? {
        let chain = NinomiyaVictoirChain(
            instance.model, substeps: substeps, steps: steps * substeps, start: start.states,
            startTime: Double(start.completedSteps) * instance.stepSize)
        return settled(chain, steps: chain.steps, from: nodes)
    }

    /// Adds points until the values stand still.
    private func settled(_ chain: any GridChain, steps: Int, from nodes: Int) -> Settled? {
        let end = Double(start.completedSteps) * instance.stepSize + problem.horizon
        func values(_ nodes: Int) -> [Double]? {
            TensorSolver(nodes: nodes, threads: settings.threads).expectations(
                of: problem.tests.map(\.quantity), chain: chain, start: start.states, steps: steps, endTime: end,
                cancellation: settings.cancellation)
        }
        let begin = ladder.firstIndex { $0 >= nodes } ?? 0
        let first = max(0, begin - 1)
        guard var last = values(ladder[first]) else { return nil }
        for nodes in ladder[(first + 1)...] {
            guard let next = values(nodes) else { return nil }
            let differences = zip(next, last).map { ($0 - $1).magnitude }
            let isSettled = zip(differences, next).allSatisfy { $0 <= settings.solver.tolerance * max(1, $1.magnitude) }
            if isSettled { return (next, differences, nodes) }
            last = next
        }
        return nil
    }
}
