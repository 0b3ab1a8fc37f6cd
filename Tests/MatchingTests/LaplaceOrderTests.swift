import Algebra
import BuiltInRules
import Matching
import Probability
import Testing

/// Order 2 under a law whose density has a kink.
struct LaplaceOrderTests {
    typealias Q = Quantity

    private func derivation(_ rule: String) throws -> Derivation {
        try Derivation(of: BuiltInRules.rule(named: rule), options: DerivationOptions(noise: .laplace, order: 2))
    }

    @Test func `SignSGD's drift does not jump, and b1 = -(1/2) b0' Hess f b0 away from its kink`() throws {
        let model = try derivation("signsgd")
        // b0 = -sign(y) (1 - exp(-sqrt 2 |y|/sigma)), whose derivative is -(sqrt 2/sigma) exp(-sqrt 2 |y|/sigma).
        let decay = exp(-sqrt(2) * abs(Q.gradient) / Q.sigma)
        let mean = sign(Q.gradient) * (1 - decay)
        let expected = -sqrt(2) / (2 * Q.sigma) * decay * Q.hessian(mean)
        for (slope, curvature, sigma) in [(0.7, 1.3, 0.5), (-0.2, 0.4, 1.1)] {
            let point: [Symbol: Double] = [
                Symbol("f", role: .field, derivatives: [.free("i")]): slope,
                Symbol("f", role: .field, derivatives: [.free("i"), .free("i")]): curvature,
                Symbol("sigma", indices: [.free("i")], bounds: .nonnegative): sigma,
            ].merging([Q.sigma.symbol ?? Symbol("sigma"): sigma]) { $1 }
            let value = model.driftCorrection[0].onOnlyCoordinate(.free("i")).evaluated(at: point)
            #expect(abs(value - expected.onOnlyCoordinate(.free("i")).evaluated(at: point)) < 1e-14)
        }
        let points = model.certificate.nonsmoothPoints
        #expect(!points.isEmpty && points.allSatisfy { !$0.isDiscontinuous })
    }

    @Test func `clipped SGD has a model of order 2 as well, and a jump still has none`() throws {
        let clipped = try derivation("clippedsgd")
        #expect(clipped.certificate.holds)
        let rule = try BuiltInRules.rule(named: "signsgd")
        let options = DerivationOptions(noise: .rademacher, order: 2)
        #expect(throws: DerivationError.self) { try Derivation(of: rule, options: options) }
    }
}
