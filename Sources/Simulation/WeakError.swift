/// Compares expectations of an optimizer and of its model at a horizon, for several step sizes.
///
/// Three errors are told apart: the model's, which is asked for; the integrator's, made smaller than the sampling error
/// and reported; and the sampling error, as a 95% interval of the difference over coupled paths.
public struct WeakError: Sendable {
    /// How the model is integrated where it is sampled.
    public enum Integration: Equatable, Sendable {
        /// Steps of `eta/m` with `m = 1, 2, 4, ...` up to `maximum`, extrapolated (Talay and Tubaro 1990: `2 E(m) -
        /// E(m/2)` for a scheme of order 1), until what is left of the bias is below a quarter of the sampling error.
        case extrapolated(maximum: Int)
        /// The scheme with `dt = eta/m` as it is. Euler-Maruyama's with `m = 1` shares the first two one-step moments of
        /// the optimizer, and tests the noise model, not the continuous-time limit.
        case fixed(substeps: Int)
    }

    /// The method to use.
    public enum Choice: Sendable {
        /// Grids where they settle: for a single state, and for up to three variables of a rule that is smooth in its
        /// noise; sampling elsewhere.
        case automatic
        case sampled
    }

    /// The number of paths, or with a goal, ``halfwidth`` or ``separatesOrders``, the most of them.
    public var paths: Int
    /// The half-width of the 95% intervals for which paths are planned.
    public var halfwidth: Double?
    /// Whether as many paths are planned as make the interval of the fitted order narrow enough to tell it from the next one.
    public var separatesOrders = false
    /// The scheme of the integrator; `nil` for the exact step of a linear model, and otherwise extrapolated Euler or Platen,
    /// whichever a pilot finds to cost less.
    public var scheme: IntegrationScheme?
    /// How fewer paths are made to do; `nil` for what a pilot finds best.
    public var reduction: VarianceReduction?
    public var seed: UInt64
    public var threads: Int?
    public var integration: Integration
    public var choice: Choice
    public var solver: DeterministicSolver
    public var cancellation: Cancellation?
    /// Receives the completed fraction, now and then.
    public var progress: (@Sendable (Double) -> Void)?
    /// Receives the plan before paths are run for a goal.
    public var announce: (@Sendable (WeakErrorPlan) -> Void)?

    public init(
        paths: Int = 20_000, halfwidth: Double? = nil, scheme: IntegrationScheme? = nil,
        reduction: VarianceReduction? = nil, seed: UInt64 = 1, threads: Int? = nil,
        integration: Integration = .extrapolated(maximum: 64),
        choice: Choice = .automatic, solver: DeterministicSolver = DeterministicSolver(),
        cancellation: Cancellation? = nil, progress: (@Sendable (Double) -> Void)? = nil
    ) {
        self.paths = paths
        self.halfwidth = halfwidth
        self.scheme = scheme
        self.reduction = reduction
        self.seed = seed
        self.threads = threads
        self.integration = integration
        self.choice = choice
        self.solver = solver
        self.cancellation = cancellation
        self.progress = progress
    }

    /// The finest step in one of the optimizer's.
    var maximumSubsteps: Int {
        switch integration {
        case .extrapolated(let maximum): maximum
        case .fixed(let substeps): substeps
        }
    }

    /// Errors, fitted order and verdict for each test function of the problem.
    ///
    /// - Throws: ``SimulationError``.
    public func results(of problem: WeakErrorProblem) throws(SimulationError) -> [WeakErrorResult] {
        for instance in problem.instances {
            guard instance.stepSize > 0 else { throw .notPositive(name: "eta", value: instance.stepSize) }
            guard problem.horizon >= 0.5 * instance.stepSize else {
                throw .horizonShorterThanStep(horizon: problem.horizon, stepSize: instance.stepSize)
            }
        }
        var notes: [String] = []
        if choice == .automatic {
            do {
                if isScalar(problem) { return try deterministic(problem) }
                if let results = try tensor(problem) { return results }
            } catch {
                guard case .notResolved = error else { throw error }
                notes.append("sampled, because \(error)")
            }
        }
        return try sampledFromRegularStart(problem, notes: notes)
    }

