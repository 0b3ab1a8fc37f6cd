import Algebra
import BuiltInRules
import ExactNumbers
import Matching
import Probability
import Rules
import Testing

/// Order 2 where noise of size eta^(-1/2) balances the drift, so that a step is of the size of the root of h = eta.
struct RegimeOrderTwoTests {
    typealias Q = Quantity

    private func derivation(_ name: String, _ others: [String: Weight] = [:]) throws -> Derivation {
        let sizes = ["sigma": Weight(Rational(-1, 2))].merging(others) { $1 }
        return try Derivation(
            of: BuiltInRules.rule(named: name), options: DerivationOptions(order: 2, sizes: sizes))
    }

    @Test func `SGD has a correction of the drift by third derivatives, and one of the covariance by the Hessian`()
        throws
    {
        let derivation = try derivation("sgd")
        let third = Symbol("f", role: .field, derivatives: [Q.i, .bound(0), .bound(0)])
        let variance = Q.sigma.mapIndices { _ in .bound(0) } ** 2
        let drift =
            -Q.gradient - Q.eta * Q.hessian(Q.gradient) / 2
            + Q.eta ** 2 * Expression.indexSum(body: Expression(third) * variance) / 4
        expectEqual(derivation.sde.drift[0], drift)
        let curvature = Expression(Symbol("f", role: .field, derivatives: [Q.i, Q.i]))
        expectEqual(derivation.sde.covariance[0][0], Q.sigma ** 2 * (1 + Q.eta * curvature))
        // (eta/2) (Sigma H + H Sigma)
        let entry = Expression(Symbol("f", role: .field, derivatives: [Q.i, SDE.otherIndex]))
        let other = Q.sigma.mapIndices { _ in SDE.otherIndex }
        expectEqual(derivation.sde.crossCovariance[0][0], Q.eta * entry * (Q.sigma ** 2 + other ** 2) / 2)
        #expect(derivation.certificate.level == .m2 && derivation.certificate.holds)
    }

    @Test func `weight decay enters the covariance as a curvature, and couples no coordinates`() throws {
        let derivation = try derivation("sgdw")
        let curvature = Expression(Symbol("f", role: .field, derivatives: [Q.i, Q.i]))
        expectEqual(derivation.sde.covariance[0][0], Q.sigma ** 2 * (1 + Q.eta * (curvature + Q.gamma)))
        #expect(derivation.sde.crossCovariance == (try self.derivation("sgd")).sde.crossCovariance)
    }

    /// A step of x by -eta m, of m by eta rho (g - m): the model's own Cov(x, m) over a step is -eta^2 rho^2 sigma^2/2 eta, the
    /// optimizer's -eta^3 rho^2 sigma^2.
    @Test func `the one noise of momentum moves both states, x by a multiple of eta`() throws {
        let derivation = try derivation("momentum", ["rho": 0])
        let s = derivation.sde.diffusion
        #expect(s.allSatisfy { $0.count == 1 })
        let half = Rational(1, 2)
        expectEqual(s[0][0] / s[1][0] * (1 + Q.eta * Q.rho / 2), -Q.eta.scaled(by: half))
        for a in 0..<2 {
            for c in 0..<2 { expectEqual(derivation.sde.covariance[a][c], s[a][0] * s[c][0]) }
        }
        #expect(derivation.certificate.level == .m2)
    }

    @Test func `what has no model says why`() throws {
        func reason(_ name: String, _ others: [String: Weight] = [:]) -> String {
            do {
                _ = try derivation(name, others)
                return "none"
            } catch { return "\(error)" }
        }
        #expect(reason("momentum").contains("rho is graded"))
        #expect(reason("qhm", ["rho": 0]).contains("all states share the noise of one gradient"))
        #expect(reason("qhm", ["rho": 0]).contains("condition 2 asks for the covariance S[x_i,x_j] = "))
        // Slower than the position: the noise of x is no smaller than the drift squared.
        #expect(reason("signsgd").contains("third cumulant"))
    }

    @Test func `a moment that condition 4 needs is one of the law`() throws {
        let powers = try derivation("sgd").certificate.requiredMoments.map(\.order)
        #expect(powers == [2, 6])
    }
}
