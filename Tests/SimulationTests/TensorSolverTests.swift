import Foundation
import Testing

@testable import Simulation

@Suite struct TensorSolverTests {
    /// Heavy ball on `x^2/2`: `m' = m + eta rho (x + sigma Z - m)`, `x' = x - eta m'`.
    static let (rho, sigma) = (1.5, 0.4)

    func optimizer(_ eta: Double) -> ClosureOptimizer {
        ClosureOptimizer(variableCount: 2, noiseCount: 1) { states, noise, _ in
            for lane in 0..<states.lanes {
                let (x, m) = (states[0][lane], states[1][lane])
                let next = m + eta * Self.rho * (x + Self.sigma * noise[0][lane] - m)
                states[1][lane] = next
                states[0][lane] = x - eta * next
            }
        }
    }

    /// The linear model `dx = -m dt`, `dm = rho (x - m) dt + sqrt(eta) rho sigma dW`.
    func model(_ eta: Double) -> ClosureDiffusion {
        ClosureDiffusion(stepSize: eta, dimension: 1, stateCount: 2, columnCount: 1) { states, _, drift, factor in
            for lane in 0..<states.lanes {
                let (x, m) = (states[0][lane], states[1][lane])
                drift[0][lane] = -m
                drift[1][lane] = Self.rho * (x - m)
                factor[0][lane] = 0
                factor[1][lane] = Self.rho * Self.sigma
            }
        }
    }

    var square: Quantity {
        Quantity("x^2") { states, _, values in
            for lane in values.indices { values[lane] = states[0][lane] * states[0][lane] }
        }
    }

    @Test("a linear optimizer with two states has its exact second moment")
    func linearOptimizer() throws {
        let (eta, steps) = (0.1, 8)
        var moments = (xx: 1.0, xm: 0.2, mm: 0.04)
        for _ in 0..<steps {
            // m' = (1 - k) m + k x + k sigma Z, x' = x - eta m'.
            let k = eta * Self.rho
            let (xx, xm, mm) = moments
            let square = (1 - k) * (1 - k) * mm + 2 * k * (1 - k) * xm + k * k * (xx + 0.16)
            let cross = (1 - k) * xm + k * xx
            moments = (xx - 2 * eta * cross + eta * eta * square, cross - eta * square, square)
        }
        let chain = OptimizerChain(optimizer(eta), law: .gaussian)
        let value = try #require(
            TensorSolver(nodes: 4, threads: 2).expectations(
                of: [square], chain: chain, start: [1, 0.2], steps: steps, endTime: 0.8, cancellation: nil))
        #expect(abs(value[0] - moments.xx) < 1e-12)
    }

    @Test("the scheme of Ninomiya and Victoir has order 2 on a model with noise that depends on the state")
    func schemeOrder() throws {
        // dX = -X dt + sqrt(eta) s X dW: E X_T^2 = exp((-2 + eta s^2) T).
        let (eta, s) = (0.5, 0.8)
        let model = ClosureDiffusion(stepSize: eta, dimension: 1, stateCount: 1, columnCount: 1) {
            states, _, drift, factor in
            for lane in 0..<states.lanes {
                drift[0][lane] = -states[0][lane]
                factor[0][lane] = s * states[0][lane]
            }
        }
        let exact = exp((-2 + eta * s * s) * 1)
        let errors = try [1, 2, 4].map { m in
            let chain = NinomiyaVictoirChain(model, step: eta / Double(m), steps: 2 * m, start: [1])
            let value = try #require(
                TensorSolver(nodes: 8, threads: 1).expectations(
                    of: [square], chain: chain, start: [1], steps: chain.steps, endTime: 1, cancellation: nil))
            return value[0] - exact
        }
        for (coarse, fine) in zip(errors, errors.dropFirst()) {
            #expect(abs(log2(coarse / fine) - 2) < 0.2, "\(errors)")
        }
    }
}
