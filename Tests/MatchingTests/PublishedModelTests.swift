import Algebra
import BuiltInRules
import Matching
import Probability
import Rules
import Testing

/// The SDEs of "Adaptive Methods through the Lens of SDEs" (Compagnoni et al. 2025) and of its first version, entered by
/// hand; each is what `--diffusion declared` gives.
struct PublishedModelTests {
    typealias Q = Quantity

    private func model(_ name: String, noise: NoiseLaw? = nil) throws -> SDE {
        try Derivation(
            of: BuiltInRules.rule(named: name), options: DerivationOptions(noise: noise, diffusion: .declared)
        ).sde
    }

    @Test func `SGD: dX = -grad f dt + sqrt(eta Sigma) dW`() throws {
        let sde = try model("sgd")
        #expect(sde.drift == [-Q.gradient])
        #expect(sde.covariance == [[Q.sigma ** 2]])
        #expect(sde.diffusion == [[Q.sigma]])
    }

    @Test func `SGDW adds -gamma X to the drift`() throws {
        let sde = try model("sgdw")
        expectEqual(sde.drift[0], -Q.gradient - Q.gamma * Q.x)
        #expect(sde.covariance == [[Q.sigma ** 2]])
    }

    @Test func `SignSGD under Gaussian noise: Corollary 3.3`() throws {
        let sde = try model("signsgd")
        let y = Q.gradient / (sqrt(2) * Q.sigma)
        #expect(sde.drift == [-erf(y)])
        expectEqual(sde.covariance[0][0], 1 - erf(y) ** 2)
        expectEqual(sde.diffusion[0][0], sqrt(1 - erf(y) ** 2))
    }

    @Test func `SignSGD under any noise: Theorem 3.2`() throws {
        let sde = try model("signsgd", noise: .any)
        let g = Expression(Symbol("g", role: .randomField, indices: [Q.i]))
        let probability = Expression.function(.probabilityNegative, [g])
        expectEqual(sde.drift[0], -(1 - 2 * probability))
        expectEqual(sde.covariance[0][0], 1 - (1 - 2 * probability) ** 2)
    }

    @Test func `SignSGD under Student's law: Lemma 3.10`() throws {
        let sde = try model("signsgd", noise: .student(nu: 2))
        let y = Q.gradient / Q.sigma
        expectEqual(sde.drift[0], -y / sqrt(2 + y ** 2))
        expectEqual(sde.covariance[0][0], 1 - y ** 2 / (2 + y ** 2))
    }

    @Test(arguments: ["rmsprop", "rmspropw"])
    func `RMSprop and RMSpropW: Theorems C.16 and C.21`(name: String) throws {
        let sde = try model(name)
        let root = sqrt(Q.v) + Q.epsilon
        let decay = name == "rmspropw" ? Q.gamma * Q.x : 0
        expectEqual(sde.drift[0], -Q.gradient / root - decay)
        expectEqual(sde.drift[1], Q.rho * (Q.gradient ** 2 + Q.sigma ** 2 - Q.v))
        expectEqual(sde.covariance[0][0], Q.sigma ** 2 / root ** 2)
        #expect(sde.covariance[0][1].isZero && sde.covariance[1][1].isZero)
    }

    @Test(arguments: ["adam", "adamw"])
    func `Adam and AdamW: Theorems C.26 and C.31`(name: String) throws {
        let sde = try model(name)
        let gamma1 = 1 - exp(-Q.rho1 * Q.t)
        let gamma2 = 1 - exp(-Q.rho2 * Q.t)
        let root = sqrt(Q.v) + Q.epsilon * sqrt(gamma2)
        let decay = name == "adamw" ? Q.gamma * Q.x : 0
        let momentum = Q.m + Q.eta * Q.rho1 * (Q.gradient - Q.m)
        #expect(sde.states.map(\.name) == ["x", "m", "v"])
        expectEqual(sde.drift[0], -sqrt(gamma2) / gamma1 / root * momentum - decay)
        expectEqual(sde.drift[1], Q.rho1 * (Q.gradient - Q.m))
        expectEqual(sde.drift[2], Q.rho2 * (Q.gradient ** 2 + Q.sigma ** 2 - Q.v))
        expectEqual(sde.covariance[1][1], Q.rho1 ** 2 * Q.sigma ** 2)
        for (a, row) in sde.covariance.enumerated() {
            for (c, entry) in row.enumerated() where (a, c) != (1, 1) { #expect(entry.isZero) }
        }
    }
}
