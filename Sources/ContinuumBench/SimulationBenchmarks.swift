import Continuum

/// Ensembles of optimizers and of their models, derived from the built-in rules: path-steps a second.
enum SimulationBenchmarks {
    private struct Case {
        let rule: String
        let landscape: [Double]
        let parameters: [String: Double]
        let start: [Double]
        let paths: Int
        let steps: Int
    }

    private static let cases = [
        Case(
            rule: "adamw", landscape: [10, 2],
            parameters: [
                "eta": 1e-3, "rho1": 100, "rho2": 1, "sigma": 0.01, "gamma": 0.01, "epsilon": 1e-8,
            ], start: [1, 1], paths: 512, steps: 10000),
        Case(
            rule: "signsgd", landscape: [1, 2], parameters: ["eta": 1e-3, "sigma": 0.1], start: [0.1, 0.1], paths: 5000,
            steps: 1000),
        Case(
            rule: "rmsprop", landscape: [1], parameters: ["eta": 1e-2, "rho": 1, "sigma": 0.1, "epsilon": 1e-8],
            start: [1], paths: 100_000, steps: 100),
    ]

    static let all: [Benchmark] = cases.flatMap { [optimizer($0), model($0)] }

    /// - Parameter prepare: derives and compiles; what it returns is timed.
    private static func benchmark(
        _ name: String, _ test: Case, _ prepare: @escaping @Sendable () throws -> @Sendable () throws -> EnsembleSeries
    ) -> Benchmark {
        Benchmark(
            "\(test.rule) \(name), \(test.paths) paths x \(test.steps) steps", units: Double(test.paths * test.steps),
            "path-steps"
        ) {
            let simulate = try prepare()
            return { try simulate().paths }
        }
    }

    private static func optimizer(_ test: Case) -> Benchmark {
        benchmark("optimizer", test) {
            let (process, initial, quantities) = try process(test)
            return { try run(test).series(of: process, from: initial, quantities: quantities) }
        }
    }

    /// The published model by Euler-Maruyama at dt = eta.
    private static func model(_ test: Case) -> Benchmark {
        benchmark("SDE at dt = eta", test) {
            let (process, initial, quantities) = try process(test)
            let derivation = try Derivation(
                of: BuiltInRules.rule(named: test.rule), options: DerivationOptions(diffusion: .declared))
            let compiled = try derivation.sde.compiled(
                on: .quadratic(test.landscape), parameters: test.parameters, accepting: Set(test.parameters.keys),
                draw: derivation.draw)
            let start = try ModelStart.chosen(
                for: compiled, optimizer: process, initial: initial, stateNames: derivation.rule.states.map(\.name))
            let scheme = ModelProcess(compiled, substeps: 1, seed: 1)
            return { try run(test).series(of: scheme, start: start, optimizer: process, quantities: quantities) }
        }
    }

    private static func process(_ test: Case) throws -> (OptimizerProcess, initial: [Double], quantities: [Quantity]) {
        let rule = try BuiltInRules.rule(named: test.rule)
        let derivation = try Derivation(of: rule)
        let landscape = try Landscape.quadratic(test.landscape)
        let kernel = try CompiledOptimizer(
            rule, draw: derivation.draw, on: landscape, parameters: test.parameters,
            accepting: Set(test.parameters.keys))
        let initial = test.start + [Double](repeating: 0, count: (rule.states.count - 1) * test.start.count)
        let process = OptimizerProcess(kernel, noise: kernel.noise, stepSize: kernel.stepSize, seed: 1)
        return (process, initial, [Quantity.loss(landscape)])
    }

    private static func run(_ test: Case) -> EnsembleRun {
        EnsembleRun(paths: 0..<test.paths, steps: test.steps, saves: 10)
    }
}
