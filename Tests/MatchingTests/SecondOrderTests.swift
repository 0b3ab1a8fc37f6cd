import Algebra
import BuiltInRules
import ExactNumbers
import Matching
import Probability
import Rules
import Testing

/// b1 in closed form.
struct SecondOrderTests {
    typealias Q = Quantity

    private func correction(_ name: String, noise: NoiseLaw? = nil, sizes: [String: Weight] = [:]) throws
        -> [Expression]
    {
        try Derivation(
            of: BuiltInRules.rule(named: name), options: DerivationOptions(noise: noise, order: 2, sizes: sizes)
        ).driftCorrection
    }

    @Test func `SGD: b1 = -(1/2) Hess f grad f (Li, Tai and E 2017)`() throws {
        try expectEqual(correction("sgd")[0], -Q.hessian(Q.gradient) / 2)
    }

    @Test func `SignSGD: b1 = -(1/2) (b0 . grad) b0 through the Hessian`() throws {
        let u = Q.gradient / (sqrt(2) * Q.sigma)
        let expected = -exp(-(u ** 2)) / (Q.sigma * sqrt(2 * .pi)) * Q.hessian(erf(u))
        try expectEqual(correction("signsgd")[0], expected)
    }

    @Test func `RMSprop in the form of mathematics`() throws {
        let b1 = try correction("rmsprop")
        let root = sqrt(Q.v) + Q.epsilon
        let slope = 1 / (2 * sqrt(Q.v))
        let second = Q.gradient ** 2 + Q.sigma ** 2
        let mean = Q.rho * (Q.gradient ** 3 + 3 * Q.gradient * Q.sigma ** 2 - Q.v * Q.gradient) * slope / root ** 2
        let transport = Q.hessian(Q.gradient / root) / root + Q.rho * (second - Q.v) * Q.gradient * slope / root ** 2
        expectEqual(b1[0], mean - transport / 2)
        let expected = Q.rho * Q.gradient * Q.hessian(Q.gradient / root) + Q.rho ** 2 * (second - Q.v) / 2
        expectEqual(b1[1], expected)
    }

    @Test func `a graded parameter that the update does not hold stops nothing`() throws {
        let rule = try UpdateRule(
            parsing: """
                optimizer Unused
                step eta
                parameter rho : positive, O(eta^-zeta)
                let beta = 1 - eta*rho
                state x
                gradient g at x
                noise gaussian
                x' = x - eta*g
                """)
        #expect(try Derivation(of: rule, options: DerivationOptions(order: 2)).sde.drift.count == 1)
    }

    @Test func `a graded parameter stops order 2, with the reason`() throws {
        #expect(throws: DerivationError.self) { try correction("adam") }
    }

    @Test func `Adam with O(1) rates at late times has the closed form without bias corrections`() throws {
        // With the corrections exp(-rho t) set to zero Adam is the rule without them.
        let b1 = try correction("adam", sizes: ["rho1": .zero]).map { entry in
            entry.substituting([UpdateRule.time: Expression(Symbol("T", bounds: .positive))])
        }
        let late = b1.map { entry in
            entry.replacing { node in
                guard case .product(let coefficient, let factors) = node.content,
                    factors.contains(where: { $0.base == .e })
                else { return nil }
                return coefficient.isZero ? node : .zero
            }
        }
        let root = sqrt(Q.v) + Q.epsilon
        let slope = 1 / (2 * sqrt(Q.v))
        let second = Q.gradient ** 2 + Q.sigma ** 2
        let expectedX =
            -Q.rho1 * (Q.gradient - Q.m) / root / 2 + Q.m * Q.rho2 * (second - Q.v) * slope / root ** 2 / 2
        expectEqual(late[0], expectedX)
        expectEqual(late[1], Q.rho1 * Q.hessian(Q.m / root) / 2 + Q.rho1 ** 2 * (Q.gradient - Q.m) / 2)
        expectEqual(late[2], Q.rho2 * Q.gradient * Q.hessian(Q.m / root) + Q.rho2 ** 2 * (second - Q.v) / 2)
    }
}
