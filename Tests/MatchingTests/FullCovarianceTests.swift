import Algebra
import BuiltInRules
import ExactNumbers
import Matching
import Rules
import Testing

/// The full covariance, and what the literature's models leave out of it.
struct FullCovarianceTests {
    typealias Q = Quantity

    @Test func `RMSprop couples the position with the second moment`() throws {
        let derivation = try Derivation(of: BuiltInRules.rule(named: "rmsprop"))
        let covariance = derivation.sde.covariance
        let root = sqrt(Q.v) + Q.epsilon
        expectEqual(covariance[0][1], -2 * Q.rho * Q.gradient * Q.sigma ** 2 / root)
        expectEqual(covariance[1][1], Q.rho ** 2 * (4 * Q.gradient ** 2 * Q.sigma ** 2 + 2 * Q.sigma ** 4))
        #expect(derivation.certificate.level == .m1c)
    }

    @Test func `the diffusion is a root of the covariance`() throws {
        for name in ["sgd", "sgdw", "signsgd", "rmsprop", "rmspropw", "adam", "adamw"] {
            let sde = try Derivation(of: BuiltInRules.rule(named: name)).sde
            for a in sde.states.indices {
                for c in sde.states.indices {
                    let product = Expression.sum(of: zip(sde.diffusion[a], sde.diffusion[c]).map { $0 * $1 })
                    expectEqual(product, sde.covariance[a][c], "\(name) S[\(a)][\(c)]")
                }
            }
        }
    }

    @Test func `Adam's published model drops a covariance that is tolerated for zeta up to one half only`() throws {
        let derivation = try Derivation(
            of: BuiltInRules.rule(named: "adam"), options: DerivationOptions(diffusion: .declared))
        let dropped = try #require(
            derivation.certificate.droppedCovariances.first { $0.states.map(\.name) == ["x", "m"] })
        #expect(dropped.weight == Weight(3, slope: -2))
        #expect(dropped.weight.holds(atLeast: 2) == .upTo(Rational(1, 2)))
        #expect(derivation.certificate.level == .m1)
    }

    /// The same mean at the same rate, whether or not the position reads the coordinates together.
    @Test(arguments: ["m'", "m'/norm(m')"])
    func `the second moment of a graded average is left with three powers of its rate`(direction: String) throws {
        let rule = try UpdateRule(
            parsing: """
                optimizer Graded
                step eta
                parameter rho : positive, O(eta^-zeta)
                let beta = 1 - eta*rho
                state x
                state m = 0
                gradient g at x
                noise gaussian, isotropic
                m' = beta*m + (1 - beta)*g
                x' = x - eta*\(direction)
                """)
        let residuals = try Derivation(of: rule).certificate.conditions[1].residuals
        let average = try #require(residuals.first { $0.moment == "E ΔmΔm" })
        #expect(average.weight == Weight(3, slope: -3))
    }

    @Test func `RMSprop's published model drops two entries of the size of the noise it keeps`() throws {
        let derivation = try Derivation(
            of: BuiltInRules.rule(named: "rmsprop"), options: DerivationOptions(diffusion: .declared))
        #expect(derivation.certificate.droppedCovariances.map { $0.states.map(\.name) } == [["x", "v"], ["v", "v"]])
        #expect(derivation.certificate.droppedCovariances.allSatisfy { $0.weight == 2 && $0.tolerated == .always })
    }
}
