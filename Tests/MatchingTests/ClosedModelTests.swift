import Algebra
import BuiltInRules
import Matching
import Testing

/// The models of built-in rules against closed forms entered by hand.
struct ClosedModelTests {
    private typealias Q = Quantity

    private func model(_ name: String) throws -> SDE { try Derivation(of: BuiltInRules.rule(named: name)).sde }
    private static func positive(_ name: String) -> Expression { Expression(Symbol(name, bounds: .positive)) }

    @Test func `clipping by coordinate has the moments of a clipped normal variable`() throws {
        // With a = (c - f')/sigma and b = (c + f')/sigma, from the moments of a normal law truncated to [-b, a].
        let c = Self.positive("c")
        let (a, b) = ((c - Q.gradient) / Q.sigma, (c + Q.gradient) / Q.sigma)
        let above = (1 - erf(a / sqrt(2))) / 2
        let below = (1 - erf(b / sqrt(2))) / 2
        let between = 1 - above - below
        func density(_ z: Expression) -> Expression { exp(-(z ** 2) / 2) / sqrt(2 * .pi) }
        let mean = c * (above - below) + Q.gradient * between + Q.sigma * (density(b) - density(a))
        let square =
            c ** 2 * (above + below) + (Q.gradient ** 2 + Q.sigma ** 2) * between
            + 2 * Q.gradient * Q.sigma * (density(b) - density(a)) - Q.sigma ** 2 * (a * density(a) + b * density(b))
        let sde = try model("clippedsgd")
        expectEqual(sde.drift[0], -mean)
        expectEqual(sde.covariance[0][0], square - mean ** 2)
    }

    @Test func `Lion and Tiger follow the error function of the signal-to-noise ratio`() throws {
        let kappa = Q.eta * Q.rho1
        let ratio = (Q.m + kappa * (Q.gradient - Q.m)) / (sqrt(2) * kappa * Q.sigma)
        let lion = try model("lion")
        expectEqual(lion.drift[0], -erf(ratio) - Q.gamma * Q.x)
        expectEqual(lion.drift[1], Q.rho2 * (Q.gradient - Q.m))
        expectEqual(lion.covariance[0][0], 1 - erf(ratio) ** 2)
        expectEqual(lion.covariance[0][1], -Q.rho2 * Q.sigma * sqrt(2) * exp(-(ratio ** 2)) / sqrt(.pi))
        expectEqual(lion.covariance[1][1], Q.rho2 ** 2 * Q.sigma ** 2)
        let tiger = try model("tiger")
        let toRho = [Symbol("rho1", bounds: .positive): Q.rho]
        expectEqual(tiger.drift[0], (-erf(ratio) - Q.gamma * Q.x).substituting(toRho))
    }

    @Test func `the heavy ball is a damped body in a noisy field`() throws {
        let sde = try model("heavyball")
        let p = Expression(Symbol("p", indices: [Q.i]))
        expectEqual(sde.drift[0], p)
        expectEqual(sde.drift[1], -Q.rho * p - Q.gradient)
        expectEqual(sde.covariance[1][1], Q.sigma ** 2)
        expectEqual(sde.covariance[0][0], .zero)
    }

    @Test func `quasi-hyperbolic momentum takes a share of the gradient at once`() throws {
        let rule = try BuiltInRules.rule(named: "qhm")
        let nu = Expression(try #require(rule.parameter(named: "nu")).symbol)
        let kappa = Q.eta * Q.rho
        let sde = try model("qhm")
        expectEqual(sde.drift[0], -((1 - nu) * Q.gradient + nu * (Q.m + kappa * (Q.gradient - Q.m))))
        expectEqual(sde.covariance[0][0], (1 - nu + nu * kappa) ** 2 * Q.sigma ** 2)
        expectEqual(sde.covariance[0][1], -(1 - nu + nu * kappa) * Q.rho * Q.sigma ** 2)
    }

    @Test func `descent-ascent moves along the signed gradient`() throws {
        let rule = try BuiltInRules.rule(named: "sgda")
        let s = Expression(try #require(rule.parameter(named: "s")).symbol)
        let sde = try model("sgda")
        expectEqual(sde.drift[0], -s * Q.gradient)
        expectEqual(sde.covariance[0][0], s ** 2 * Q.sigma ** 2)
    }

    @Test func `ADOPT averages the gradient over the root of the earlier second moment`() throws {
        let sde = try model("adopt")
        let scale = max(sqrt(Q.v), Self.positive("epsilon"))
        let kappa = Q.eta * Q.rho1
        expectEqual(sde.drift[0], -(Q.m + kappa * (Q.gradient / scale - Q.m)))
        expectEqual(sde.drift[1], Q.rho1 * (Q.gradient / scale - Q.m))
        expectEqual(sde.drift[2], Q.rho2 * (Q.gradient ** 2 + Q.sigma ** 2 - Q.v))
        expectEqual(sde.covariance[1][1], (Q.rho1 * Q.sigma / scale) ** 2)
    }

    @Test func `aggregated momentum has two means of one gradient`() throws {
        let sde = try model("aggmo")
        let n = Expression(Symbol("n", indices: [Q.i]))
        let (k1, k2) = (Q.eta * Q.rho1, Q.eta * Q.rho2)
        expectEqual(sde.drift[0], -(Q.m + k1 * (Q.gradient - Q.m) + n + k2 * (Q.gradient - n)) / 2)
        expectEqual(sde.covariance[1][2], Q.rho1 * Q.rho2 * Q.sigma ** 2)
        expectEqual(sde.covariance[0][0], ((k1 + k2) * Q.sigma / 2) ** 2)
    }
}
