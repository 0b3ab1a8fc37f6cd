import Algebra
import Analysis
import Matching
import Rules
import Testing

struct GeneratorTests {
    private let eta = Model.eta
    private let loss = Expression(UpdateRule.loss)

    private func field(_ indices: Index...) -> Expression {
        Expression(Symbol("f", role: .field, derivatives: indices))
    }

    private func scale(_ index: Index) -> Expression { Expression(UpdateRule.noiseScale.mapIndices { _ in index }) }

    @Test func `the loss of SGD falls by the squared gradient and rises by the noise times the Hessian`() throws {
        let image = try Generator(of: Model.analysis("sgd").sde)(loss)
        let fall = -Expression.indexSum(body: (field(.bound(0)) ** 2))
        let rise = Expression.indexSum(body: (scale(.bound(0)) ** 2) * field(.bound(0), .bound(0)))
        #expect(image.drift.equals(fall) == .zero)
        #expect(image.diffusion.equals((eta * rise).scaled(by: .half)) == .zero)
        #expect(image.time.isZero)
    }

    @Test func `an explicit time has its own derivative`() throws {
        let sde = try Model.analysis("sgd").sde
        let x = Expression(sde.states[0])
        let image = try Generator(of: sde)(Model.time * (x ** 2))
        let expected = (x ** 2) - 2 * Model.time * x * field(.free("i")) + Model.time * eta * (Model.sigma ** 2)
        #expect(image.total.equals(expected) == .zero)
    }

    @Test func `a product of position and second moment has the mixed term of their covariance`() throws {
        let sde = try Model.analysis("rmsprop").sde
        let (x, v, rho) = (Expression(sde.states[0]), Expression(sde.states[1]), Model.parameter("rho"))
        let (g, s) = (field(.free("i")), Model.sigma)
        let image = try Generator(of: sde)(x * v)
        let drift = -sqrt(v) * g + rho * x * ((g ** 2) + (s ** 2) - v)
        #expect(image.drift.equals(drift) == .zero)
        #expect(image.diffusion.equals(-2 * eta * rho * g * (s ** 2) / sqrt(v)) == .zero)
    }

    /// Lemmas C.28 to C.30: with v at sigma^2 the density `exp(-2 (f + m^2/(2 rho1 sigma))/(eta sigma))` is stationary for any f.
    @Test func `Adam's kinetic form has a Gibbs density`() throws {
        var options = DerivationOptions(diffusion: .declared)
        options.sizes["rho1"] = .zero
        let sde = try Model.analysis("adam", options).sde
        let (x, m, v) = (sde.states[0], sde.states[1], sde.states[2])
        let (rho, s) = (Model.parameter("rho1"), Model.sigma)
        // Long after the start the bias corrections are 1.
        let drift = [-Expression(m) / s, rho * (field(.free("i")) - Expression(m))]
        let late = sde.drift[0].substituting([v: s ** 2, UpdateRule.time: 1_000_000])
        let values = ["m": 0.3, "sigma": 0.5, "rho1": 2, "rho2": 3]
        #expect((Model.value(late, values) - Model.value(drift[0], values)).magnitude < 1e-12)
        #expect(sde.drift[1].equals(drift[1]) == .zero)
        let density = exp(-2 * (loss + (Expression(m) ** 2) / (2 * rho * s)) / (eta * s))
        let flow = (drift[0] * density).derivative(by: x) + (drift[1] * density).derivative(by: m)
        let spread = (sde.covariance[1][1] * density).derivative(by: m).derivative(by: m)
        #expect((flow - (eta * spread).scaled(by: .half)).isZeroTest() == .zero)
    }

    @Test func `noise that coordinates share adds the Hessian off its diagonal`() throws {
        let sgd = try Model.analysis("sgd").sde
        let r = Model.parameter("r", .real)
        let sde = SDE(
            stepSize: sgd.stepSize, time: sgd.time, states: sgd.states, drift: sgd.drift, covariance: sgd.covariance,
            diffusion: sgd.diffusion, crossCovariance: [[r * scale(.free("i")) * scale(.free("j"))]])
        let image = try Generator(of: sde)(loss)
        let own = Expression.indexSum(body: (scale(.bound(0)) ** 2) * field(.bound(0), .bound(0)))
        let all = Expression.indexSum(
            body: Expression.indexSum(
                body: scale(.bound(0)) * scale(.bound(1)) * field(.bound(1), .bound(0))))
        #expect(image.diffusion.equals((eta * (own + r * (all - own))).scaled(by: .half)) == .zero)
        #expect(image.drift.equals(try Generator(of: sgd)(loss).drift) == .zero)
        #expect(throws: AnalysisError.self) { try LossDynamics(of: ModelAnalysis(of: sde)) }
    }

    @Test func `states of other coordinates are refused by name`() throws {
        let sde = try Model.analysis("adam").sde
        let other = Expression(sde.states[1].mapIndices { _ in .coordinate(2) })
        #expect(throws: AnalysisError.self) { try Generator(of: sde)(other) }
    }
}

struct MomentEquationTests {
    @Test func `the moments of SGD on a quadratic close, those of SignSGD do not`() throws {
        let sgd = try MomentEquations(of: QuadraticModel(of: Model.analysis("sgd")))
        #expect(sgd.areClosed)
        let (eta, lambda, sigma) = (Model.eta, Model.lambda, Model.sigma)
        let x = Expression(sgd.model.states[0])
        #expect(sgd.equations[1].rate.equals(eta * (sigma ** 2) - 2 * lambda * (x ** 2)) == .zero)
        let sign = try MomentEquations(of: QuadraticModel(of: Model.analysis("signsgd")))
        #expect(!sign.areClosed && sign.equations[0].degree == nil)
    }

    @Test func `momentum closes in five equations`() throws {
        let equations = try MomentEquations(of: QuadraticModel(of: Model.analysis("heavyball")))
        #expect(equations.areClosed && equations.equations.count == 5)
        let (x, p) = (Expression(equations.model.states[0]), Expression(equations.model.states[1]))
        let mixed = (p ** 2) - Model.lambda * (x ** 2) - Model.parameter("rho") * x * p
        #expect(equations.equations[3].rate.equals(mixed) == .zero)
    }
}
