import Foundation
import Testing

@testable import Simulation

@Suite struct ModelStartTests {
    static let (eta, rho, sigma, epsilon) = (0.01, 1.0, 0.1, 1e-8)

    /// RMSprop on `5 x^2`.
    var optimizer: ClosureOptimizer {
        ClosureOptimizer(variableCount: 2, noiseCount: 1) { states, noise, _ in
            let (x, v) = (states[0], states[1])
            for lane in x.indices {
                let g = 10 * x[lane] + Self.sigma * noise[0][lane]
                v[lane] += Self.eta * Self.rho * (g * g - v[lane])
                x[lane] -= Self.eta * g / (v[lane].squareRoot() + Self.epsilon)
            }
        }
    }

    /// RMSprop's published model.
    var model: ClosureDiffusion {
        ClosureDiffusion(stepSize: Self.eta, dimension: 1, stateCount: 2, columnCount: 1) { states, _, drift, factor in
            let (x, v) = (states[0], states[1])
            for lane in x.indices {
                let f = 10 * x[lane]
                let p = v[lane].squareRoot() + Self.epsilon
                drift[0][lane] = -f / p
                drift[1][lane] = Self.rho * (f * f + Self.sigma * Self.sigma - v[lane])
                factor[0][lane] = Self.sigma / p
                factor[1][lane] = 0
            }
        }
    }

    @Test("RMSprop's model starts one step later, with v at its mean and x where the optimizer is")
    func singular() throws {
        let process = OptimizerProcess(optimizer, stepSize: Self.eta, seed: 3)
        let start = try ModelStart.chosen(
            for: model, optimizer: process, initial: [1, 0], stateNames: ["x", "v"])
        #expect(start.completedSteps == 1)
        #expect(abs(start.states[1] - Self.eta * Self.rho * (100 + Self.sigma * Self.sigma)) < 1e-12)
        #expect(start.note?.contains("singular") == true)

        let run = EnsembleRun(paths: 0..<200, steps: 50, saves: 50)
        let scheme = ModelProcess(
            model, substeps: 1, seed: 3, coupling: start.coupling(of: model, to: process))
        let quantities = [Quantity.variable(0, named: "x"), .variable(1, named: "v")]
        let sde = try run.series(of: scheme, start: start, optimizer: process, quantities: quantities)
        let exact = try run.series(of: process, from: [1, 0], quantities: quantities)
        #expect(sde.notes.count == 2)
        #expect(sde.rows.first?.step == 1)
        #expect(sde.rows.first?.summary == exact.rows.first { $0.step == 1 }?.summary)
        let (modelEnd, exactEnd) = (try #require(sde.rows.dropLast().last), try #require(exact.rows.dropLast().last))
        #expect(abs(modelEnd.summary.mean - exactEnd.summary.mean) < 0.02)
    }

    @Test("a regular start is left alone")
    func regular() throws {
        let process = OptimizerProcess(optimizer, stepSize: Self.eta, seed: 3)
        let start = try ModelStart.chosen(for: model, optimizer: process, initial: [1, 0.5], stateNames: ["x", "v"])
        #expect(start.completedSteps == 0)
        #expect(start.note == nil)
    }

    @Test("coefficients that are not finite at a given start are an error that names the state")
    func notFinite() {
        let start = ModelStart(states: [1, -1])
        let error = #expect(throws: SimulationError.self) {
            try start.check(model, stateNames: ["x", "v"])
        }
        #expect(error.map { "\($0)".contains("dx") } == true)
    }
}
