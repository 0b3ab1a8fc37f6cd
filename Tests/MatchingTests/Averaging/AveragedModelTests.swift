import Algebra
import BuiltInRules
import Matching
import Probability
import Rules
import Testing

import func Foundation.erf

/// Models of the slow states where a moving average forgets at a fixed rate.
struct AveragedModelTests {
    private func averaged(_ name: String, _ rates: String..., noise: NoiseLaw? = nil) throws -> SDE {
        try Derivation(
            of: BuiltInRules.rule(named: name),
            options: DerivationOptions(noise: noise, sizes: Dictionary(uniqueKeysWithValues: rates.map { ($0, -1) }))
        ).sde
    }

    private func model(of text: String) throws -> SDE {
        try Derivation(of: UpdateRule(parsing: text), options: DerivationOptions(sizes: ["rho": -1])).sde
    }

    @Test(arguments: ["momentum", "qhm"])
    func `an average of the gradient moves like SGD`(name: String) throws {
        let sde = try averaged(name, "rho")
        #expect(sde.states.map(\.name) == ["x"])
        expectEqual(sde.drift[0], -Quantity.gradient)
        expectEqual(sde.covariance[0][0], Quantity.sigma * Quantity.sigma)
    }

    @Test(arguments: ["heavyball", "nesterov"])
    func `heavy ball moves like SGD with the step eta over rho`(name: String) throws {
        let sde = try averaged(name, "rho")
        expectEqual(sde.drift[0], -Quantity.gradient / Quantity.rho)
        expectEqual(sde.covariance[0][0], Quantity.sigma * Quantity.sigma / (Quantity.rho * Quantity.rho))
    }

