@testable import Simulation

/// SGD on `sum_i a_i x_i^2/2` under Gaussian noise, and its model of order 1, on many lanes.
struct LinearProcess {
    let curvatures: [Double]
    let sigma: Double
    let eta: Double

    var optimizer: ClosureOptimizer {
        ClosureOptimizer(variableCount: curvatures.count, noiseCount: curvatures.count) {
            [curvatures, sigma, eta] states, noise, _ in
            for (i, a) in curvatures.enumerated() {
                let (x, z) = (states[i], noise[i])
                for lane in x.indices { x[lane] -= eta * (a * x[lane] + sigma * z[lane]) }
            }
        }
    }

    var model: ClosureDiffusion {
        ClosureDiffusion(stepSize: eta, dimension: curvatures.count, stateCount: 1, columnCount: 1) {
            [curvatures, sigma] states, _, drift, factor in
            for (i, a) in curvatures.enumerated() {
                let (x, b, s) = (states[i], drift[i], factor[i])
                for lane in x.indices {
                    b[lane] = -a * x[lane]
                    s[lane] = sigma
                }
            }
        }
    }

    static let loss = Quantity("loss") { states, _, values in
        values.update(repeating: 0)
        for i in 0..<states.variables {
            for lane in values.indices { values[lane] += 0.5 * states[i][lane] * states[i][lane] }
        }
    }
}
