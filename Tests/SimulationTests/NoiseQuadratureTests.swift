import Numerics
import Probability
import Testing

@testable import Simulation

/// The rule for the noise of an optimizer, and the steps that it gives.
struct NoiseQuadratureTests {
    private func moment(_ n: Int, _ nodes: NoiseQuadrature.Nodes) -> Double {
        zip(nodes.values, nodes.weights).reduce(0.0) { sum, node in
            sum + node.1 * (0..<n).reduce(1.0) { power, _ in power * node.0 }
        }
    }

    /// E Z^2 of the standard laws: 1, and nu/(nu - 2) of Student's.
    @Test(arguments: zip([NoiseLaw.gaussian, .logistic, .laplace, .student(nu: 7)], [1, 1, 1, 1.4]))
    func `mass, mean and variance of a law are those known, cut anywhere`(law: NoiseLaw, variance: Double) throws {
        let quadrature = try #require(NoiseQuadrature(NoiseMeasure(try NumericNoiseLaw(law))))
        for cuts in [[], [0.3, -1.7, 5]] {
            let nodes = quadrature.nodes(cutAt: cuts)
            #expect(abs(moment(0, nodes) - 1) < 1e-12)
            #expect(abs(moment(1, nodes)) < 1e-12)
            #expect(abs(moment(2, nodes) - variance) < 1e-9)
        }
        var part = NoiseQuadrature.Nodes()
        quadrature.append(from: -0.4, to: 2.3, to: &part)
        #expect(abs(moment(0, part) - quadrature.probability(from: -0.4, to: 2.3)) < 1e-12)
        #expect(abs(quadrature.probability(from: quadrature.lower, to: quadrature.upper) - 1) < 1e-12)
    }

    @Test func `atoms need no quadrature`() {
        #expect(NoiseQuadrature(.rademacher) == nil)
    }

    /// E clip(x + Z, -1, 1) by the primitive z P(z) + p(z) of the normal distribution function.
    @Test func `a clipped gradient has its mean and the probabilities of its ends`() throws {
        let optimizer = ScalarOptimizer(
            noise: .gaussian, next: { x, z, _ in x - 0.1 * min(max(x + z, -1), 1) },
            kinks: [{ x, z, _ in x + z + 1 }, { x, z, _ in x + z - 1 }])
        let positions = [-0.7, 0, 0.4, 2.5]
        let outcomes = optimizer.outcomes(at: positions, step: 1, quadrature: NoiseQuadrature(.gaussian))
        #expect(outcomes.count == positions.count)
        func primitive(_ z: Double) -> Double {
            z * SpecialFunctions.normalDistribution(z) + SpecialFunctions.normalDensity(z)
        }
        for (index, x) in positions.enumerated() {
            let range = outcomes.range(index)
            let mean = range.reduce(0.0) { $0 + outcomes.weights[$1] * outcomes.values[$1] }
            let clipped = primitive(1 + x) - primitive(x - 1) - 1
            #expect(abs(mean - (x - 0.1 * clipped)) < 1e-13, "\(x)")
            // Whole tails go to one value each.
            for (value, tail) in [(x - 0.1, x - 1), (x + 0.1, -x - 1)] {
                let probability = range.filter { outcomes.values[$0] == value }
                    .reduce(0.0) { $0 + outcomes.weights[$1] }
                #expect(abs(probability - SpecialFunctions.normalDistribution(tail)) < 1e-13)
            }
        }
    }
}
