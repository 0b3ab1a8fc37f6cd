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

    /// The number of steps before the start of a model that is singular at time 0: after more than one, the same time at every
    /// step size, as an order is about a fixed time.
    private func laterSteps(_ instance: Instance) -> Int {
        guard startStep > 1 else { return 1 }
        let coarsest = instances.map(\.stepSize).max() ?? instance.stepSize
        let later = Int((Double(startStep) * coarsest / instance.stepSize).rounded())
        return max(1, min(later, steps(instance) / 2))
    }

    /// The same with the models started four times as late; `nil` where they start at time 0 or where they were told to, or
    /// half of all steps lie before it.
    var startedLater: WeakErrorProblem? {
        guard let instance = instances.max(by: { $0.stepSize < $1.stepSize }), startStep < steps(instance) / 2 else {
            return nil
        }
        let optimizer = OptimizerProcess(instance.optimizer, noise: noise, stepSize: instance.stepSize, seed: 0)
        guard let start = try? start(of: instance, optimizer: optimizer), start.followedOptimizer != nil else {
            return nil
        }
        var result = self
        result.startStep *= 4
        return result
    }

    /// The time at which a model that is singular at time 0 starts, at the largest step size.
    var laterTime: Double {
        guard let instance = instances.max(by: { $0.stepSize < $1.stepSize }) else { return 0 }
        return Double(laterSteps(instance)) * instance.stepSize
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
                for: instance.model, after: laterSteps(instance), jumps: instance.events != nil,
                optimizer: optimizer, initial: initial,
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
