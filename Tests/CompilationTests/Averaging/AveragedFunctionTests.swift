import BuiltInRules
import Compilation
import Foundation
import Matching
import Numerics
import Probability
import Rules
import Testing

/// Numbers of averaged models.
struct AveragedFunctionTests {
    /// Drift and covariance of the position for a gradient of `slope` everywhere.
    private func coefficients(
        _ rule: UpdateRule, noise: NoiseLaw? = nil, rates: [String] = ["rho"], _ parameters: [String: Double],
        slope: Double
    ) throws -> (drift: Double, variance: Double) {
        let derivation = try Derivation(
            of: rule,
            options: DerivationOptions(noise: noise, sizes: Dictionary(uniqueKeysWithValues: rates.map { ($0, -1) })))
        let landscape = try Landscape(
            dimension: 1, value: { slope * $0[0] }, gradient: { _ in [slope] }, hessianProduct: { _, _ in [0] })
        let model = try derivation.sde.compiled(on: landscape, parameters: parameters, draw: derivation.draw)
        return (model.drift([0], 0)[0], model.covariance([0], 0)[0, 0])
    }

    private func signum(beta: Double, ratio: Double, noise: NoiseLaw? = nil) throws -> (drift: Double, variance: Double)
    {
        let deviation = ((1 - beta) / (1 + beta)).squareRoot()
        return try coefficients(
            BuiltInRules.rule(named: "signum"), noise: noise,
            ["eta": 0.01, "rho": (1 - beta) / 0.01, "sigma": 1], slope: ratio * deviation)
    }

    @Test(arguments: [(0.0, 2.3071757571), (0.5, 1.9065107479), (1, 1.0867402846), (2, 0.1334085322)])
    func `Signum's diffusion at beta one half`(ratio: Double, expected: Double) throws {
        #expect((try signum(beta: 0.5, ratio: ratio).variance - expected).magnitude < 1e-10)
    }

    /// The long-run covariance of the signs of an autoregressive sequence, summed term by term from bivariate integrals.
    @Test(arguments: [0.5, 0.8, 0.9, 0.99], [0.0, 0.7])
    func `Signum's diffusion is the long-run covariance of the frozen chain`(beta: Double, ratio: Double) throws {
        var expected = 1 - pow(erf(ratio / 2.0.squareRoot()), 2)
        var power = beta
        while power > 1e-13 {
            expected += 2 * SpecialFunctions.signCovariance(ratio, ratio, correlation: power)
            power *= beta
        }
        let (drift, variance) = try signum(beta: beta, ratio: ratio)
        #expect((variance / expected - 1).magnitude < 1e-9)
        #expect((drift + erf(ratio / 2.0.squareRoot())).magnitude < 1e-12)
    }

    @Test func `Signum at beta 0 is SignSGD`() throws {
        let (drift, variance) = try signum(beta: 0, ratio: 0.6)
        #expect((drift + erf(0.6 / 2.0.squareRoot())).magnitude < 1e-14)
        #expect((variance - 1 + drift * drift).magnitude < 1e-14)
    }

    @Test func `the diffusion grows like 2 log 2 over 1 minus beta`() throws {
        #expect((try signum(beta: 0.999, ratio: 0).variance * 0.001 - 2 * log(2)).magnitude < 0.02)
    }

    @Test func `a rate that does not forget is refused`() {
        #expect(throws: CompilationError.self) { try signum(beta: -1.5, ratio: 0) }
    }
}
