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

    /// The cases of Benchmarks/ensemble_peers.py.
    private static let cases = [
        Case(
            rule: "adamw", landscape: [10, 2],
            parameters: [
                "eta": 1e-3, "rho1": 100, "rho2": 1, "sigma": 0.01, "gamma": 0.01, "epsilon": 1e-8,
            ], start: [1, 1], paths: 500, steps: 50_000),
        Case(
            rule: "signsgd", landscape: [1, 2], parameters: ["eta": 1e-3, "sigma": 0.1], start: [0.1, 0.1], paths: 5000,
            steps: 3000),
        Case(
            rule: "rmsprop", landscape: [1], parameters: ["eta": 1e-2, "rho": 1, "sigma": 0.1, "epsilon": 1e-8],
            start: [1], paths: 1_000_000, steps: 200),
    ]

    /// What a path-step costs must not depend on how many there are, and grow with the coordinates: AdamW's SDE from 100 to
    /// 10^7 paths, from 100 to 10^6 steps, and from 1 to 10^6 coordinates.
    private static let scaling =
        [
            (100, 40_000), (1000, 4000), (10_000, 400), (100_000, 100), (1_000_000, 100), (10_000_000, 10), (512, 100),
            (512, 1_000_000),
        ].map {
            scaled(paths: $0, steps: $1, coordinates: 2)
        }
        + [1, 10, 100, 1000, 10_000, 100_000, 1_000_000].map {
            scaled(paths: 16, steps: max(10, 1_000_000 / $0), coordinates: $0)
        }

    private static func scaled(paths: Int, steps: Int, coordinates: Int) -> Case {
        Case(
            rule: "adamw", landscape: [Double](repeating: 1, count: coordinates),
            parameters: ["eta": 1e-5, "rho1": 100, "rho2": 1, "sigma": 0.01, "gamma": 0.01, "epsilon": 1e-8],
            start: [Double](repeating: 1, count: coordinates), paths: paths, steps: steps)
    }

    static let all: [Benchmark] =
        cases.flatMap { [optimizer($0), model($0)] }
        + scaling.map { test in
            let count = test.landscape.count
            return model(test, name: "scaling, \(count) coordinate\(count == 1 ? "" : "s")")
        }

    /// - Parameter prepare: derives and compiles; what it returns is timed.
    private static func benchmark(
        _ name: String, _ test: Case, _ prepare: @escaping @Sendable () throws -> @Sendable () throws -> EnsembleSeries
    ) -> Benchmark {
        Benchmark(
            "\(test.rule) \(name), \(test.paths) paths x \(test.steps) steps", units: Double(test.paths * test.steps),
            "path-steps",
            prepareNumber: {
                let simulate = try prepare()
                return { try simulate().rows.last?.summary.mean ?? .nan }
            })
    }

    private static func optimizer(_ test: Case) -> Benchmark {
        benchmark("optimizer", test) {
            let (process, initial, quantities) = try process(test)
            return { try run(test).series(of: process, from: initial, quantities: quantities) }
        }
    }

    /// The published model by Euler-Maruyama at dt = eta.
    private static func model(_ test: Case, name: String = "SDE at dt = eta") -> Benchmark {
        benchmark(name, test) {
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
        var run = EnsembleRun(paths: 0..<test.paths, steps: test.steps, saves: 100)
        run.quantiles = .none
        return run
    }
}
