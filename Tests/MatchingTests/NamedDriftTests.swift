import Algebra
import ExactNumbers
import Matching
import Probability
import Rules
import Testing

/// The correction of order 2 where the drift has no closed form and stays a named expectation.
struct NamedDriftTests {
    typealias Q = Quantity

    private func derivation(step: String, noise: NoiseLaw = .gaussian) throws -> Derivation {
        let rule = try UpdateRule(
            parsing: """
                optimizer Named
                step      eta
                state     x
                gradient  g at x
                noise     gaussian
                diffusion x

                x' = x - eta*\(step)
                """)
        return try Derivation(of: rule, options: DerivationOptions(noise: noise, order: 2))
    }

    /// b0 = -E[h(f' + sigma Z)] and b1 = -(1/2) E[h'] Hess f E[h].
    @Test func `the transport of a named drift goes under the expectation`() throws {
        let derivation = try derivation(step: "tanh(g)")
        let z = Expression(Symbol("Z", role: .noise))
        let draw = Q.gradient + Q.sigma * z
        let drift = Expression.expectation(of: tanh(draw))
        expectEqual(derivation.leadingDrift[0], -drift)
        let variance = Expression.expectation(of: tanh(draw) ** 2) - drift ** 2
        #expect(derivation.sde.covariance[0][0] == variance && derivation.sde.diffusion[0][0] == sqrt(variance))
        #expect(derivation.certificate.nonsmoothPoints.isEmpty)
        let slope = Expression.expectation(of: 1 - tanh(draw) ** 2)
        expectEqual(derivation.driftCorrection[0], -(slope * Q.hessian(drift)).scaled(by: .half))
    }

    @Test func `a delta under the expectation is closed`() throws {
        let derivation = try derivation(step: "sign(g)*exp(-abs(g))", noise: .laplace)
        var hasDelta = false
        derivation.driftCorrection[0].forEachNode { node in
            if case .function(.dirac, _) = node.content { hasDelta = true }
        }
        #expect(!hasDelta)
        #expect(!derivation.driftCorrection[0].isZero)
    }
}
