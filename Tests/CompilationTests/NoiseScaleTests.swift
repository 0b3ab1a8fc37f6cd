import Algebra
import BuiltInRules
import Compilation
import Matching
import Rules
import Testing

/// Noise whose scale depends on the position.
@Suite struct NoiseScaleTests {
    func landscape() throws -> Landscape {
        let scales = try ["0.3 + x1^2/5", "0.4*sqrt(1 + x1^2 + x2^2)"].map { try Expression(parsing: $0) }
        return try Landscape(Expression(parsing: "x1^2 + x1*x2 + x2^4/4")).with(
            noiseScale: NoiseScale(scales, dimension: 2))
    }

    @Test("b1 = -(b0 . grad) b0/2 with the derivatives of the scale, in two coordinates")
    func correction() throws {
        let rule = try BuiltInRules.rule(named: "signsgd").withScaleOfPosition
        func model(order: Int) throws -> CompiledModel {
            try Derivation(of: rule, options: DerivationOptions(order: order)).sde.compiled(
                on: landscape(), parameters: ["eta": 0.1])
        }
        let (first, second) = (try model(order: 1), try model(order: 2))
        let point = [0.4, -0.7]
        let drift = first.drift(point, 0)
        let total = second.drift(point, 0)
        for i in 0..<2 {
            var transported = 0.0
            for j in 0..<2 {
                var (above, below) = (point, point)
                above[j] += 1e-5
                below[j] -= 1e-5
                transported += drift[j] * (first.drift(above, 0)[i] - first.drift(below, 0)[i]) / 2e-5
            }
            #expect(abs((total[i] - drift[i]) / 0.1 + transported / 2) < 1e-8)
        }
    }

    @Test("the covariance is that of the scale at the position, and a scale that is not positive is no number")
    func covariance() throws {
        let rule = try BuiltInRules.rule(named: "sgd").withScaleOfPosition
        let model = try Derivation(of: rule).sde.compiled(on: landscape(), parameters: ["eta": 0.1])
        let covariance = model.covariance([1, 2], 0)
        #expect(abs(covariance[0, 0] - 0.25) < 1e-15)
        #expect(abs(covariance[1, 1] - 0.16 * 6) < 1e-15)
        let negative = try Landscape(Expression(parsing: "x1^2")).with(
            noiseScale: NoiseScale([Expression(parsing: "x1")], dimension: 1))
        let wrong = try Derivation(of: rule).sde.compiled(on: negative, parameters: ["eta": 0.1])
        #expect(wrong.covariance([-1], 0)[0, 0].isNaN)
        #expect(throws: CompilationError.self) { try NoiseScale([Expression(parsing: "y")], dimension: 1) }
    }
}
