import Algebra
import Compilation
import Matching
import Testing

@testable import Simulation

/// Models whose coordinates share noise.
struct CoupledModelTests {
    private static let i = Index.free("i")
    private let sde: SDE = {
        let (eta, t) = (Symbol("eta", bounds: .positive), Symbol("t", bounds: .nonnegative))
        let x = Symbol("x", role: .position, indices: [i])
        let s = Expression(Symbol("sigma", indices: [i], bounds: .positive))
        let r = Expression(Symbol("r", indices: [i, SDE.otherIndex]))
        let gradient = Expression(Symbol("f", role: .field, derivatives: [i]))
        return SDE(
            stepSize: eta, time: t, states: [x], drift: [-gradient], covariance: [[s ** 2]], diffusion: [[s]],
            crossCovariance: [[r * s * s.exchangingCoordinates]])
    }()

    private func model(r: Double) throws -> CompiledModel {
        try sde.compiled(on: .quadratic([1, 2]), parameters: ["eta": 0.1, "sigma1": 0.5, "sigma2": 1, "r": r])
    }

    @Test func `Euler and Maruyama's scheme has the covariance between coordinates`() throws {
        let count = 4000
        let run = EulerMaruyama(try model(r: 0.6), substeps: 3, seed: 5)
        var ensemble = try Ensemble(run, start: [1, 1], paths: 0..<count)
        _ = try ensemble.advance(steps: 8, cancellation: nil)
        let product = Quantity("x1*x2") { states, _, result in
            for lane in result.indices { result[lane] = states[0][lane] * states[1][lane] }
        }
        let (x1, x2) = (ensemble.values(of: .variable(0, named: "x1")), ensemble.values(of: .variable(1, named: "x2")))
        let n = Double(count)
        let mean = (x1.reduce(0, +) / n, x2.reduce(0, +) / n)
        let covariance = ensemble.values(of: product).reduce(0, +) / n - mean.0 * mean.1
        // C' = (1 - h)(1 - 2 h) C + eta h r sigma1 sigma2 with h = eta/3.
        let h = 0.1 / 3
        var expected = 0.0
        var variances = (0.0, 0.0)
        for _ in 0..<24 {
            expected = (1 - h) * (1 - 2 * h) * expected + 0.1 * h * 0.3
            variances = (
                (1 - h) * (1 - h) * variances.0 + 0.1 * h * 0.25, (1 - 2 * h) * (1 - 2 * h) * variances.1 + 0.1 * h
            )
        }
        let deviation = ((variances.0 * variances.1 + expected * expected) / n).squareRoot()
        #expect(abs(covariance - expected) < 4 * deviation)
        #expect(expected > 20 * deviation)
    }

    @Test func `correlations that no noise has are an error at the start`() throws {
        let model = try model(r: 1.5)
        #expect(throws: SimulationError.self) { try ModelStart(states: [1, 1]).check(model, stateNames: ["x"]) }
        do {
            try ModelStart(states: [1, 1]).check(model, stateNames: ["x"])
        } catch {
            #expect("\(error)".contains("not positive semidefinite"))
        }
    }
}
