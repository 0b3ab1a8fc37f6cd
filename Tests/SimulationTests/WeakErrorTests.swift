import Foundation
import Testing

@testable import Simulation

@Suite struct WeakErrorTests {
    func problem(etas: [Double], claimed: Double = 1) -> WeakErrorProblem {
        let instances = etas.map { eta in
            let process = LinearProcess(curvatures: [1, 2], sigma: 0.5, eta: eta)
            return WeakErrorProblem.Instance(
                stepSize: eta, optimizer: process.optimizer, model: process.model, baseline: process.model)
        }
        return WeakErrorProblem(
            instances: instances, initial: [1, 1], horizon: 1, tests: [WeakErrorProblem.Test(LinearProcess.loss)],
            claimedOrder: claimed, stateNames: ["x"])
    }

    @Test("sampled errors of SGD on a quadratic agree with the exact ones, within their intervals")
    func sampled() throws {
        let etas = [0.2, 0.1, 0.05]
        let result = try #require(try WeakError(paths: 2000).results(of: problem(etas: etas)).first)
        #expect(result.method == .sampled)
        #expect(result.isComplete)
        for entry in result.entries {
            let eta = entry.stepSize
            var (optimizer, sde, ode) = (0.0, 0.0, 0.0)
            for a in [1.0, 2.0] {
                var second = 1.0
                for _ in 0..<entry.steps { second = pow(1 - a * eta, 2) * second + eta * eta * 0.25 }
                optimizer += second / 2
                sde += (exp(-2 * a) + eta * 0.25 * (1 - exp(-2 * a)) / (2 * a)) / 2
                ode += exp(-2 * a) / 2
            }
            #expect(abs(entry.error - (sde - optimizer)) <= 1.5 * entry.halfwidth95 + entry.integratorError)
            #expect(abs(entry.ode - ode) < 1e-8)
            // Coupled paths: the interval is far below the spread of the loss itself.
            #expect(entry.halfwidth95 < 0.002)
            #expect(entry.integratorError < entry.halfwidth95)
            #expect(entry.integrator.hasSuffix("extrapolated"))
        }
        #expect(result.verdict == .supports)
        let fit = try #require(result.fit)
        #expect(fit.low < 1.1 && fit.high > 0.9)
    }

    @Test("with dt = eta Euler-Maruyama is SGD itself, and the order stays undecided")
    func stepAtEta() throws {
        let check = WeakError(paths: 200, integration: .fixed(substeps: 1))
        let result = try #require(try check.results(of: problem(etas: [0.2, 0.1])).first)
        for entry in result.entries {
            #expect(abs(entry.error) < 1e-13)
            #expect(entry.integrator == "dt = eta")
        }
        #expect(result.verdict == .undecided)
    }

    @Test("one state is done on a grid: SignSGD's models have the orders that are claimed")
    func deterministic() throws {
        let instances = [0.2, 0.1, 0.05].map { eta in
            let sign = SignDescent(sigma: 0.5, eta: eta)
            let process = LinearProcess(curvatures: [1], sigma: 0.5, eta: eta)
            return WeakErrorProblem.Instance(
                stepSize: eta, optimizer: process.optimizer, model: process.model, baseline: process.model,
                scalar: WeakErrorProblem.Scalar(
                    optimizer: sign.optimizer, model: sign.model(order: 2), baseline: sign.model(order: 1)))
        }
        let test = WeakErrorProblem.Test(.variable(0, named: "x^2 + sin(x)")) { $0 * $0 + sin($0) }
        let problem = WeakErrorProblem(
            instances: instances, initial: [0.8], horizon: 1, tests: [test], claimedOrder: 2, stateNames: ["x"])
        let check = WeakError(solver: DeterministicSolver(tolerance: 1e-7))
        let result = try #require(try check.results(of: problem).first)
        #expect(result.method == .deterministic)
        let errors = [-0.00442595, -0.00083106, -0.00017177]
        for (entry, expected) in zip(result.entries, errors) { #expect(abs(entry.error - expected) < 2e-6) }
        #expect(result.verdict == .supports)
        #expect(try #require(result.odeFit).verdict(claimed: 1) == .supports)
        #expect(try #require(result.odeFit).verdict(claimed: 2) == .refutes)
    }

    @Test("bad settings are errors")
    func badSettings() {
        #expect(throws: SimulationError.self) { try WeakError().results(of: problem(etas: [-0.1])) }
        #expect(throws: SimulationError.self) { try WeakError().results(of: problem(etas: [3])) }
        #expect(throws: SimulationError.self) { try WeakError(paths: 0).results(of: problem(etas: [0.1])) }
    }
}

@Suite struct OrderFitTests {
    func points(_ errors: [Double], halfwidth: Double) -> [OrderFit.Point] {
        zip([0.2, 0.1, 0.05, 0.025], errors).map { OrderFit.Point(stepSize: $0, error: $1, halfwidth: halfwidth) }
    }