    /// AdaShift's v takes the gradient of the step before, which is independent of the one that moves x.
    @Test func `a gradient of the step before has no covariance with those of other steps`() throws {
        let sde = try model(
            of: """
                optimizer Delayed
                step eta
                parameter rho, rho2 : positive
                let beta = 1 - eta*rho
                state x
                state p = 0
                state v : nonnegative = 0
                gradient g at x
                noise gaussian
                v' = v + eta*rho2*(p^2 - v)
                p' = beta*p + (1 - beta)*g
                x' = x - eta*g/(sqrt(v) + 1)
                """)
        let root = sqrt(Expression(try #require(sde.states.last))) + 1
        expectEqual(sde.covariance[0][0], Quantity.sigma * Quantity.sigma / (root * root))
        #expect(sde.averages?.functions.count == 2)
    }

    @Test func `a state that is replaced at every step is told how to be averaged`() throws {
        let rule = try UpdateRule(
            parsing: """
                optimizer Previous
                step eta
                state x
                state p = 0
                gradient g at x
                noise gaussian
                x' = x - eta*(2*g - p)
                p' = g
                """)
        do {
            _ = try Derivation(of: rule)
            Issue.record("the gradient before is no slow state")
        } catch {
            #expect("\(error)".contains("p is replaced at every step"))
            #expect("\(error)".contains("--regime 'rho=O(eta^-1)'"))
        }
    }

    @Test func `a linear average holds for any law with a variance`() throws {
        let sde = try averaged("momentum", "rho", noise: .student(nu: 5))
        expectEqual(sde.covariance[0][0], Quantity.sigma * Quantity.sigma * 5 / 3)
        #expect(throws: DerivationError.self) { try averaged("momentum", "rho", noise: .student(nu: 2)) }
    }

    @Test func `Signum's drift is the error function of the signal to the noise of its mean`() throws {
        let sde = try averaged("signum", "rho")
        let kappa = Quantity.eta * Quantity.rho
        let deviation = Quantity.sigma * sqrt(kappa) / sqrt(2 - kappa)
        #expect(sde.drift[0] == -erf(Quantity.gradient / (sqrt(2) * deviation)))
        #expect(sde.averages?.functions.count == 1)
        #expect(sde.averages?.fastStates.map(\.name) == ["m"])
        let oneStep = 1 - erf(Quantity.gradient / (sqrt(2) * deviation)) ** 2
        #expect(sde.averages?.presentVariance == oneStep)
    }

    /// u = beta1 m + (1 - beta1) g has the variance beta1^2 (1 - beta2)/(1 + beta2) + (1 - beta1)^2 in units of sigma^2: a ratio
    /// whose two parts have no sign that the bounds of rho1 and rho2 tell.
    @Test func `Lion's drift is finite and has the spread of its interpolation`() throws {
        let sde = try averaged("lion", "rho1", "rho2")
        let (eta, beta1, beta2, decay) = (1e-3, 0.5, 0.9, 0.1)
        let deviation = (beta1 * beta1 * (1 - beta2) / (1 + beta2) + (1 - beta1) * (1 - beta1)).squareRoot()
        let point: [Symbol: Double] = [
            Symbol("eta", bounds: .positive): eta, Symbol("rho1", bounds: .positive): (1 - beta1) / eta,
            Symbol("rho2", bounds: .positive): (1 - beta2) / eta, Symbol("gamma", bounds: .nonnegative): decay,
            UpdateRule.noiseScale: 2, sde.states[0]: 0.7, UpdateRule.loss.differentiated(by: .free("i")): 0.6,
        ]
        let expected = -erf(0.6 / (2 * 2.0.squareRoot() * deviation)) - decay * 0.7
        #expect((sde.drift[0].evaluated(at: point) - expected).magnitude < 1e-14)
    }

    @Test func `Adam at a fixed beta1 keeps v and moves along the gradient`() throws {
        let sde = try averaged("adam", "rho1")
        #expect(sde.states.map(\.name) == ["x", "v"])
        let correction = sqrt(1 - exp(-Quantity.rho2 * Quantity.t))
        let scale = sqrt(Quantity.v) + Quantity.epsilon * correction
        expectEqual(sde.drift[0], -Quantity.gradient * correction / scale)
        // A gradient's whole effect on x is g itself, whatever beta1: Cov(g, g^2) = 2 f' sigma^2.
        let variance = Quantity.sigma * Quantity.sigma
        expectEqual(
            sde.covariance[0][1], -2 * Quantity.rho2 * Quantity.gradient * variance * correction / scale)
    }

    @Test func `decay of a state that never forgets is refused`() {
        #expect(throws: DerivationError.self) {
            try model(
                of: """
                    optimizer Sum
                    step eta
                    parameter rho : positive
                    state x
                    state v = 0
                    gradient g at x
                    v' = v + eta*rho*g
                    x' = x - eta*v'
                    """)
        }
    }

    @Test func `two states that enter nonlinearly are refused with a reason`() throws {
        do {
            _ = try model(
                of: """
                    optimizer Two
                    step eta
                    parameter rho : positive
                    state x
                    state u : nonnegative = 0
                    state w : nonnegative = 0
                    gradient g at x
                    u' = max((1 - eta*rho)*u, abs(g))
                    w' = max((1 - eta*rho)*w, g)
                    x' = x - eta*g/(1 + u'*w')
                    """)
            Issue.record("no model was expected")
        } catch let error as DerivationError {
            #expect("\(error)".contains("u, w"))
        }
    }

    @Test func `order 2, matched grading and declared noise are refused`() throws {
        for options in [
            DerivationOptions(order: 2, sizes: ["rho": -1]), DerivationOptions(grading: .matched, sizes: ["rho": -1]),
            DerivationOptions(diffusion: .declared, sizes: ["rho": -1]),
        ] {
            #expect(throws: DerivationError.self) {
                try Derivation(of: BuiltInRules.rule(named: "signum"), options: options)
            }
        }
    }

    @Test func `the certificate says what was averaged and what is left out`() throws {
        let certificate = try Derivation(
            of: BuiltInRules.rule(named: "signum"), options: DerivationOptions(sizes: ["rho": -1])
        ).certificate
        #expect(certificate.level == .averaged)
        let notes = certificate.notes.joined(separator: "\n")
        for part in ["averaged over m", "Green and Kubo", "cell problem", "covariance of one step"] {
            #expect(notes.contains(part))
        }
    }
}
