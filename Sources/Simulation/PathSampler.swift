import Numerics

/// Optimizer and model at one step size, path by path under the same random numbers.
struct PathSampler: Sendable {
    let settings: WeakError
    let problem: WeakErrorProblem
    let instance: WeakErrorProblem.Instance
    let start: ModelStart
    let steps: Int
    private let optimizer: OptimizerProcess
    private let coupling: [Double]
    private let controls: Controls

    /// What control variates there are.
    private enum Controls {
        case none
        case linearized(LinearizedControls)
        case martingales(optimizer: MartingaleControl, model: MartingaleControl)
    }

    var hasControls: Bool { if case .none = controls { false } else { true } }

    /// Values path by path, for every test function.
    struct Sample {
        var optimizer: [[Double]]
        /// The estimate for the model, its bias removed.
        var model: [[Double]]
        /// The estimate beside it, whose distance tells of the bias.
        var comparison: [[Double]]
        /// The values of every control.
        var controls: [[Double]]

        /// The means with the other halves of antithetic pairs.
        func averaged(with other: Sample) -> Sample {
            func mean(_ first: [[Double]], _ second: [[Double]]) -> [[Double]] {
                zip(first, second).map { zip($0, $1).map { 0.5 * ($0 + $1) } }
            }
            return Sample(
                optimizer: mean(optimizer, other.optimizer), model: mean(model, other.model),
                comparison: mean(comparison, other.comparison), controls: mean(controls, other.controls))
        }
    }

    init(
        _ settings: WeakError, _ problem: WeakErrorProblem, _ instance: WeakErrorProblem.Instance,
        withControls: Bool
    ) throws(SimulationError) {
        self.settings = settings
        self.problem = problem
        self.instance = instance
        steps = problem.steps(instance)
        optimizer = OptimizerProcess(
            instance.optimizer, noise: problem.noise, stepSize: instance.stepSize, seed: settings.seed)
        start = try problem.start(of: instance, optimizer: optimizer)
        coupling = start.coupling(of: instance.model, to: optimizer)
        controls = withControls ? try Self.controls(settings, problem, instance, optimizer, start, coupling) : .none
    }

    /// The sharpest control variates that the problem allows.
    private static func controls(
        _ settings: WeakError, _ problem: WeakErrorProblem, _ instance: WeakErrorProblem.Instance,
        _ optimizer: OptimizerProcess, _ start: ModelStart, _ coupling: [Double]
    ) throws(SimulationError) -> Controls {
        let steps = problem.steps(instance)
        let process = ModelProcess(
            instance.model, substeps: 1, seed: settings.seed, coupling: coupling, events: instance.events)
        if instance.events == nil, problem.initial.count <= MartingaleControl.largestVariableCount {
            let scouts = WeakErrorPilot.scouts
            let first = try Ensemble(
                optimizer, start: problem.initial, paths: scouts, completedSteps: problem.completedSteps(instance),
                threads: settings.threads)
            let second = try EnsembleRun(paths: scouts, steps: steps, threads: settings.threads)
                .ensemble(of: process, start: start, optimizer: optimizer)
            let tests = problem.tests.map(\.quantity)
            if let own = MartingaleControl(optimizer, scouts: first, steps: steps, tests: tests),
                let other = MartingaleControl(process, scouts: second, steps: steps, tests: tests)
            {
                return .martingales(optimizer: own, model: other)
            }
        }
        let linearized = LinearizedControls(
            optimizer, from: problem.initial, model: process, start: start, steps: steps)
        return linearized.map(Controls.linearized) ?? .none
    }

    /// The values under the numbers of the paths, or under the opposite ones.
    ///
    /// - Returns: `nil` after a cancellation.
    /// - Throws: ``SimulationError``: a blow-up, a scheme that does not apply.
    func half(
        _ paths: Range<Int>, _ integrator: BiasRemoval, mirrored: Bool, _ withControls: Bool
    ) throws(SimulationError) -> Sample? {
        guard let reference = try optimizerValues(paths, mirrored: mirrored, withControls) else { return nil }
        var controlValues = reference.controls
        var model = reference.tests.map { $0.map { _ in 0.0 } }
        var comparison = model
        for level in integrator.levels {
            let isFinest = level.substeps == integrator.finest
            let values = try modelValues(
                paths, scheme: integrator.scheme, substeps: level.substeps, mirrored: mirrored, withControls && isFinest
            )
            guard let values else { return nil }
            controlValues += values.controls
            for (test, values) in values.tests.enumerated() {
                for path in values.indices {
                    model[test][path] += level.weight * values[path]
                    comparison[test][path] += level.comparison * values[path]
                }
            }
        }
        if withControls, case .linearized(let controls) = controls {
            let values = try controls.values(
                on: paths, mirrored: mirrored, steps: steps, threads: settings.threads,
                cancellation: settings.cancellation)
            guard let values else { return nil }
            controlValues = values
        }
        return Sample(
            optimizer: reference.tests, model: model, comparison: comparison, controls: controlValues)
    }

    private typealias Values = (tests: [[Double]], controls: [[Double]])

    private func optimizerValues(
        _ paths: Range<Int>, mirrored: Bool, _ withControls: Bool
    ) throws(SimulationError) -> Values? {
        let process = mirrored ? optimizer.mirrored : optimizer
        var controlled: ControlledProcess?
        if withControls, case .martingales(let control, _) = controls {
            controlled = ControlledProcess(process, stream: process.stream, control: control)
        }
        let sums = Array(repeating: 0.0, count: controlled?.sumCount ?? 0)
        let ensemble = try Ensemble(
            controlled ?? process, start: problem.initial + sums, paths: paths,
            completedSteps: problem.completedSteps(instance), threads: settings.threads)
        return try values(
            ensemble, name: process.name, sums: process.variableCount..<process.variableCount + sums.count)
    }

    private func modelValues(
        _ paths: Range<Int>, scheme: IntegrationScheme, substeps: Int, mirrored: Bool, _ withControls: Bool
    ) throws(SimulationError) -> Values? {
        var process = try ModelProcess(
            instance.model, scheme: scheme, substeps: substeps, seed: settings.seed, coupling: coupling,
            events: instance.events)
        if mirrored { process = process.mirrored }
        var controlled: ControlledProcess?
        if withControls, case .martingales(_, let control) = controls {
            controlled = ControlledProcess(process, stream: process.stream, control: control)
        }
        let run = EnsembleRun(paths: paths, steps: steps, threads: settings.threads)
        let ensemble = try run.ensemble(
            of: process, controlled: controlled, start: start,
            optimizer: mirrored ? optimizer.mirrored : optimizer)
        let count = process.variableCount
        return try values(ensemble, name: process.name, sums: count..<count + (controlled?.sumCount ?? 0))
    }

    private func values(_ ensemble: Ensemble, name: String, sums: Range<Int>) throws(SimulationError) -> Values? {
        var ensemble = ensemble
        guard try ensemble.finish(steps, name, settings.cancellation) else { return nil }
        return (
            problem.tests.map { ensemble.values(of: $0.quantity) },
            sums.map { ensemble.values(of: .variable($0, named: "")) }
        )
    }
}
