import Algebra
import BuiltInRules
import Compilation
import Matching
import Rules
import Testing

@testable import Simulation

@Suite struct WeakErrorToleranceTests {
    @Test("grids that settle to less than was asked for are noted")
    func notes() throws {
        let derivation = try Derivation(of: BuiltInRules.rule(named: "sgd"), noise: .gaussian)
        func notes(_ test: String) throws -> [String] {
            let problem = try WeakErrorProblem(
                of: derivation, on: .quadratic([1]), settings: [["eta": 0.1, "sigma": 0.5]], initial: [0.8],
                horizon: 0.3,
                tests: [.init(test, Expression(parsing: test), stateNames: ["x"], dimension: 1)])
            return try WeakError(solver: DeterministicSolver(tolerance: 1e-6)).results(of: problem)[0].notes
        }
        #expect(try notes("sin(x1)").isEmpty)
        // The polynomials of the panels come to a kink slowly.
        let loose = try notes("abs(x1 - 0.7)")
        #expect(loose.count == 1)
        #expect(loose[0].contains("nodes settle to"), "\(loose)")
    }
}