    @Test("local slopes are extrapolated to step size 0")
    func extrapolation() throws {
        let first = try #require(OrderFit.extrapolation(points([0.0348, 0.0200, 0.0106, 0.00547], halfwidth: 0)))
        #expect(abs(first.order - 1) < 0.03)
        #expect(first.verdict(claimed: 1) == .supports)
        #expect(first.verdict(claimed: 2) == .refutes)
        let second = try #require(
            OrderFit.extrapolation(points([-0.00442595, -0.00083106, -0.00017177, -0.00003786], halfwidth: 0)))
        #expect(abs(second.order - 2) < 0.15)
        #expect(second.verdict(claimed: 2) == .supports)
        #expect(second.verdict(claimed: 3) == .refutes)
    }

    @Test("a change of sign is not an order")
    func signChange() {
        #expect(OrderFit.extrapolation(points([0.1, 0.01, -0.0001, -0.002], halfwidth: 0)) == nil)
    }

    @Test("regression widens with scatter and refuses errors that are not known")
    func regression() throws {
        let clean = try #require(OrderFit.regression(points([0.04, 0.02, 0.01, 0.005], halfwidth: 0.0005)))
        #expect(abs(clean.order - 1) < 1e-12)
        #expect(clean.verdict(claimed: 1) == .supports)
        let rough = try #require(OrderFit.regression(points([0.04, 0.01, 0.012, 0.004], halfwidth: 0.0005)))
        #expect(rough.high - rough.low > 2 * (clean.high - clean.low))
        #expect(OrderFit.regression(points([0.04, 0.001, 0.001, 0.0005], halfwidth: 0.002)) == nil)
    }

    @Test("two errors tell no order, however well they are known")
    func two() {
        for halfwidth in [1e-9, 1e-4] {
            #expect(OrderFit.regression(Array(points([0.0185, 0.01], halfwidth: halfwidth).prefix(2))) == nil)
            #expect(OrderFit.extrapolation(Array(points([0.0185, 0.01], halfwidth: halfwidth).prefix(2))) == nil)
        }
    }

    @Test("slopes that still drift widen the interval to where they tend")
    func drift() throws {
        // Slopes 1.2, 0.9 and 0.6: the last two tend to 0.3.
        let errors = points([0.1, 0.0435, 0.0233, 0.01537], halfwidth: 1e-6)
        let fit = try #require(OrderFit.regression(errors))
        #expect(fit.low < 0.31 && fit.verdict(claimed: 1) == .undecided)
        #expect(try #require(OrderFit.extrapolation(errors)).verdict(claimed: 1) == .undecided)
        // Errors that scatter as much as they may do not.
        let noisy = try #require(OrderFit.regression(points([0.1, 0.0435, 0.0233, 0.01537], halfwidth: 0.006)))
        #expect(noisy.low > fit.low)
    }

    @Test("where the error changes its sign the order is that of the finest errors")
    func changeOfSign() throws {
        #expect(OrderFit.regression(points([-0.013, -0.02, 0.022, 0.019], halfwidth: 0.0005)) == nil)
        let fit = try #require(OrderFit.regression(points([-0.03, 0.02, 0.01, 0.005], halfwidth: 0.0005)))
        #expect(abs(fit.order - 1) < 1e-12)
        #expect(fit.verdict(claimed: 1) == .supports)
    }
}
