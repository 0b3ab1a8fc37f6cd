import Algebra
import Numerics
import Probability
import Testing

@testable import Simulation

struct NoiseSourceTests {
    static let laws: [NoiseLaw] = [
        .gaussian, .student(nu: 3), .student(nu: Expression(9) / 2), .laplace, .logistic, .uniform, .rademacher,
        .mixture(weight: Expression(9) / 10, firstScale: Expression(1) / 2, secondScale: 2),
        .mixture(weight: Expression(99) / 100, firstScale: Expression(1) / 1000, secondScale: 10),
    ]

    @Test(arguments: laws)
    func `many draws at once are the draws of each normal number`(law: NoiseLaw) throws {
        let law = try NumericNoiseLaw(law)
        let source = NoiseSource(law)
        let block = LaneStorage(variables: 2, lanes: 500)
        source.fill(block.block, stream: RandomStream(seed: 3), firstPath: 0, step: 1)
        let normals = LaneStorage(variables: 2, lanes: 500)
        NoiseSource.gaussian.fill(normals.block, stream: RandomStream(seed: 3), firstPath: 0, step: 1)
        for (draw, normal) in zip(block.block.values, normals.block.values) {
            let expected = source.draw(normal)
            #expect((draw - expected).magnitude <= 1e-13 * expected.magnitude + 1e-15, "at \(normal)")
        }
    }
}
