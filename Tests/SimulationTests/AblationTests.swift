import Algebra
import BuiltInRules
import Compilation
import Matching
import Probability
import Rules
import Testing

@testable import Simulation

/// Models of order 2 with one part left out: the weak error falls back to order 1, and the verdict says so.
@Suite struct AblationTests {
    /// A part that a model of order 2 needs.
    enum Part: CaseIterable {
        case noiseOfAverage, crossCovariance, secondIncrement, halfOfCorrection
    }

    /// The model without the part.
    static func model(_ name: String, without part: Part) throws -> RuleModel {
        let derivation = try Derivation(of: BuiltInRules.rule(named: name), options: DerivationOptions(order: 2))
        var model = RuleModel(derivation)
        let sde = derivation.sde
        var (drift, covariance) = (sde.drift, sde.covariance)
        let last = sde.states.count - 1
        let eta = Expression(sde.stepSize)
        switch part {
        case .noiseOfAverage:
            for a in sde.states.indices { (covariance[a][last], covariance[last][a]) = (.zero, .zero) }
        case .crossCovariance: (covariance[0][last], covariance[last][0]) = (.zero, .zero)
        case .secondIncrement:
            for (index, increment) in derivation.increments.second.enumerated() {
                drift[index] = drift[index] - eta * (try derivation.draw.expectation(of: increment))
            }
        case .halfOfCorrection:
            // b1 = E[D2] - (d_t + b0 . grad) b0/2 with 1 in place of 1/2.
            for (index, increment) in derivation.increments.second.enumerated() {
                let second = try derivation.draw.expectation(of: increment)
                drift[index] = drift[index] + eta * (derivation.driftCorrection[index] - second)
            }
        }
        model.sde = SDE(
            stepSize: sde.stepSize, time: sde.time, states: sde.states, drift: drift, covariance: covariance,
            diffusion: try ExpressionMatrix(covariance).choleskyFactor().rows, defaultValues: sde.defaultValues)
        return model
    }

    static func results(
        _ model: RuleModel, parameters: [String: Double], initial: [Double], horizon: Double, tests: [String],
        etas: [Double] = [0.1, 0.05, 0.025], check: WeakError
    ) throws -> [WeakErrorResult] {
        let problem = try WeakErrorProblem(
            of: model, on: Landscape(Expression(parsing: "x1^2/2")),
            settings: etas.map { parameters.merging(["eta": $0]) { $1 } }, initial: initial, horizon: horizon,
            tests: tests.map {
                try .init(
                    $0, Expression(parsing: $0), stateNames: model.rule.states.map(\.name), dimension: 1)
            })
        return try check.results(of: problem)
    }

    static let grids = WeakError(solver: DeterministicSolver(tolerance: 1e-7))

    @Test(
        "RMSpropW needs the noise of v, its covariance with x, and E[D2]",
        arguments: zip(Part.allCases, [["v", "v^2"], ["x*v"], ["x", "v"], ["x", "v"]]))
    func rmspropw(part: Part, tests: [String]) throws {
        let results = try Self.results(
            try Self.model("rmspropw", without: part),
            parameters: ["rho": 1, "gamma": 0.1, "epsilon": 0.1, "sigma": 0.4], initial: [1, 1], horizon: 0.2,
            tests: tests, check: Self.grids)
        #expect(results.allSatisfy { $0.method == .deterministic })
        let orders = results.map { $0.fit?.order ?? .nan }
        #expect(results.contains { $0.verdict == .refutes }, "\(part): \(orders)")
    }

    @Test(
        "SignSGD needs its noise, and the half of the transport of its drift",
        arguments: [Part.noiseOfAverage, .halfOfCorrection])
    func signSGD(part: Part) throws {
        let results = try Self.results(
            try Self.model("signsgd", without: part), parameters: ["sigma": 0.5], initial: [0.8], horizon: 0.2,
            tests: ["x^2"], check: WeakError(solver: DeterministicSolver(tolerance: 1e-6)))
        #expect(results[0].method == .deterministic)
        #expect(results[0].verdict == .refutes, "\(part): \(String(describing: results[0].fit))")
    }

    @Test("a mistake below the interval is undecided, and refuted once the interval is narrow")
    func intervals() throws {
        let parameters = ["rho": 1, "gamma": 0.1, "epsilon": 0.1, "sigma": 0.4]
        let wrong = try Self.model("rmspropw", without: .crossCovariance)
        let sampled = try Self.results(
            wrong, parameters: parameters, initial: [1, 1], horizon: 0.2, tests: ["x"],
            check: WeakError(
                paths: 30, reduction: VarianceReduction.none, integration: .fixed(substeps: 4), choice: .sampled))
        #expect(sampled[0].method == .sampled)
        #expect(sampled[0].verdict == .undecided)
        let computed = try Self.results(
            wrong, parameters: parameters, initial: [1, 1], horizon: 0.2, tests: ["x*v"], check: Self.grids)
        #expect(computed[0].verdict == .refutes)
    }
}
