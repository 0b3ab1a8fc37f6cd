import Algebra
import Compilation
import Foundation
import Matching
import Rules
import Testing

@testable import Simulation

/// The largest gradient so far, with exponential forgetting, where the gradient is noise alone.
///
/// The jump form has `P(u_t <= y) = 1{u_0 <= y e^(rho t)} exp(-(1/eta) int_0^t P(|g| > y e^(rho s)) ds)`, the rule itself
/// `P(u_n <= y) = 1{u_0 <= y beta^-n} prod_(j < n) P(|g| <= y beta^-j)`.
@Suite struct JumpProcessTests {
    static let text = """
        optimizer Largest
        step eta
        parameter rho : positive
        state x
        state u : nonnegative = 0
        gradient g at x
        noise gaussian
        u' = max((1 - eta*rho)*u, abs(g))
        x' = x - eta*x
        """
    let rule: UpdateRule
    let model: RuleModel
    let parameters = ["eta": 0.05, "rho": 1, "sigma": 1]

    init() throws {
        rule = try UpdateRule(parsing: Self.text, file: "largest.rule")
        do {
            model = RuleModel(try Derivation(of: rule))
        } catch .noDiffusionLimit(_, _, let form?) {
            model = RuleModel(form, of: rule)
        }
    }

    func process(substeps: Int) throws -> ModelProcess {
        let flat = try Landscape(Expression(parsing: "x1^2/2"))
        let form = try #require(model.jumpForm)
        return ModelProcess(
            try model.sde.compiled(on: flat, parameters: parameters), substeps: substeps, seed: 5,
            events: try EventKernel(form, on: flat, parameters: parameters, noise: .gaussian))
    }

    func values(substeps: Int, paths: Int, threads: Int = 2) throws -> [Double] {
        var ensemble = try Ensemble(process(substeps: substeps), start: [0, 2.5], paths: 0..<paths, threads: threads)
        _ = try ensemble.advance(steps: 20, cancellation: nil)
        return ensemble.values(of: .variable(1, named: "u"))
    }

    @Test("the state that jumps has the law of the jump form at t = 1")
    func law() throws {
        let paths = 2000
        let values = try values(substeps: 4, paths: paths)
        // mpmath, from u_0 = 2.5; Euler's flow with dt = eta/4 moves them by less than 0.004.
        for (level, probability) in [
            (1.0, 0.0882472766179941), (1.5, 0.528047098456586), (2.0, 0.862942447818982), (2.5, 0.971521775080556),
        ] {
            let share = Double(values.count { $0 <= level }) / Double(paths)
            let deviation = (probability * (1 - probability) / Double(paths)).squareRoot()
            #expect(abs(share - probability) < 3 * deviation + 0.004, "P(u <= \(level))")
        }
    }

    @Test("the paths are the same to the bit for every number of threads, and nearly so for every step of the flow")
    func reproducible() throws {
        let two = try values(substeps: 2, paths: 300, threads: 2)
        #expect(try values(substeps: 2, paths: 300, threads: 1) == two)
        // The same gradients ask for a jump; few of them are near the edge.
        let finer = try values(substeps: 8, paths: 300)
        #expect(zip(two, finer).count { abs($0 - $1) > 0.05 } < 15)
    }

    @Test("a process of events is named, and noted where weak errors are taken")
    func notes() throws {
        #expect(try process(substeps: 1).name == "jump")
        let landscape = try Landscape(Expression(parsing: "x1^2/2"))
        let problem = try WeakErrorProblem(
            of: model, on: landscape, settings: [0.1, 0.05].map { parameters.merging(["eta": $0]) { $1 } },
            initial: [0, 2.5], horizon: 0.2,
            tests: [.init("u", Expression(parsing: "u"), stateNames: ["x", "u"], dimension: 1)])
        let result = try #require(
            try WeakError(paths: 300, integration: .fixed(substeps: 1)).results(of: problem).first)
        #expect(result.method == .sampled)
        #expect(result.modelName == "jump form")
        #expect(result.notes.contains(EventKernel.note))
        #expect(result.entries.allSatisfy { abs($0.error) < 0.1 })
    }
}
