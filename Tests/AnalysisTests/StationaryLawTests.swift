import Algebra
import Analysis
import Matching
import Numerics
import Probability
import Rules
import Testing

/// The stationary laws against closed forms entered by hand, numerical Lyapunov equations and exact laws of optimizers.
struct StationaryLawTests {
    private let eta = Model.eta
    private let lambda = Model.lambda
    private let sigma = Model.sigma

    private func isSame(_ a: Expression?, _ b: Expression) -> Bool { a?.equals(b) == .zero }

    @Test func `SGD settles at eta sigma^2/(2 lambda), as Lemma 3.8 says`() throws {
        let law = try Model.law("sgd")
        #expect(isSame(law.variance, eta * (sigma ** 2) / (2 * lambda)))
        #expect(law.quadraticCovariance == nil && law.nextTerm == nil && law.stability == .stable)
    }

    /// Lemma 3.7 and C.12: printed (eta/pi) H in the bracket, right (eta/pi) Sigma^(-1/2) H.
    @Test func `SignSGD settles at Lemma 3.7's level with Sigma^(-1/2) restored in its bracket`() throws {
        let law = try Model.law("signsgd")
        let bracket = sqrt(2 / .pi) + eta / .pi * lambda / sigma
        #expect(isSame(law.variance, eta / 2 / bracket * sigma / lambda))
        let printed = eta / 2 / (sqrt(2 / .pi) + eta / .pi * lambda) * sigma / lambda
        #expect(law.variance.equals(printed) == .nonzero)
        #expect(isSame(law.leadingVariance, eta * sigma / (2 * lambda) * sqrt(.pi / 2)))
        #expect(isSame(law.nextTerm, -(eta ** 2) / 4))
    }

    @Test func `Student noise changes the slope of SignSGD to twice its density at zero`() throws {
        let law = try Model.law("signsgd", DerivationOptions(noise: .student(nu: 3)))
        // 2 phi(0) = 4/(pi sqrt 3) for three degrees of freedom.
        let slope = 4 / (.pi * sqrt(3)) * lambda / sigma
        #expect(isSame(law.leadingVariance, eta / (2 * slope)))
    }

    /// Lemmas C.20 and C.24.
    @Test func `RMSprop settles at eta sigma/(2 lambda) and decoupled weight decay adds gamma`() throws {
        #expect(isSame(try Model.law("rmsprop").variance, eta * sigma / (2 * lambda)))
        let decayed = try Model.law("rmspropw")
        let gamma = Model.parameter("gamma", .nonnegative)
        #expect(isSame(decayed.variance, eta / 2 / (lambda / sigma + gamma)))
    }

    @Test func `epsilon stays in the exact law`() throws {
        let epsilon = Model.parameter("epsilon", .nonnegative)
        let law = try Model.law("rmsprop", epsilon: nil)
        #expect(isSame(law.variance, eta * (sigma ** 2) / (2 * lambda * (sigma + epsilon))))
    }

    /// The averaged model in the factor beta = 1 - eta rho, with the long-run covariance at the minimum as a named sum.
    @Test func `Signum at a fixed beta settles at a level that keeps beta whole`() throws {
        let law = try Model.law("signum", DerivationOptions(sizes: ["rho": -1]))
        let beta = Model.parameter("beta", .openUnit)
        let slope = sqrt(2 / .pi) * lambda / (sigma * sqrt((1 - beta) / (1 + beta)))
        let noise = law.linearization.blockCovariance[0, 0]
        #expect(noise.contains(beta.symbol ?? law.model.stepSize) && !noise.contains(law.model.stepSize))
        #expect(isSame(law.leadingVariance, eta * noise / (2 * slope)))
        #expect(law.nextTerm == nil)
    }

    @Test func `a rule that does not name its factor settles where the one that does settles`() throws {
        let rule = try UpdateRule(
            parsing: """
                optimizer Unnamed
                step eta
                parameter rho : positive
                state x
                state m = 0
                gradient g at x
                m' = m + eta*rho*(g - m)
                x' = x - eta*sign(m')
                """)
        let options = DerivationOptions(sizes: ["rho": -1])
        let unnamed = try Model.analysis(rule, options)
        let law = try StationaryLaw(of: QuadraticModel(of: unnamed))
        #expect(isSame(law.leadingVariance, try Model.law("signum", options).leadingVariance))
        #expect(law.nextTerm == nil)
        #expect(try unnamed.section(.stationary).notes.contains { $0.contains("β = 1 - η·ρ") })
    }

    /// Lemma C.30.
    @Test func `Adam with all of its noise settles where RMSprop does`() throws {
        let law = try Model.law("adam")
        #expect(isSame(law.leadingVariance, eta * sigma / (2 * lambda)))
        #expect(law.gradedVariance == nil)
        #expect(law.states.map(\.name) == ["x", "m"])
    }

