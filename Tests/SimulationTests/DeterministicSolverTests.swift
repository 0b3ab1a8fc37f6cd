import Foundation
import Numerics
import Testing

@testable import Simulation

@Suite struct DeterministicSolverTests {
    let solver = DeterministicSolver(tolerance: 1e-7)

    @Test(
        "SignSGD on x^2/2 has the errors of the published table",
        arguments: [
            (0.2, 0.264047521, -0.027211603, 0.034812050, -0.004425953),
            (0.1, 0.248946185, -0.012110267, 0.020008205, -0.000831057),
        ])
    func signTable(eta: Double, optimizer: Double, ode: Double, first: Double, second: Double) throws {
        let sign = SignDescent(sigma: 0.5, eta: eta)
        let test: @Sendable (Double) -> Double = { $0 * $0 + sin($0) }
        let steps = Int((1 / eta).rounded())
        let exact = try solver.expectation(
            of: test, optimizer: sign.optimizer, guide: sign.model(order: 1), start: 0.8, steps: steps)
        let published = try solver.expectation(of: test, model: sign.model(order: 1), start: 0.8, horizon: 1)
        let corrected = try solver.expectation(of: test, model: sign.model(order: 2), start: 0.8, horizon: 1)
        let plain = try solver.value(of: test, noiseless: sign.model(order: 1), start: 0.8, horizon: 1)
        #expect(abs(exact.value - optimizer) < 2e-9)
        #expect(abs(plain - exact.value - ode) < 2e-9)
        #expect(abs(published.value - exact.value - first) < 2e-9)
        #expect(abs(corrected.value - exact.value - second) < 2e-9)
    }

    @Test("SGD on a quadratic has its closed-form second moment", arguments: [1.0, -0.5])
    func linear(curvature: Double) throws {
        let (sigma, eta, start, steps) = (0.7, 0.1, 0.6, 10)
        let descent = GradientDescent(sigma: sigma, eta: eta) { curvature * $0 }
        let factor = 1 - eta * curvature
        var (mean, second) = (start, start * start)
        for _ in 0..<steps {
            second = factor * factor * second + eta * eta * sigma * sigma
            mean *= factor
        }
        let computed = try solver.expectation(
            of: { $0 * $0 + 3 * $0 }, optimizer: descent.optimizer, guide: descent.model, start: start, steps: steps)
        #expect(abs(computed.value - (second + 3 * mean)) < 2e-9)

        // The model is an Ornstein-Uhlenbeck process, of variance eta sigma^2 (1 - exp(-2 a t))/(2 a).
        let model = try solver.expectation(of: { $0 * $0 + 3 * $0 }, model: descent.model, start: start, horizon: 1)
        let decay = exp(-curvature)
        let variance = eta * sigma * sigma * (1 - decay * decay) / (2 * curvature)
        #expect(abs(model.value - (pow(start * decay, 2) + variance + 3 * start * decay)) < 2e-9)
    }

    @Test("a drift that depends on time is followed exactly")
    func schedule() throws {
        // dX = -X/(1 + t) dt + sqrt(eta) sigma/(1 + t) dW has X_t = (x0 + sqrt(eta) sigma W_t)/(1 + t).
        let model = ScalarDiffusion(
            stepSize: 0.1, drift: { -$0 / (1 + $1) }, covariance: { 0.25 / pow(1 + $1, 2) }, dependsOnTime: true)
        let value = try solver.expectation(of: { $0 * $0 }, model: model, start: 1, horizon: 2)
        #expect(abs(value.value - (1 + 0.1 * 0.25 * 2) / 9) < 2e-9)

        // x' = x - eta x/k + (eta/k) Z, step by step.
        let optimizer = ScalarOptimizer(
            noise: .gaussian, next: { x, z, k in x - 0.1 * x / Double(k) + 0.1 / Double(k) * z }, dependsOnStep: true)
        var second = 1.0
        for k in 1...4 {
            second = pow(1 - 0.1 / Double(k), 2) * second + pow(0.1 / Double(k), 2)
        }
        let computed = try solver.expectation(of: { $0 * $0 }, optimizer: optimizer, guide: model, start: 1, steps: 4)
        #expect(abs(computed.value - second) < 2e-9)
    }

    @Test("a double well is resolved, and its error falls as the first order says")
    func doubleWell() throws {
        let solver = DeterministicSolver(tolerance: 1e-6)
        let errors = try [0.1, 0.05, 0.025].map { eta in
            let descent = GradientDescent(sigma: 1, eta: eta) { $0 * $0 * $0 - $0 }
            let steps = Int((1 / eta).rounded())
            let exact = try solver.expectation(
                of: { $0 * $0 }, optimizer: descent.optimizer, guide: descent.model, start: 0.2, steps: steps)
            let model = try solver.expectation(of: { $0 * $0 }, model: descent.model, start: 0.2, horizon: 1)
            return OrderFit.Point(stepSize: eta, error: model.value - exact.value, halfwidth: 1e-9)
        }
        let fit = try #require(OrderFit.extrapolation(errors))
        // numpy: Gauss-Hermite kernel with 60 nodes, matrix exponential of the generator, 57 to 121 points.
        for (point, expected) in zip(errors, [0.00643650, 0.00359867, 0.0020899]) {
            #expect(abs(point.error - expected) < 1e-6)
        }
        #expect(fit.verdict(claimed: 1) == .supports)
        #expect(fit.verdict(claimed: 2) == .refutes)
    }

