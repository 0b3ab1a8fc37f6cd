import Algebra
import BuiltInRules
import Matching
import Rules
import Testing

/// Rules that become others at special values of their parameters, by substitution in what was derived.
struct KnownReductionTests {
    private typealias Q = Quantity

    private func rule(_ name: String) throws -> UpdateRule { try BuiltInRules.rule(named: name) }
    private func sde(_ name: String) throws -> SDE { try Derivation(of: rule(name)).sde }

    /// Expects the model of one rule, its parameters replaced, to be that of another one in the states they share.
    private func expectReduction(
        _ general: String, _ values: [String: Expression], to special: SDE,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let rule = try rule(general)
        var replacements: [Symbol: Expression] = [:]
        for (name, value) in values {
            replacements[try #require(rule.parameter(named: name), sourceLocation: location).symbol] = value
        }
        let model = try sde(general)
        for (a, state) in special.states.enumerated() {
            let own = try #require(model.states.firstIndex { $0.name == state.name }, sourceLocation: location)
            expectEqual(
                model.drift[own].substituting(replacements), special.drift[a], "drift of \(state)", at: location)
            for (c, other) in special.states.enumerated() {
                let second = try #require(model.states.firstIndex { $0.name == other.name }, sourceLocation: location)
                expectEqual(
                    model.covariance[own][second].substituting(replacements), special.covariance[a][c],
                    "covariance of \(state) and \(other)", at: location)
            }
        }
    }

    @Test func `without weight decay a rule with it is the one without`() throws {
        try expectReduction("adamw", ["gamma": .zero], to: sde("adam"))
        try expectReduction("rmspropw", ["gamma": .zero], to: sde("rmsprop"))
        try expectReduction("sgdw", ["gamma": .zero], to: sde("sgd"))
        try expectReduction("tiger", ["gamma": .zero], to: sde("signum"))
    }

    @Test func `Signum without memory is SignSGD, momentum without memory SGD`() throws {
        // beta = 1 - eta rho = 0.
        try expectReduction("signum", ["rho": 1 / Q.eta], to: sde("signsgd"))
        try expectReduction("momentum", ["rho": 1 / Q.eta], to: sde("sgd"))
    }

    @Test func `quasi-hyperbolic momentum lies between SGD and momentum`() throws {
        try expectReduction("qhm", ["nu": .zero], to: sde("sgd"))
        try expectReduction("qhm", ["nu": .one], to: sde("momentum"))
    }

    @Test func `Lion with equal rates is Tiger, and without decay Signum`() throws {
        try expectReduction("lion", ["rho1": Q.rho, "rho2": Q.rho], to: sde("tiger"))
        try expectReduction("lion", ["rho1": Q.rho, "rho2": Q.rho, "gamma": .zero], to: sde("signum"))
    }

    @Test func `aggregated momentum with equal rates and means is momentum`() throws {
        let model = try sde("aggmo")
        let n = Symbol("n", indices: [Q.i])
        let merged = model.drift[0].substituting([
            n: Q.m, Symbol("rho1", bounds: .positive): Q.rho, Symbol("rho2", bounds: .positive): Q.rho,
        ])
        expectEqual(merged, try sde("momentum").drift[0])
    }

    @Test func `Adam at beta1 = 0 is RMSprop with bias correction`() throws {
        let corrected = try UpdateRule(
            parsing: """
                optimizer Corrected
                step eta
                parameter rho2 : positive
                parameter epsilon : nonnegative
                let beta2 = 1 - eta*rho2
                state x
                state v : nonnegative = 0
                gradient g at x
                v' = beta2*v + (1 - beta2)*g^2
                x' = x - eta*g/(sqrt(v'/(1 - beta2^k)) + epsilon)
                """)
        let adam = try rule("adam")
        let position = try #require(adam.update(of: adam.position))
        let atZero = position.substituting(Symbol("rho1", bounds: .positive), by: 1 / Q.eta)
        expectEqual(atZero, corrected.updates[0])
        let decay = 1 - exp(-Q.rho2 * Q.t)
        let drift = try Derivation(of: corrected).sde.drift
        expectEqual(drift[0], -Q.gradient / (sqrt(Q.v / decay) + Q.epsilon))
        expectEqual(drift[1], Q.rho2 * (Q.gradient ** 2 + Q.sigma ** 2 - Q.v))
    }

    @Test func `AdaMax of the 2-norm is Adam without bias correction of the second moment`() throws {
        // Its rate is 2 rho2: 1 - (1 - eta rho2)^2 = 2 eta rho2 + O(eta^2).
        let plain = try UpdateRule(
            parsing: """
                optimizer Plain
                step eta
                parameter rho1 : positive, O(eta^-zeta)
                parameter rho2 : positive
                let beta1 = 1 - eta*rho1
                let beta2 = 1 - eta*rho2
                state x
                state m = 0
                state v : nonnegative = 0
                gradient g at x
                m' = beta1*m + (1 - beta1)*g
                v' = beta2*v + (1 - beta2)*g^2
                x' = x - eta*(m'/(1 - beta1^k))/sqrt(v')
                """)
        try expectReduction("adamaxp", ["p": 2, "rho2": Q.rho2 / 2], to: Derivation(of: plain).sde)
    }

    @Test func `the power of Padam at one half is Adam's`() throws {
        let drift = try sde("padam").drift[0].substituting(Symbol("q", bounds: .positive), by: .half)
        expectEqual(drift, -(Q.m + Q.eta * Q.rho1 * (Q.gradient - Q.m)) / sqrt(Q.v))
    }

    @Test func `the heavy ball's velocity relaxes to the effective step eta/rho`() throws {
        // a/(1 - b) with a = eta^2 and b = 1 - eta rho.
        let model = try sde("heavyball")
        let settled = [Symbol("p", indices: [Q.i]): -Q.gradient / Q.rho]
        expectEqual(model.drift[1].substituting(settled), .zero)
        expectEqual(model.drift[0].substituting(settled), -Q.gradient / Q.rho)
    }

    @Test func `a layer of LARS without decay moves like the normalized gradient times its length`() throws {
        let length = sqrt(
            Expression.indexSum(body: Expression(Symbol("x", role: .position, indices: [.bound(0)])) ** 2))
        let lars = try Derivation(of: rule("lars")).increments.first[0]
        let normalized = try Derivation(of: rule("normalizedsgd")).increments.first[0]
        expectEqual(lars.substituting(Symbol("gamma", bounds: .nonnegative), by: .zero), length * normalized)
    }
}