    /// The published SDE keeps the noise of m alone and contradicts the paper's own Lemma C.30.
    @Test func `Adam's published SDE settles beta1^2 too low`() throws {
        let law = try Model.law("adam", DerivationOptions(diffusion: .declared))
        let kappa = eta * Model.parameter("rho1")
        let published = eta * (sigma ** 2) * ((1 - kappa) ** 2) / (2 * lambda * (sigma + eta * lambda))
        #expect(isSame(law.variance, published))
    }

    /// Lemmas 3.14 and C.34 print (eta/2)(H Sigma^(-1/2) + gamma I)^(-1).
    @Test func `AdamW's law has the factor rho1/(rho1 + gamma) that Lemma 3.14 misses`() throws {
        let law = try Model.law("adamw")
        let (rho, gamma) = (Model.parameter("rho1"), Model.parameter("gamma", .nonnegative))
        let printed = eta / 2 / (lambda / sigma + gamma)
        #expect(isSame(law.leadingVariance, printed * rho / (rho + gamma)))
        #expect(isSame(law.gradedVariance, printed))
    }

    @Test func `momentum in every normalization settles as its own closed form says`() throws {
        let rho = Model.parameter("rho")
        #expect(isSame(try Model.law("heavyball").variance, eta * (sigma ** 2) / (2 * lambda * rho)))
        #expect(isSame(try Model.law("nesterov").leadingVariance, eta * (sigma ** 2) / (2 * lambda * rho)))
        #expect(isSame(try Model.law("momentum").leadingVariance, eta * (sigma ** 2) / (2 * lambda)))
        #expect(isSame(try Model.law("nadam").leadingVariance, eta * sigma / (2 * lambda)))
        let nu = Model.parameter("nu", .openUnit)
        let mixed = eta * (sigma ** 2) * (rho + lambda * ((1 - nu) ** 2)) / (2 * lambda * (rho + lambda * (1 - nu)))
        #expect(isSame(try Model.law("qhm").leadingVariance, mixed))
    }

    @Test func `AdaGrad has a quasi-static law at the v that it has reached`() throws {
        let law = try Model.law("adagrad")
        let v = Expression(law.model.states[1])
        #expect(isSame(law.variance, eta * (sigma ** 2) / (2 * lambda * sqrt(v))))
        #expect(law.linearization.equilibrium.kinds[1] == .moving(rate: sigma ** 2))
    }

    /// The p-norm of Gaussian noise: E|Z|^p = 2^(p/2) Gamma((p + 1)/2)/sqrt(pi).
    @Test func `AdaMaxP settles as Adam does with the p-norm of the noise for its scale`() throws {
        let text = """
            optimizer AdaMaxFour
            step eta
            parameter rho1 : positive, O(eta^-zeta)
            parameter rho2 : positive
            let beta1 = 1 - eta*rho1
            let beta2 = 1 - eta*rho2
            state x
            state m = 0
            state v : nonnegative = 0
            gradient g at x
            noise gaussian
            m' = beta1*m + (1 - beta1)*g
            v' = beta2^4*v + (1 - beta2^4)*abs(g)^4
            x' = x - eta*m'/((1 - beta1^k)*v'^(1/4))
            """
        let law = try StationaryLaw(of: QuadraticModel(of: Model.analysis(UpdateRule(parsing: text))))
        let norm = Expression.power(3, Expression(1) / 4)
        #expect(isSame(law.leadingVariance, eta * sigma / (2 * lambda * norm)))
    }

    @Test(arguments: ["signum", "lion"])
    func `a sign of a fast average has no linear model, and the reason is its reach`(name: String) throws {
        do {
            _ = try Model.law(name)
            Issue.record("the linearization was accepted")
        } catch AnalysisError.noLinearization(let reason) {
            #expect(reason.contains("reaches beyond the linear part"))
        }
    }

    /// Var X = (sigma/lambda) sqrt(eta/rho)/sqrt(pi (1 + kappa^2)); the exact law of the averaged model has 0.6143 for
    /// 1/sqrt(pi) = 0.5642, that of slow averages 0.6039.
    @Test func `the Gaussian closure of Signum has the right powers and is 8 percent low`() throws {
        let closure = try GaussianClosure(of: QuadraticModel(of: Model.analysis("signum")))
        let rho = Model.parameter("rho")
        let leading = sigma / lambda * sqrt(eta / rho) / sqrt(.pi)
        #expect(isSame(closure.leadingVariance, leading))
        #expect(isSame(closure.variance, leading / sqrt(1 + ((eta * rho) ** 2))))
        // ln 2 sqrt(pi)/2: the averaged model with its Green-Kubo noise.
        #expect(((1 / Double.pi.squareRoot()) / 0.6143 - 0.918).magnitude < 1e-3)
    }