    @Test("discrete noise needs no quadrature")
    func atoms() throws {
        let model = ScalarDiffusion(stepSize: 0.1, drift: { x, _ in -x }, covariance: { _, _ in 1 })
        let optimizer = ScalarOptimizer(noise: .rademacher, next: { x, z, _ in 0.9 * x + 0.1 * z })
        let computed = try solver.expectation(
            of: { pow($0, 4) }, optimizer: optimizer, guide: model, start: 0, steps: 3)
        // The fourth moment by enumeration of the eight paths.
        var sum = 0.0
        for path in 0..<8 {
            let x = (0..<3).reduce(0.0) { 0.9 * $0 + (path >> $1 & 1 == 0 ? 0.1 : -0.1) }
            sum += pow(x, 4) / 8
        }
        #expect(abs(computed.value - sum) < 1e-10)
    }

    @Test("an optimizer that stays on a lattice is followed exactly, however sharp its noise")
    func lattice() throws {
        let sharp = SignDescent(sigma: 1e-6, eta: 0.1)
        // Four steps down to -0.05, and six to and fro.
        let computed = try DeterministicSolver(maximumNodes: 120).expectation(
            of: { $0 }, optimizer: sharp.optimizer, guide: sharp.model(order: 1), start: 0.35, steps: 10)
        #expect(abs(computed.value + 0.05) < 1e-15)
        let wide = SignDescent(sigma: 0.5, eta: 0.1)
        let law = LatticeLaw(of: wide.optimizer, from: 0.8, steps: 10, quadrature: NoiseQuadrature(.gaussian))
        let points = try #require(law).points
        #expect(points.count == 11)
        #expect(abs(points.map(\.probability).reduce(0, +) - 1) < 1e-14)
        let normal = ScalarOptimizer(noise: .gaussian, next: { x, z, _ in 0.9 * x + 0.1 * z })
        #expect(LatticeLaw(of: normal, from: 0.8, steps: 10, quadrature: NoiseQuadrature(.gaussian)) == nil)
    }

    @Test("what the grid cannot resolve is an error, not a number")
    func unresolved() {
        // The drift jumps, and with it the expectation as a function of the start.
        let jump = { @Sendable (x: Double) in x > 0 ? -1.0 : 1 }
        let optimizer = ScalarOptimizer(noise: .gaussian, next: { x, z, _ in x + 0.1 * jump(x) + 0.05 * z })
        let model = ScalarDiffusion(stepSize: 0.1, drift: { x, _ in jump(x) }, covariance: { _, _ in 0.25 })
        #expect(throws: SimulationError.self) {
            try DeterministicSolver(maximumNodes: 120).expectation(
                of: { $0 }, optimizer: optimizer, guide: model, start: 0.35, steps: 10)
        }
    }
}

/// SGD in one dimension under Gaussian noise, with its model of order 1.
struct GradientDescent {
    let sigma: Double
    let eta: Double
    let gradient: @Sendable (Double) -> Double

    init(sigma: Double, eta: Double, gradient: @escaping @Sendable (Double) -> Double) {
        self.sigma = sigma
        self.eta = eta
        self.gradient = gradient
    }

    var optimizer: ScalarOptimizer {
        ScalarOptimizer(
            noise: .gaussian, next: { [sigma, eta, gradient] x, z, _ in x - eta * (gradient(x) + sigma * z) })
    }

    var model: ScalarDiffusion {
        ScalarDiffusion(
            stepSize: eta, drift: { [gradient] x, _ in -gradient(x) }, covariance: { [sigma] _, _ in sigma * sigma })
    }
}

/// SignSGD on `x^2/2` under Gaussian noise, with its models of order 1 and 2.
struct SignDescent {
    let sigma: Double
    let eta: Double

    var optimizer: ScalarOptimizer {
        ScalarOptimizer(
            noise: .gaussian,
            next: { [sigma, eta] x, z, _ in
                let gradient = x + sigma * z
                return x - (gradient > 0 ? eta : gradient < 0 ? -eta : 0)
            },
            kinks: [{ [sigma] x, z, _ in x + sigma * z }])
    }

    func model(order: Int) -> ScalarDiffusion {
        ScalarDiffusion(
            stepSize: eta,
            drift: { [sigma, eta] x, _ in
                let u = x / (sigma * 2.0.squareRoot())
                let first = -erf(u)
                return order == 1 ? first : first - eta * erf(u) * exp(-u * u) / (sigma * (2 * Double.pi).squareRoot())
            },
            covariance: { [sigma] x, _ in
                let mean = erf(x / (sigma * 2.0.squareRoot()))
                return 1 - mean * mean
            })
    }
}
