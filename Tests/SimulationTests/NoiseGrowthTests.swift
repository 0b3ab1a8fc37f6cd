import Algebra
import BuiltInRules
import Compilation
import Matching
import Probability
import Testing

@testable import Simulation

/// Expectations that heavy tails make infinite are refused, and no others.
@Suite struct NoiseGrowthTests {
    /// The problem of a rule with a step size of 0.1.
    private func problem(
        _ rule: String, _ law: NoiseLaw, on landscape: String, test: String, steps: Int,
        parameters: [String: Double] = [:], start: [Double] = [0.8]
    ) throws -> WeakErrorProblem {
        let derivation = try Derivation(of: BuiltInRules.rule(named: rule), noise: law)
        return try WeakErrorProblem(
            of: derivation, on: Landscape(Expression(parsing: landscape)),
            settings: [parameters.merging(["eta": 0.1, "sigma": 0.5]) { $1 }], initial: start,
            horizon: 0.1 * Double(steps),
            tests: [
                .init(test, Expression(parsing: test), stateNames: derivation.rule.states.map(\.name), dimension: 1)
            ])
    }

    /// A step on a quartic takes |Z| to |Z|^3: x^2 is |Z|^2, |Z|^6 and |Z|^18 after one, two and three of them.
    @Test(
        "the square of SGD on a quartic has a mean after two steps under Student's law with nu = 7, and after three none"
    )
    func quartic() throws {
        _ = try problem("sgd", .student(nu: 7), on: "x1^4/4", test: "x1^2", steps: 2)
        let error = #expect(throws: SimulationError.self) {
            try problem("sgd", .student(nu: 7), on: "x1^4/4", test: "x1^2", steps: 3)
        }
        guard case .infiniteExpectation("x1^2", step: 3, let growth, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(abs(growth.degree - 18) < 1e-3)
        #expect("\(try #require(error))".contains("|Z|^18"))
    }

    @Test("the moment of order nu itself is infinite, and the one below is not")
    func edge() throws {
        _ = try problem("sgd", .student(nu: 7), on: "x1^2/2", test: "x1^6", steps: 4)
        #expect(throws: SimulationError.self) {
            try problem("sgd", .student(nu: 7), on: "x1^2/2", test: "x1^7", steps: 4)
        }
        #expect(throws: SimulationError.self) {
            try problem("sgd", .student(nu: 7), on: "x1^2/2", test: "exp(x1)", steps: 1)
        }
    }

    @Test("growth beyond the finite numbers goes on as it began")
    func overflow() throws {
        // |Z|^6, |Z|^18 and then |Z|^54, of which no power of 1e9 is finite.
        #expect(throws: SimulationError.self) {
            try problem("sgd", .student(nu: 40), on: "x1^4/4", test: "x1^2", steps: 4)
        }
        _ = try problem("sgd", .student(nu: 40), on: "x1^4/4", test: "x1^2", steps: 3)
    }

    @Test("an average of squares is as heavy as the square")
    func average() throws {
        let parameters = ["rho": 1, "epsilon": 0.1]
        _ = try problem(
            "rmsprop", .student(nu: 7), on: "x1^4/4", test: "v^3", steps: 1, parameters: parameters, start: [0.8, 1])
        #expect(throws: SimulationError.self) {
            try problem(
                "rmsprop", .student(nu: 7), on: "x1^4/4", test: "v^4", steps: 1, parameters: parameters,
                start: [0.8, 1])
        }
    }

    @Test(
        "bounded test functions, bounded steps and light tails have means",
        arguments: [
            ("sgd", NoiseLaw.student(nu: 7), "exp(-x1^2)", [:]), ("sgd", .student(nu: 7), "sin(x1)", [:]),
            ("signsgd", .student(nu: 1), "x1^4", [:]), ("clippedsgd", .student(nu: 1), "x1^4", ["c": 1.0]),
            ("sgd", .gaussian, "x1^4", [:]), ("sgd", .logistic, "x1^4", [:]), ("sgd", .laplace, "x1^4", [:]),
        ])
    func finite(rule: String, law: NoiseLaw, test: String, parameters: [String: Double]) throws {
        _ = try problem(rule, law, on: "x1^4/4", test: test, steps: 10, parameters: parameters)
    }
}
