import BuiltInRules
import Compilation
import Matching
import Rules
import Simulation
import Testing

/// An optimizer with a fast average beside its averaged model.
struct AveragedProcessTests {
    @Test func `Signum settles with the long-run covariance, and not with that of one step`() throws {
        let derivation = try Derivation(
            of: BuiltInRules.rule(named: "signum"), options: DerivationOptions(sizes: ["rho": -1]))
        let pair = RuleModel(derivation)
        let landscape = try Landscape.quadratic([1])
        let parameters = ["eta": 0.01, "rho": 50, "sigma": 1.0]
        let kernel = try CompiledOptimizer(pair.rule, draw: pair.draw, on: landscape, parameters: parameters)
        let optimizer = OptimizerProcess(kernel, noise: kernel.noise, stepSize: kernel.stepSize, seed: 5)
        let model = try pair.sde.compiled(on: landscape, parameters: parameters, draw: pair.draw)
        let start = try ModelStart.chosen(for: model, optimizer: optimizer, initial: [0, 0], stateNames: ["x"])
        #expect(start.states == [0])
        let run = EnsembleRun(paths: 0..<512, steps: 250)
        let position = [Quantity.variable(0, named: "x")]
        let own = try run.series(of: optimizer, from: [0, 0], quantities: position)
        let scheme = ModelProcess(model, substeps: 1, seed: 6)
        let averaged = try run.series(of: scheme, start: start, optimizer: optimizer, quantities: position)
        let deviations = [own, averaged].map { $0.rows.last?.summary.standardDeviation ?? 0 }
        // The relative error of a standard deviation over n paths is 1/sqrt(2 n) = 3.1%; one step would give 1/1.52.
        #expect((deviations[1] / deviations[0] - 1).magnitude < 4 * 0.031 * 2.0.squareRoot())
        #expect(deviations[0] > 1.3 * (0.01 * (1.0 / 3).squareRoot() / 1.5958).squareRoot())
    }
}
