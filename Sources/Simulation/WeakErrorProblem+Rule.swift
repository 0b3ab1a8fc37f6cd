import Algebra
import Compilation
import Matching
import Rules

extension WeakErrorProblem {
    /// The check of a model against its rule.
    ///
    /// - Parameters:
    ///   - settings: for each step size the values of all parameters, the step size among them.
    ///   - accepted: names that may be given although the rule does not have them.
    ///   - initial: the optimizer's initial state, all positions first.
    ///   - modelStart: where the models start; `nil` to choose.
    ///   - initialTime: the time at which the optimizer is in its initial state.
    /// - Throws: ``SimulationError``, also where the law of the noise makes an expectation of the optimizer infinite.
    public init(
        of ruleModel: RuleModel, on landscape: Landscape, settings: [[String: Double]],
        accepting accepted: Set<String> = [], functions: [Function: ExternalFunction] = [:], initial: [Double],
        modelStart: ModelStart? = nil, initialTime: Double = 0, horizon: Double, tests: [Test]
    ) throws(SimulationError) {
        let (rule, sde, draw) = (ruleModel.rule, ruleModel.sde, ruleModel.draw)
        let plain = SDE(
            stepSize: sde.stepSize, time: sde.time, states: sde.states, drift: ruleModel.leadingDrift,
            covariance: sde.covariance, diffusion: sde.diffusion, crossCovariance: sde.crossCovariance,
            defaultValues: sde.defaultValues, averages: sde.averages)
        let names = accepted.union(rule.parameters.map(\.symbol.name)).union([UpdateRule.noiseScale.name])
        var instances: [Instance] = []
        var noise = NoiseSource.gaussian
        var optimizers: [CompiledOptimizer] = []
        for parameters in settings {
            let optimizer = try CompiledOptimizer(
                rule, draw: draw, on: landscape, parameters: parameters, accepting: names,
                functions: functions)
            noise = optimizer.noise
            optimizers.append(optimizer)
            func compile(_ sde: SDE) throws(SimulationError) -> CompiledModel {
                do {
                    return try sde.compiled(
                        on: landscape, parameters: parameters, accepting: names, draw: draw,
                        functions: functions)
                } catch {
                    throw .compilation(error)
                }
            }
            let model = try compile(sde)
            let baseline = try compile(plain)
            let isTimed = (sde.drift + sde.covariance.flatMap { $0 }).contains { $0.contains(sde.time) }
            var events: EventKernel?
            if let form = ruleModel.jumpForm {
                events = try EventKernel(
                    form, on: landscape, parameters: parameters, noise: noise, functions: functions)
            }
            let isDiffusion = events == nil
            let scalar =
                !isDiffusion
                ? nil
                : optimizer.scalar.map {
                    Scalar(
                        optimizer: $0, model: ScalarDiffusion(model, dependsOnTime: isTimed),
                        baseline: ScalarDiffusion(baseline, dependsOnTime: isTimed))
                }
            instances.append(
                Instance(
                    stepSize: optimizer.stepSize, optimizer: optimizer, model: model, baseline: baseline,
                    events: events,
                    scalar: scalar, pointLaw: isDiffusion ? optimizer.pointLaw : nil))
        }
        self.init(
            instances: instances, noise: noise, initial: initial, modelStart: modelStart, initialTime: initialTime,
            horizon: horizon,
            tests: tests, claimedOrder: Double(ruleModel.order), stateNames: sde.states.map(\.name))
        for (optimizer, instance) in zip(optimizers, instances) {
            try requireFiniteExpectations(optimizer, steps: steps(instance) - completedSteps(instance))
        }
    }

    /// - Throws: ``SimulationError/infiniteExpectation(test:step:growth:law:)`` for a test function that grows faster with
    ///   the noise of a step than the law has moments.
    private func requireFiniteExpectations(_ optimizer: CompiledOptimizer, steps: Int) throws(SimulationError) {
        guard let missing = optimizer.law.leastMissingMoment, initial.count == optimizer.variableCount else { return }
        let completed = Int((initialTime / optimizer.stepSize).rounded())
        for test in tests {
            let growths = NoiseGrowth.afterEachStep(
                of: test.quantity, optimizer, from: initial, completedSteps: completed, steps: steps)
            guard let step = growths.firstIndex(where: { $0.isAtLeast(missing) }) else { continue }
            throw .infiniteExpectation(
                test: test.quantity.name, step: step + 1, growth: growths[step], law: optimizer.law.law)
        }
    }

    /// The check of a derived model against its rule.
    public init(
        of derivation: Derivation, on landscape: Landscape, settings: [[String: Double]],
        accepting accepted: Set<String> = [], functions: [Function: ExternalFunction] = [:], initial: [Double],
        modelStart: ModelStart? = nil, initialTime: Double = 0, horizon: Double, tests: [Test]
    ) throws(SimulationError) {
        try self.init(
            of: RuleModel(derivation), on: landscape, settings: settings, accepting: accepted, functions: functions,
            initial: initial, modelStart: modelStart, initialTime: initialTime, horizon: horizon, tests: tests)
    }
}