    /// The models of averages that start from 0 are singular there, and their noise may take them out of their domain: they
    /// start later then.
    private func sampledFromRegularStart(
        _ problem: WeakErrorProblem, notes: [String]
    ) throws(SimulationError) -> [WeakErrorResult] {
        var problem = problem
        while true {
            do {
                return try sampled(problem, notes: notes)
            } catch {
                guard error.isBlowUp(of: "sde") == true else { throw error }
                guard let later = problem.startedLater else {
                    throw problem.startStep == 1 ? error : .leavesDomain(startTime: problem.laterTime)
                }
                problem = later
            }
        }
    }

    private func isScalar(_ problem: WeakErrorProblem) -> Bool {
        problem.initial.count == 1 && problem.startsTogether && problem.tests.allSatisfy { $0.scalar != nil }
            && problem.instances.allSatisfy { instance in
                instance.scalar.map { problem.initialTime == 0 || !$0.dependsOnTime } ?? false
            }
    }

    private func deterministic(_ problem: WeakErrorProblem) throws(SimulationError) -> [WeakErrorResult] {
        let start = problem.initial[0]
        var entries = problem.tests.map { _ in [WeakErrorResult.Entry]() }
        var notes = problem.horizonNotes
        var finished = 0
        for instance in problem.instances {
            guard let scalar = instance.scalar else { continue }
            if let cancellation, cancellation.isCancelled { break }
            let steps = problem.steps(instance) - problem.completedSteps(instance)
            let horizon = Double(steps) * instance.stepSize
            var loosest = solver.tolerance
            for (index, test) in problem.tests.enumerated() {
                guard let phi = test.scalar else { continue }
                let optimizer = try resolved(&loosest) { solver throws(SimulationError) in
                    try solver.expectation(
                        of: phi, optimizer: scalar.optimizer, guide: scalar.baseline, start: start, steps: steps)
                }
                let model = try resolved(&loosest) { solver throws(SimulationError) in
                    try solver.expectation(of: phi, model: scalar.model, start: start, horizon: horizon)
                }
                let ode = try solver.value(of: phi, noiseless: scalar.baseline, start: start, horizon: horizon)
                entries[index].append(
                    WeakErrorResult.Entry(
                        stepSize: instance.stepSize, steps: problem.steps(instance), optimizer: optimizer.value,
                        sde: model.value,
                        ode: ode, halfwidth95: 0, integratorError: optimizer.uncertainty + model.uncertainty,
                        integrator: "grid of \(max(optimizer.nodes, model.nodes)) nodes"))
            }
            if loosest > solver.tolerance {
                notes.append(
                    "eta = \(instance.stepSize): \(solver.maximumNodes) nodes settle to \(loosest) and not to \(solver.tolerance), "
                        + "which the interval of the order allows for")
            }
            finished += 1
            progress?(Double(finished) / Double(problem.instances.count))
        }
        return zip(problem.tests, entries).map { test, entries in
            WeakErrorResult(
                test: test.quantity.name, method: .deterministic, claimedOrder: problem.claimedOrder,
                entries: entries, isComplete: entries.count == problem.instances.count, notes: notes)
        }
    }

    /// An expectation to the tolerance of the solver, or to ten, a hundred or a thousand times as much where that takes more
    /// nodes than there may be: what is left open widens the interval of the order, and a note says so.
    ///
    /// - Parameter loosest: the largest tolerance that was needed so far.
    private func resolved(
        _ loosest: inout Double,
        _ solve: (DeterministicSolver) throws(SimulationError) -> DeterministicSolver.Expectation
    ) throws(SimulationError) -> DeterministicSolver.Expectation {
        var solver = solver
        while true {
            do {
                let result = try solve(solver)
                loosest = max(loosest, solver.tolerance)
                return result
            } catch {
                guard case .notResolved(_, let difference, let tolerance) = error, difference > tolerance,
                    tolerance < 500 * self.solver.tolerance
                else { throw error }
                solver.tolerance *= 10
            }
        }
    }
}
