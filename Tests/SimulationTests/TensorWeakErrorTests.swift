import Algebra
import BuiltInRules
import Compilation
import Matching
import Testing

@testable import Simulation

/// Order 2 of rules with several states, on tensor grids.
@Suite struct TensorWeakErrorTests {
    func results(
        _ name: String, order: Int, landscape: String, etas: [Double], parameters: [String: Double],
        initial: [Double], horizon: Double, tests: [String], sizes: [String: Weight] = [:]
    ) throws -> [WeakErrorResult] {
        let derivation = try Derivation(
            of: BuiltInRules.rule(named: name), options: DerivationOptions(order: order, sizes: sizes))
        let surface = try Landscape(Expression(parsing: landscape))
        let names = derivation.rule.states.map(\.name)
        let problem = try WeakErrorProblem(
            of: derivation, on: surface, settings: etas.map { parameters.merging(["eta": $0]) { $1 } },
            initial: initial, horizon: horizon,
            tests: tests.map {
                try WeakErrorProblem.Test($0, Expression(parsing: $0), stateNames: names, dimension: surface.dimension)
            })
        return try WeakError(solver: DeterministicSolver(tolerance: 1e-7)).results(of: problem)
    }

    @Test("RMSpropW's model of order 2 has order 2, beside the order 1 of its drift alone")
    func rmspropw() throws {
        let results = try results(
            "rmspropw", order: 2, landscape: "x1^2/2", etas: [0.1, 0.05, 0.025],
            parameters: ["rho": 1, "gamma": 0.1, "epsilon": 0.1, "sigma": 0.2], initial: [1, 1], horizon: 0.2,
            tests: ["x", "x^2", "v", "x*v"])
        for result in results {
            #expect(result.method == .deterministic)
            let fit = try #require(result.fit)
            #expect(abs(fit.order - 2) < 0.15, "\(result.test): \(fit)")
            #expect(result.verdict == .supports)
            #expect(try #require(result.odeFit).verdict(claimed: 2) == .refutes)
        }
    }
}
