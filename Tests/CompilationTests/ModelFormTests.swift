import Algebra
import BuiltInRules
import Matching
import Testing

@testable import Compilation

struct ModelFormTests {
    private func form(
        _ rule: String, on landscape: Landscape, _ parameters: [String: Double],
        _ options: DerivationOptions = DerivationOptions()
    ) throws -> ModelForm {
        let derivation = try Derivation(of: BuiltInRules.rule(named: rule), options: options)
        return try derivation.sde.compiled(
            on: landscape, parameters: parameters.merging(["eta": 0.1, "sigma": 0.5]) { $1 }, draw: derivation.draw
        ).form
    }

    @Test func `SGD on a quadratic is linear with additive noise, at both orders`() throws {
        let linear = ModelForm(noise: .additive, commutes: true, isLinear: true)
        #expect(try form("sgd", on: .quadratic([2, 1]), [:]) == linear)
        #expect(try form("sgd", on: .quadratic([2, 1]), [:], DerivationOptions(order: 2)) == linear)
        #expect(try form("heavyball", on: .quadratic([2, 1]), ["rho": 1]) == linear)
    }

    @Test func `SGD on a quartic keeps additive noise, and its drift is not linear`() throws {
        let quartic = ModelForm(noise: .additive, commutes: true, isLinear: false)
        #expect(try form("sgd", on: .saddle(), [:]) == quartic)
    }

    @Test func `the noise of SignSGD is of its coordinate where the loss is a sum over coordinates`() throws {
        let local = ModelForm(noise: .local, commutes: true, isLinear: false)
        #expect(try form("signsgd", on: .quadratic([2, 1]), [:]) == local)
        let coupled = try Landscape(Expression(parsing: "x1^2 + x1*x2 + x2^2"))
        #expect(try form("signsgd", on: coupled, [:]) == .general)
        #expect(try form("sgd", on: coupled, [:]).isLinear)
    }

    @Test func `the full noise of RMSprop does not commute, what the literature keeps of it does`() throws {
        let parameters = ["rho": 0.5, "epsilon": 0.1]
        let landscape = try Landscape.quadratic([2, 1])
        #expect(
            try form("rmsprop", on: landscape, parameters)
                == ModelForm(noise: .local, commutes: false, isLinear: false))
        #expect(
            try form("rmsprop", on: landscape, parameters, DerivationOptions(diffusion: .declared))
                == ModelForm(noise: .local, commutes: true, isLinear: false))
    }

    @Test func `a schedule makes a linear model depend on the time`() throws {
        let (eta, t) = (Symbol("eta", bounds: .positive), Symbol("t", bounds: .nonnegative))
        let x = Symbol("x", role: .position, indices: [.free("i")])
        let gradient = Expression(Symbol("f", role: .field, derivatives: [.free("i")]))
        func form(drift: Expression, diffusion: Expression) throws -> ModelForm {
            let sde = SDE(
                stepSize: eta, time: t, states: [x], drift: [drift], covariance: [[diffusion ** 2]],
                diffusion: [[diffusion]])
            return try sde.compiled(on: .quadratic([1]), parameters: ["eta": 0.1]).form
        }
        #expect(try form(drift: -gradient, diffusion: 1).isLinear)
        #expect(try !form(drift: -gradient * Expression(t), diffusion: 1).isLinear)
        #expect(
            try form(drift: -gradient, diffusion: 1 + Expression(t))
                == ModelForm(noise: .additive, commutes: true, isLinear: false))
    }
}
