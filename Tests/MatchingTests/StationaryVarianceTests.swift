import Algebra
import BuiltInRules
import Matching
import Numerics
import Rules
import Testing

/// The variance in which a model settles on a quadratic, against the exact law of the optimizer.
struct StationaryVarianceTests {
    private let eta = 1e-3
    private let sigma = 1.0
    private let curvature = 1.0

    /// Var X of the model linearized in (x, m) about the minimum, with v at its mean sigma^2 and bias corrections died out.
    private func variance(
        _ name: String, beta: Double, decay: Double = 0, _ options: DerivationOptions
    ) throws -> Double {
        let sde = try Derivation(of: BuiltInRules.rule(named: name), options: options).sde
        let gradient = Symbol("f", role: .field, derivatives: [.free("i")])
        var point: [Symbol: Double] = [gradient: 0, UpdateRule.noiseScale: sigma, UpdateRule.time: 1e3]
        point[Symbol("eta", bounds: .positive)] = eta
        point[Symbol("rho1", bounds: .positive)] = (1 - beta) / eta
        point[Symbol("rho2", bounds: .positive)] = 1
        point[Symbol("epsilon", bounds: .nonnegative)] = 0
        point[Symbol("gamma", bounds: .nonnegative)] = decay
        for state in sde.states { point[state] = state.name == "v" ? sigma * sigma : 0 }
        let (x, m) = (sde.states[0], sde.states[1])
        func value(_ expression: Expression) -> Double { expression.evaluated(at: point) }
        // The gradient is curvature * x.
        let jacobian = (0..<2).map { a in
            [
                value(sde.drift[a].derivative(by: gradient)) * curvature
                    + value(sde.drift[a].partialDerivative(by: x)), value(sde.drift[a].derivative(by: m)),
            ]
        }
        let s = (0..<2).map { a in (0..<2).map { value(sde.covariance[a][$0]) } }
        // J P + P J^T + eta S = 0 for the symmetric P = (p, q; q, r).
        let (a, b, c, d) = (jacobian[0][0], jacobian[0][1], jacobian[1][0], jacobian[1][1])
        let system = DenseMatrix([[2 * a, 2 * b, 0], [c, a + d, b], [0, 2 * c, 2 * d]])
        let right = DenseMatrix([[-eta * s[0][0]], [-eta * s[0][1]], [-eta * s[1][1]]])
        return try system.solve(right)[0, 0]
    }

    /// The exact stationary variance of `m' = beta m + (1 - beta)(x + noise)`, `x' = x - eta m'` with unit scales.
    private func exactVariance(beta: Double) -> Double {
        eta * sigma / (2 * curvature) / (1 - eta * curvature * (1 - beta) / (2 * sigma * (1 + beta)))
    }

    @Test func `Adam's published model settles beta1 squared too low`() throws {
        let beta = 0.9
        let published = try variance("adam", beta: beta, DerivationOptions(diffusion: .declared))
        // Var X = eta sigma^2 (1 - kappa)^2/(2 lambda (sigma + eta lambda)) for the published model.
        let expected = eta * sigma * sigma * beta * beta / (2 * curvature * (sigma + eta * curvature))
        #expect((published / expected - 1).magnitude < 1e-10)
        #expect(published / exactVariance(beta: beta) < 0.82)
    }

    @Test(arguments: [0.9, 0.99, 0.999])
    func `Adam's matched model settles where the optimizer does`(beta: Double) throws {
        let matched = try variance("adam", beta: beta, DerivationOptions(grading: .matched))
        #expect((matched / exactVariance(beta: beta) - 1).magnitude < 2e-3)
    }

    @Test(arguments: [(0.9, 0.9615), (0.99, 0.7143), (0.999, 0.2000)])
    func `AdamW's variance carries the factor rho1/(rho1 + gamma)`(beta: Double, factor: Double) throws {
        let decay = 4.0
        let matched = try variance("adamw", beta: beta, decay: decay, DerivationOptions(grading: .matched))
        let rate = (1 - beta) / eta
        let expected = eta / 2 / (curvature / sigma + decay) * rate / (rate + decay)
        #expect((rate / (rate + decay) - factor).magnitude < 1e-4)
        #expect((matched / expected - 1).magnitude < 6e-3)
    }
}

extension Expression {
    /// The derivative by the position where it stands by itself, the fields held fixed.
    fileprivate func partialDerivative(by position: Symbol) -> Expression {
        let free = Symbol("position")
        return substituting(position, by: Expression(free)).derivative(by: free)
    }
}
