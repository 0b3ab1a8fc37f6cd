import Algebra
import BuiltInRules
import Compilation
import Matching
import Probability
import Testing

@testable import Simulation

/// Order 2 of rules with one state, computed on grids: the slopes of the weak errors are within 0.15 of 2.
@Suite struct SecondOrderSlopeTests {
    struct Case: Sendable, CustomStringConvertible {
        let rule: String
        let law: NoiseLaw
        let landscape: String
        var parameters: [String: Double] = [:]
        var test = "x1^2 + sin(x1)"
        var etas = [0.1, 0.05, 0.025]

        var description: String { "\(rule), \(law), \(landscape)" }
    }

    static let doubleWell = "x1^4/4 - x1^2/2"

    /// Every rule under every law, on every landscape.
    static let cases = [
        Case(rule: "sgd", law: .gaussian, landscape: doubleWell),
        Case(rule: "sgd", law: .logistic, landscape: "x1^4/4"),
        Case(rule: "sgd", law: .student(nu: 7), landscape: "x1^2/2"),
        Case(rule: "sgdw", law: .gaussian, landscape: "x1^4/4", parameters: ["gamma": 0.3]),
        Case(rule: "sgdw", law: .logistic, landscape: "x1^2/2", parameters: ["gamma": 0.3]),
        // A bounded test function: two steps on a quartic ask for moments of the noise that Student's law does not have.
        Case(
            rule: "sgdw", law: .student(nu: 7), landscape: doubleWell, parameters: ["gamma": 0.3],
            test: "exp(-x1^2)"),
        Case(rule: "signsgd", law: .gaussian, landscape: "x1^2/2"),
        Case(rule: "signsgd", law: .logistic, landscape: doubleWell),
        Case(rule: "signsgd", law: .student(nu: 7), landscape: "x1^4/4"),
        Case(rule: "clippedsgd", law: .gaussian, landscape: "x1^4/4", parameters: ["c": 1]),
        Case(rule: "clippedsgd", law: .logistic, landscape: "x1^2/2", parameters: ["c": 1]),
        Case(rule: "clippedsgd", law: .student(nu: 7), landscape: doubleWell, parameters: ["c": 1]),
        // The derivative of the drift jumps where the gradient is 0, or c.
        Case(rule: "signsgd", law: .laplace, landscape: "x1^2/2"),
        Case(rule: "clippedsgd", law: .laplace, landscape: "x1^4/4", parameters: ["c": 1]),
    ]

    static func result(of c: Case, order: Int = 2) throws -> WeakErrorResult {
        let derivation = try Derivation(
            of: BuiltInRules.rule(named: c.rule), options: DerivationOptions(noise: c.law, order: order))
        let problem = try WeakErrorProblem(
            of: derivation, on: Landscape(Expression(parsing: c.landscape)),
            settings: c.etas.map { c.parameters.merging(["eta": $0, "sigma": 0.5]) { $1 } }, initial: [0.8],
            horizon: 0.5, tests: [.init(c.test, Expression(parsing: c.test), stateNames: ["x"], dimension: 1)])
        return try #require(
            try WeakError(solver: DeterministicSolver(tolerance: 1e-8)).results(of: problem).first)
    }

    @Test("a model of order 2 has order 2", arguments: cases)
    func order(_ c: Case) throws {
        let result = try Self.result(of: c)
        #expect(result.method == .deterministic)
        let fit = try #require(result.fit, "\(result.entries.map(\.error))")
        #expect(abs(fit.order - 2) < 0.15, "\(fit), errors \(result.entries.map(\.error))")
        #expect(result.verdict == .supports)
    }
}
