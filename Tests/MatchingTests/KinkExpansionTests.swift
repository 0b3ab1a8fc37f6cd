import Algebra
import Matching
import Numerics
import Rules
import Testing

/// Signs, absolute values and maxima of the gradient whose argument moves with the step size.
struct KinkExpansionTests {
    private static func derivation(_ update: String) throws -> Derivation {
        try Derivation(
            of: UpdateRule(
                parsing: "optimizer Test\nstep eta\nparameter c : positive\nstate x\ngradient g at x\nx' = \(update)"),
            options: DerivationOptions(order: 2))
    }

    private static let gradient = Symbol("f", role: .field, derivatives: [.free("i")])

    @Test(arguments: [
        "x - eta*sign(g + eta*c*x)", "x - eta*clip(g + eta*c*x, -2/5, 2/5)", "x - eta*abs(g - eta*c*g*x)",
        "x - eta*g*sign(g*c + eta*x + 1)", "x - eta*max(g + eta*c*x, eta*x - g)", "x - eta*(c*x*sign(g + eta*x) + g)",
    ])
    func `the mean of D2 is that of the exact step`(update: String) throws {
        let derivation = try Self.derivation(update)
        for (mean, position) in [(0.3, 0.8), (-0.6, 1.1), (0.05, -0.4)] {
            var values: [Symbol: Double] = [
                derivation.rule.noiseScale: 0.5, Self.gradient: mean, derivation.rule.position: position,
            ]
            values[derivation.rule.parameters[0].symbol] = 0.7
            try OneStepOracle(rule: derivation.rule, values: values).check(derivation, tolerance: 1e-9)
        }
    }

    @Test func `a product of a sign with a moved one is 1 in the limit`() throws {
        let derivation = try Self.derivation("x - eta^2*sign(g + eta*c*x)*sign(g) - eta*g")
        #expect(derivation.increments.second == [-1])
    }

    @Test func `E[D2] of a sign of a moved gradient has the density at its jump`() throws {
        // E sign(g + eta c x) = erf((f' + eta c x)/(sqrt(2) sigma)).
        let derivation = try Self.derivation("x - eta*sign(g + eta*c*x)")
        let (f, sigma, x) = (Quantity.gradient, Quantity.sigma, Quantity.x)
        let c = Expression(Symbol("c", bounds: .positive))
        let u = f / (sqrt(2) * sigma)
        let mean = -sqrt(2) * c * x * exp(-(u ** 2)) / (sqrt(.pi) * sigma)
        let drift = -erf(u)
        let transport = Quantity.hessian(drift) * (-sqrt(2) * exp(-(u ** 2)) / (sqrt(.pi) * sigma))
        expectEqual(derivation.driftCorrection[0], mean - transport / 2)
    }

    // E[sign(g + eta c x) sign(g)] = 1 - 2 P(-eta c x < g < 0) has |eta| in it; the others jump over a kink.
    @Test(arguments: [
        "x - eta*sign(g + eta*c*x)*sign(g)", "x - eta*max(sign(g + eta*c*x), 0.5)", "x - eta*exp(sign(g + eta*c*x))",
        "x - eta*sign(max(g, 0) + eta*c*x)", "x - eta*abs(max(g, 0) + eta*c*x)",
    ])
    func `what is not smooth in the step size is refused`(update: String) throws {
        #expect(throws: DerivationError.self) { try Self.derivation(update) }
    }
}
