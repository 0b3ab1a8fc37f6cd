import Algebra
import BuiltInRules
import Compilation
import Matching
import Numerics
import Testing

@testable import Simulation

/// Models whose coordinates share noise.
struct CoupledModelTests {
    private static let i = Index.free("i")
    private let sde: SDE = {
        let (eta, t) = (Symbol("eta", bounds: .positive), Symbol("t", bounds: .nonnegative))
        let x = Symbol("x", role: .position, indices: [i])
        let s = Expression(Symbol("sigma", indices: [i], bounds: .positive))
        let r = Expression(Symbol("r", indices: [i, SDE.otherIndex]))
        let gradient = Expression(Symbol("f", role: .field, derivatives: [i]))
        return SDE(
            stepSize: eta, time: t, states: [x], drift: [-gradient], covariance: [[s ** 2]], diffusion: [[s]],
            crossCovariance: [[r * s * s.exchangingCoordinates]])
    }()

    private func model(r: Double) throws -> CompiledModel {
        try sde.compiled(on: .quadratic([1, 2]), parameters: ["eta": 0.1, "sigma1": 0.5, "sigma2": 1, "r": r])
    }

    @Test func `Euler and Maruyama's scheme has the covariance between coordinates`() throws {
        let count = 4000
        let run = ModelProcess(try model(r: 0.6), substeps: 3, seed: 5)
        var ensemble = try Ensemble(run, start: [1, 1], paths: 0..<count)
        _ = try ensemble.advance(steps: 8, cancellation: nil)
        let product = Quantity("x1*x2") { states, _, result in
            for lane in result.indices { result[lane] = states[0][lane] * states[1][lane] }
        }
        let (x1, x2) = (ensemble.values(of: .variable(0, named: "x1")), ensemble.values(of: .variable(1, named: "x2")))
        let n = Double(count)
        let mean = (x1.reduce(0, +) / n, x2.reduce(0, +) / n)
        let covariance = ensemble.values(of: product).reduce(0, +) / n - mean.0 * mean.1
        // C' = (1 - h)(1 - 2 h) C + eta h r sigma1 sigma2 with h = eta/3.
        let h = 0.1 / 3
        var expected = 0.0
        var variances = (0.0, 0.0)
        for _ in 0..<24 {
            expected = (1 - h) * (1 - 2 * h) * expected + 0.1 * h * 0.3
            variances = (
                (1 - h) * (1 - h) * variances.0 + 0.1 * h * 0.25, (1 - 2 * h) * (1 - 2 * h) * variances.1 + 0.1 * h
            )
        }
        let deviation = ((variances.0 * variances.1 + expected * expected) / n).squareRoot()
        #expect(abs(covariance - expected) < 4 * deviation)
        #expect(expected > 20 * deviation)
    }

    @Test func `correlations that no noise has are an error at the start`() throws {
        let model = try model(r: 1.5)
        #expect(throws: SimulationError.self) { try ModelStart(states: [1, 1]).check(model, stateNames: ["x"]) }
        do {
            try ModelStart(states: [1, 1]).check(model, stateNames: ["x"])
        } catch {
            #expect("\(error)".contains("not positive semidefinite"))
        }
    }

    /// The optimizer of a rule and its model on two coordinates, under noise of correlation r.
    private func processes(
        _ name: String, r: Double, parameters: [String: Double]
    ) throws -> (OptimizerProcess, CompiledModel) {
        let derivation = try Derivation(
            of: BuiltInRules.rule(named: name), options: DerivationOptions(correlatesNoise: true))
        let values = parameters.merging(["r": r]) { $1 }
        let landscape = try Landscape.quadratic([1, 2])
        let kernel = try CompiledOptimizer(derivation.rule, draw: derivation.draw, on: landscape, parameters: values)
        let model = try derivation.sde.compiled(on: landscape, parameters: values, draw: derivation.draw)
        return (OptimizerProcess(kernel, noise: kernel.noise, stepSize: kernel.stepSize, seed: 3), model)
    }

    @Test func `the optimizer's signs have the covariance of the model`() throws {
        let (optimizer, model) = try processes(
            "signsgd", r: 0.8, parameters: ["eta": 0.1, "sigma1": 0.5, "sigma2": 1])
        let count = 20_000
        var ensemble = try Ensemble(optimizer, start: [0.3, -0.2], paths: 0..<count)
        _ = try ensemble.advance(steps: 1, cancellation: nil)
        let values = (0..<2).map { k in
            ensemble.values(of: .variable(k, named: "x\(k)")).map { ($0 - [0.3, -0.2][k]) / -0.1 }
        }
        let n = Double(count)
        let means = values.map { $0.reduce(0, +) / n }
        let products = zip(values[0], values[1]).map { ($0 - means[0]) * ($1 - means[1]) }
        let covariance = products.reduce(0, +) / n
        let expected = SpecialFunctions.signCovariance(0.6, -0.4, correlation: 0.8)
        #expect(abs(model.covariance([0.3, -0.2], 0)[0, 1] - expected) < 1e-15)
        // The product lies in [-4, 4] and has a variance below 1.
        #expect(abs(covariance - expected) < 4 / n.squareRoot())
    }

    @Test func `SGD and its model with one step of the scheme for each of its own are the same path`() throws {
        let (optimizer, model) = try processes("sgd", r: 0.6, parameters: ["eta": 0.1, "sigma1": 0.5, "sigma2": 1])
        let start = ModelStart(states: [1, 1])
        let scheme = ModelProcess(
            model, substeps: 1, seed: 3, coupling: start.coupling(of: model, to: optimizer))
        var first = try Ensemble(optimizer, start: [1, 1], paths: 0..<20)
        var second = try Ensemble(scheme, start: [1, 1], paths: 0..<20)
        _ = try first.advance(steps: 5, cancellation: nil)
        _ = try second.advance(steps: 5, cancellation: nil)
        for k in 0..<2 {
            let quantity = Quantity.variable(k, named: "x")
            for (a, b) in zip(first.values(of: quantity), second.values(of: quantity)) { #expect(abs(a - b) < 1e-13) }
        }
    }

    @Test func `correlations that do not fit each other are an error of both processes`() throws {
        let derivation = try Derivation(
            of: BuiltInRules.rule(named: "sgd"), options: DerivationOptions(correlatesNoise: true))
        let values = ["eta": 0.1, "sigma": 1, "r1_2": 0.9, "r1_3": 0.9, "r2_3": -0.9]
        let landscape = try Landscape.quadratic([1, 2, 3])
        #expect(throws: CompilationError.self) {
            try derivation.sde.compiled(on: landscape, parameters: values, draw: derivation.draw)
        }
        #expect(throws: SimulationError.self) {
            try CompiledOptimizer(derivation.rule, draw: derivation.draw, on: landscape, parameters: values)
        }
    }
}
