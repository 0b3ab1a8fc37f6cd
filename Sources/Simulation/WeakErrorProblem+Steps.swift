extension WeakErrorProblem {
    /// The number of optimizer steps before the initial state.
    func completedSteps(_ instance: Instance) -> Int { Int((initialTime / instance.stepSize).rounded()) }

    /// The number of optimizer steps from time 0 to the comparison, which is moved to the nearest whole number of them.
    func steps(_ instance: Instance) -> Int {
        completedSteps(instance) + max(1, Int((horizon / instance.stepSize).rounded()))
    }

    /// Whether no start of its own is asked for the models, or the one that the optimizer has.
    var startsTogether: Bool {
        guard let modelStart else { return true }
        return modelStart.states == initial && modelStart.completedSteps == 0 && modelStart.followedOptimizer == nil
    }

    /// Where comparisons are not exactly at the horizon.
    var horizonNotes: [String] {
        instances.compactMap { instance in
            let reached = Double(steps(instance)) * instance.stepSize
            let isExact = (reached - initialTime - horizon).magnitude < 1e-9 * (initialTime + horizon)
            return isExact ? nil : "eta = \(instance.stepSize): compared at t = \(reached), a whole number of steps"
        }
    }

    /// Where the model starts.
    ///
    /// - Throws: ``SimulationError/coefficientNotFiniteAtStart(state:time:)``.
    func start(of instance: Instance, optimizer: OptimizerProcess) throws(SimulationError) -> ModelStart {
        let completed = completedSteps(instance)
        guard modelStart != nil || completed > 0 else {
            return try ModelStart.chosen(
                for: instance.model, jumps: instance.events != nil, optimizer: optimizer, initial: initial,
                stateNames: stateNames)
        }
        let start = modelStart ?? ModelStart(states: initial, completedSteps: completed)
        try start.check(instance.model, stateNames: stateNames)
        return start
    }

    /// The test functions at the end of `dX = b dt`, not a number where it has no end.
    func noiselessValues(of instance: Instance, start: ModelStart, to end: Double) -> [Double] {
        let model = instance.baseline
        let begin = Double(start.completedSteps) * instance.stepSize
        let solution = DormandPrince(tolerance: 1e-10).solve(start.states, from: begin, to: end) { time, values in
            model.coefficients(at: values, time: time).drift
        }
        guard let solution else { return tests.map { _ in .nan } }
        let states = LaneStorage(repeating: solution, lanes: 1)
        return tests.map { test in
            let value = LaneStorage(variables: 1, lanes: 1)
            test.quantity.body(states.block, end, value.block.values)
            return value.block.values[0]
        }
    }
}
