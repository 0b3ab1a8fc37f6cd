import Algebra
import BuiltInRules
import Compilation
import Matching
import Numerics
import Probability
import Rules
import Testing

import func Foundation.erf

/// Averages by quadrature of the frozen chain.
struct FrozenChainTests {
    private func model(
        _ rule: UpdateRule, rates: [String] = ["rho"], noise: NoiseLaw? = nil, _ parameters: [String: Double],
        slope: Double
    ) throws -> (drift: Double, variance: Double) {
        let derivation = try Derivation(
            of: rule,
            options: DerivationOptions(noise: noise, sizes: Dictionary(uniqueKeysWithValues: rates.map { ($0, -1) })))
        let landscape = try Landscape(
            dimension: 1, value: { slope * $0[0] }, gradient: { _ in [slope] }, hessianProduct: { _, _ in [0] })
        let model = try derivation.sde.compiled(
            on: landscape, parameters: parameters, accepting: Set(parameters.keys), draw: derivation.draw)
        return (model.drift([0], 0)[0], model.covariance([0], 0)[0, 0])
    }

    /// The largest recent gradient, its mean read off the position.
    private let maximum = """
        optimizer Maximum
        step eta
        parameter rho : positive
        state x
        state u : nonnegative = 0
        gradient g at x
        u' = max((1 - eta*rho)*u, abs(g))
        x' = x - eta*u'
        """

    /// E u = int_0^inf (1 - prod_j F(y beta^-j)) dy with F the law of |g|, by Gauss-Legendre rules in double precision.
    @Test(arguments: [(0.5, 0.9021700877510963), (0.9, 1.3570983622966441)])
    func `the mean of AdaMax's u is that of its exact law`(beta: Double, expected: Double) throws {
        let drift = try model(
            UpdateRule(parsing: maximum), ["eta": 0.1, "rho": (1 - beta) / 0.1, "sigma": 1], slope: 0
        ).drift
        #expect((-drift / expected - 1).magnitude < 1e-9)
    }

    /// A mixture of two equal normal laws is normal, but goes through the quadrature.
    @Test func `the quadrature agrees with the series for Gaussian noise`() throws {
        let slope = 0.5 * (1.0 / 3).squareRoot()
        let (drift, variance) = try model(
            BuiltInRules.rule(named: "signum"), noise: .mixture(weight: .half, firstScale: .one, secondScale: .one),
            ["eta": 0.1, "rho": 5, "sigma": 1], slope: slope)
        #expect((drift + erf(0.5 / 2.0.squareRoot())).magnitude < 1e-8)
        #expect((variance - 1.9065107479).magnitude < 1e-8)
    }
}
