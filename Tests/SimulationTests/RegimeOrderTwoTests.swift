import Algebra
import BuiltInRules
import Compilation
import ExactNumbers
import Matching
import Rules
import Testing

import func Foundation.log2

@testable import Simulation

/// Models of order 2 where noise of size eta^(-1/2) balances the drift, against the optimizer, without sampling.
@Suite struct RegimeOrderTwoTests {
    static let etas = [0.1, 0.05, 0.025]

    static func derivation(_ name: String, order: Int) throws -> Derivation {
        let rule = try BuiltInRules.rule(named: name)
        var sizes = ["sigma": Weight(Rational(-1, 2))]
        if rule.parameter(named: "rho") != nil { sizes["rho"] = 0 }
        return try Derivation(of: rule, options: DerivationOptions(order: order, sizes: sizes))
    }

    static func results(
        _ name: String, order: Int, on loss: String, from initial: [Double], horizon: Double, tests: [String]
    ) throws
        -> [WeakErrorResult]
    {
        let derivation = try derivation(name, order: order)
        let settings = etas.map { eta in
            var values = ["eta": eta, "sigma": 0.5 / eta.squareRoot()]
            for parameter in derivation.rule.parameters { values[parameter.symbol.name] = 1 }
            return values
        }
        let problem = try WeakErrorProblem(
            of: derivation, on: Landscape(Expression(parsing: loss)), settings: settings, initial: initial,
            horizon: horizon,
            tests: tests.map {
                try .init(
                    $0, Expression(parsing: $0), stateNames: derivation.rule.states.map(\.name), dimension: 1)
            })
        return try WeakError(solver: DeterministicSolver(tolerance: 1e-7)).results(of: problem)
    }

    @Test("SGD has the order of its model on a landscape with third derivatives", arguments: [1, 2])
    func oneState(order: Int) throws {
        let result = try #require(
            try Self.results(
                "sgd", order: order, on: "x1^2/2 + cos(2*x1)/4", from: [0.8], horizon: 0.5, tests: ["x1^2 + sin(x1)"]
            ).first)
        #expect(result.method == .deterministic)
        let fit = try #require(result.fit)
        #expect(abs(fit.order - Double(order)) < 0.15, "\(fit)")
    }

    @Test(
        "rules whose states share one noise have models of order 2 too",
        arguments: ["momentum", "heavyball", "nesterov"])
    func severalStates(name: String) throws {
        let second = name == "momentum" ? "m" : "p"
        let results = try Self.results(
            name, order: 2, on: "x1^2/2 + cos(2*x1)/4", from: [0.8, 0.3], horizon: 0.2,
            tests: ["x^2", "x*\(second)", "\(second)^2"])
        for result in results {
            #expect(result.method == .deterministic)
            let fit = try #require(result.fit)
            #expect(abs(fit.order - 2) < 0.15, "\(result.test): \(fit)")
        }
    }

    /// On a quadratic both are linear: `C' = (1 - eta H) C (1 - eta H) + eta^2 Sigma` a step, and `dC/dt = A C + C A^T + eta S`.
    @Test("coordinates that meet in the Hessian have their covariance to order 2, and without the coupling to order 1")
    func coupling() throws {
        let (curvatures, between, scales) = ([1.0, 2.0], 0.8, [0.5, 0.9])
        let loss = "x1^2/2 + x2^2 + 0.8*x1*x2"
        let horizon = 0.4
        func errors(isCoupled: Bool) throws -> [Double] {
            try Self.etas.map { eta in
                let sde = try Self.derivation("sgd", order: 2).sde
                let model = try SDE(
                    stepSize: sde.stepSize, time: sde.time, states: sde.states, drift: sde.drift,
                    covariance: sde.covariance,
                    diffusion: sde.diffusion, crossCovariance: isCoupled ? sde.crossCovariance : []
                ).compiled(
                    on: Landscape(Expression(parsing: loss)),
                    parameters: [
                        "eta": eta, "sigma1": scales[0] / eta.squareRoot(), "sigma2": scales[1] / eta.squareRoot(),
                    ])
                let a = [model.drift([1, 0], 0), model.drift([0, 1], 0)]
                let s = model.covariance([0, 0], 0)
                func slope(_ c: [Double]) -> [Double] {
                    // c holds C11, C12, C22; a[k] is column k of A.
                    [
                        2 * (a[0][0] * c[0] + a[1][0] * c[1]) + eta * s[0, 0],
                        a[0][0] * c[1] + a[1][0] * c[2] + a[0][1] * c[0] + a[1][1] * c[1] + eta * s[0, 1],
                        2 * (a[0][1] * c[1] + a[1][1] * c[2]) + eta * s[1, 1],
                    ]
                }
                let end = try #require(
                    DormandPrince(tolerance: 1e-12).solve([0, 0, 0], from: 0, to: horizon) { slope($1) })
                var c = [0.0, 0, 0]
                let (p, q, r) = (1 - eta * curvatures[0], -eta * between, 1 - eta * curvatures[1])
                for _ in 0..<Int((horizon / eta).rounded()) {
                    c = [
                        p * p * c[0] + 2 * p * q * c[1] + q * q * c[2] + eta * scales[0] * scales[0],
                        p * q * c[0] + (p * r + q * q) * c[1] + q * r * c[2],
                        q * q * c[0] + 2 * q * r * c[1] + r * r * c[2] + eta * scales[1] * scales[1],
                    ]
                }
                return (end[1] - c[1]).magnitude
            }
        }
        let coupled = try errors(isCoupled: true)
        let plain = try errors(isCoupled: false)
        for (coarse, fine) in zip(coupled, coupled.dropFirst()) { #expect(abs(log2(coarse / fine) - 2) < 0.15) }
        for (coarse, fine) in zip(plain, plain.dropFirst()) { #expect(abs(log2(coarse / fine) - 1) < 0.15) }
    }
}
