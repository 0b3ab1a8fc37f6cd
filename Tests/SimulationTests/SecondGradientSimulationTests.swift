import Algebra
import BuiltInRules
import Compilation
import Matching
import Numerics
import Probability
import Rules
import Simulation
import Testing

/// One step of a rule with two gradients, as it is simulated.
@Suite struct SecondGradientSimulationTests {
    /// The next iterates from one state under given noise.
    private func next(
        _ rule: UpdateRule, _ landscape: Landscape, _ parameters: [String: Double], _ state: [Double],
        noise: [Double]
    ) throws -> [Double] {
        let derivation = try Derivation(of: rule)
        let optimizer = try CompiledOptimizer(rule, draw: derivation.draw, on: landscape, parameters: parameters)
        #expect(optimizer.noiseCount == noise.count)
        var states = state
        var draws = noise
        states.withUnsafeMutableBufferPointer { s in
            draws.withUnsafeMutableBufferPointer { z in
                guard let a = s.baseAddress, let b = z.baseAddress else { return }
                optimizer.advance(
                    LaneBlock(a, variables: state.count, lanes: 1),
                    noise: LaneBlock(b, variables: noise.count, lanes: 1),
                    step: 1)
            }
        }
        return states
    }

    private let landscape = Result { try Landscape(Expression(parsing: "x1^4/4 + x1*x2 + 2*x2^2")) }
    private func gradient(_ x: [Double]) -> [Double] { [x[0] * x[0] * x[0] + x[1], x[0] + 4 * x[1]] }

    @Test func `USAM draws the second gradient at the displaced point with the same noise`() throws {
        let (x, z) = ([0.7, -0.4], [0.3, -1.1])
        let result = try next(
            BuiltInRules.rule(named: "usam"), landscape.get(), ["eta": 0.1, "rho": 0.2, "sigma": 0.5], x, noise: z)
        let g = zip(gradient(x), z).map { $0 + 0.5 * $1 }
        let mean = gradient(zip(x, g).map { $0 + 0.2 * $1 })
        for i in 0..<2 { #expect(abs(result[i] - (x[i] - 0.1 * (mean[i] + 0.5 * z[i]))) < 1e-14) }
    }

    @Test func `SAM goes a distance rho along the gradient`() throws {
        let (x, z) = ([0.7, -0.4], [0.3, -1.1])
        let result = try next(
            BuiltInRules.rule(named: "sam"), landscape.get(), ["eta": 0.1, "rho": 0.2, "sigma": 0.5], x, noise: z)
        let g = zip(gradient(x), z).map { $0 + 0.5 * $1 }
        let length = (g[0] * g[0] + g[1] * g[1]).squareRoot()
        let mean = gradient(zip(x, g).map { $0 + 0.2 * $1 / length })
        for i in 0..<2 { #expect(abs(result[i] - (x[i] - 0.1 * (mean[i] + 0.5 * z[i]))) < 1e-14) }
    }

    @Test func `extragradient draws its second gradient with noise of its own`() throws {
        let (x, z) = ([0.7, -0.4], [0.3, -1.1, 0.8, 0.25])
        let result = try next(
            BuiltInRules.rule(named: "extragradient"), landscape.get(),
            ["eta": 0.1, "rho": 0.2, "sigma": 0.5, "s1": 1, "s2": -1], x, noise: z)
        let s = [1.0, -1]
        let g = (0..<2).map { gradient(x)[$0] + 0.5 * z[$0] }
        let mean = gradient((0..<2).map { x[$0] - 0.2 * s[$0] * g[$0] })
        for i in 0..<2 { #expect(abs(result[i] - (x[i] - 0.1 * s[i] * (mean[i] + 0.5 * z[2 + i]))) < 1e-14) }
    }
}