    @Test func `the Gaussian closure of Lion feels both averages`() throws {
        let closure = try GaussianClosure(of: QuadraticModel(of: Model.analysis("lion")))
        let (rho1, rho2) = (Model.parameter("rho1"), Model.parameter("rho2"))
        #expect(isSame(closure.leadingVariance, sigma / lambda * sqrt(eta / rho2) / sqrt(.pi)))
        let spread = ((1 - eta * rho1) ** 2) * rho2 / (4 * eta * (rho1 ** 2))
        let gain = 2 / sqrt(.pi * (1 + 2 * spread))
        #expect(isSame(closure.variance, gain * sigma / (2 * sqrt(2) * rho1 * lambda)))
    }

    @Test func `coordinates that share noise settle with a covariance`() throws {
        let sgd = try Model.analysis("sgd").sde
        let r = Model.parameter("r", .real)
        func other(_ expression: Expression) -> Expression { expression.mapIndices { _ in SDE.otherIndex } }
        let sde = SDE(
            stepSize: sgd.stepSize, time: sgd.time, states: sgd.states, drift: sgd.drift, covariance: sgd.covariance,
            diffusion: sgd.diffusion, crossCovariance: [[r * sigma * other(sigma)]])
        let law = try StationaryLaw(of: QuadraticModel(of: ModelAnalysis(of: sde)))
        #expect(isSame(law.crossCovariance, eta * r * sigma * other(sigma) / (lambda + other(lambda))))
        #expect(isSame(law.variance, eta * (sigma ** 2) / (2 * lambda)))
        #expect(try Model.law("sgd").crossCovariance == nil)
    }

    @Test func `a cubic term without a slope of its own leaves the linear law alone`() throws {
        let text = """
            optimizer CubicMomentum
            step eta
            parameter rho : positive
            state x
            state m = 0
            gradient g at x
            noise gaussian
            m' = m + eta*rho*(g - m)
            x' = x - eta*(g + m'^3)
            """
        let law = try StationaryLaw(of: QuadraticModel(of: Model.analysis(UpdateRule(parsing: text))))
        #expect(isSame(law.leadingVariance, eta * (sigma ** 2) / (2 * lambda)))
    }

    @Test func `a law that is not specified is asked for`() throws {
        #expect(throws: AnalysisError.unspecifiedLaw) { try Model.law("signsgd", DerivationOptions(noise: .any)) }
    }

    // MARK: Numbers

    private static let rules = [
        "sgd", "signsgd", "rmsprop", "rmspropw", "adam", "adamw", "heavyball", "momentum", "nesterov", "nadam", "qhm",
        "adagrad", "centeredrmsprop", "clippedsgd",
    ]

    private static let values: [String: Double] = [
        "eta": 0.01, "rho": 3, "rho1": 12, "rho2": 2, "gamma": 0.4, "lambda": 1.3, "sigma": 0.6, "nu": 0.3,
        "epsilon": 1e-3, "c": 0.8, "v": 0.9, "u": 0.5,
    ]

    /// Each state's equation `sum_c J_ac P_cb + J_bc P_ac = -eta S_ab` as a row of a dense system of all n^2 entries.
    @Test(arguments: rules)
    func `the symbolic law solves the Lyapunov equation to ten digits, with the slopes of the drift`(name: String)
        throws
    {
        let law = try Model.law(name)
        let n = law.states.count
        let eta = 0.01
        func value(_ expression: Expression) -> Double { Model.value(expression, StationaryLawTests.values) }
        let jacobian = law.linearization.blockJacobian.rows.map { $0.map(value) }
        let source = law.linearization.blockCovariance.rows.map { $0.map(value) }
        var system = DenseMatrix(rows: n * n, columns: n * n)
        var right = [Double](repeating: 0, count: n * n)
        for a in 0..<n {
            for b in 0..<n {
                right[a * n + b] = -eta * source[a][b]
                for c in 0..<n {
                    system[a * n + b, c * n + b] += jacobian[a][c]
                    system[a * n + b, a * n + c] += jacobian[b][c]
                }
            }
        }
        let solution = try system.solve(right)
        let size = solution.map(\.magnitude).max() ?? 0
        for a in 0..<n {
            for b in 0..<n {
                let exact = value(law.covariance[a, b])
                #expect((exact - solution[a * n + b]).magnitude < 1e-10 * size)
            }
        }

        // Central differences of fourth order of the drift itself.
        let linearization = law.linearization
        var values = StationaryLawTests.values
        for (state, value) in linearization.equilibrium.values { values[state.name] = Model.value(value, values) }
        for a in law.states.indices {
            for c in law.states.indices {
                let drift = law.model.drift[linearization.block[a]]
                func at(_ shift: Double) -> Double {
                    var moved = values
                    moved[law.states[c].name, default: 0] += shift
                    return Model.value(drift, moved)
                }
                let h = 1e-3
                let slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
                let exact = Model.value(linearization.blockJacobian[a, c], values)
                #expect((slope - exact).magnitude < 1e-8 * (1 + exact.magnitude))
            }
        }
    }
}
