import Foundation
import Testing

@testable import Numerics

struct BivariateNormalTests {
    /// mpmath 1.3, 40 digits: the covariance by quad of Plackett's integrand in q = sin(t), the probability by quad of
    /// npdf(x) ncdf((k - r x)/sqrt(1 - r^2)); both agree to 1e-25 or better.
    @Test(
        arguments: [
            (0.3, -0.7, 0.5, 0.228046701290187302, 0.206523779785739011),
            (1.5, 1.5, 0.9, 0.157940794286923336, 0.910333998175392413),
            (1.5, 1.25, 0.999, 0.23899614224882759, 0.894350226319864474),
            (-2, 0.5, -0.8, -0.0615917137815667247, 0.00033293378580487216),
            (0.1, 0.2, -0.99, -0.773074840798411842, 0.119431805968628239),
            (3, 2.5, 0.95, 0.0051032587186578468, 0.993724633737258579),
            (0, 1, 0.6, 0.229458907126716587, 0.478037099815950621),
            (0.5, 0.5, 1, 0.85336850369158813, 0.691462461274013104),
            (0.25, -0.5, -1, -0.738893504583553607, 0),
            (6, -6, -0.5, -1.55743133336320092e-12, 9.86198286231002159e-10),
            (0.75, 0.75001, 0.9999999, 0.700851329687905058, 0.773320413419387637),
        ] as [(Double, Double, Double, Double, Double)])
    func `signs covary and probabilities are as known to 1e-14`(
        a: Double, b: Double, r: Double, covariance: Double, probability: Double
    ) {
        #expect((SpecialFunctions.signCovariance(a, b, correlation: r) - covariance).magnitude < 1e-14)
        #expect((SpecialFunctions.signCovariance(b, a, correlation: r) - covariance).magnitude < 1e-14)
        #expect((SpecialFunctions.signCovariance(-a, -b, correlation: r) - covariance).magnitude < 1e-14)
        #expect((SpecialFunctions.bivariateNormalDistribution(a, b, correlation: r) - probability).magnitude < 1e-14)
    }

    @Test func `at zero means the covariance is Sheppard's arcsine`() {
        for r in stride(from: -1.0, through: 1, by: 0.125) {
            #expect(SpecialFunctions.signCovariance(0, 0, correlation: r) == 2 / .pi * asin(r))
            let quadrant = SpecialFunctions.bivariateNormalDistribution(0, 0, correlation: r)
            #expect((quadrant - (0.25 + asin(r) / (2 * .pi))).magnitude < 1e-16)
        }
    }

    @Test func `degenerate correlations and infinite means are limits`() {
        for (a, b) in [(0.3, 0.7), (-1.2, 0.4), (1.5, 1.5)] {
            let (p, q) = (SpecialFunctions.normalDistribution(a), SpecialFunctions.normalDistribution(b))
            let one = SpecialFunctions.bivariateNormalDistribution(a, b, correlation: 1)
            #expect((one - min(p, q)).magnitude < 1e-14)
            let opposite = SpecialFunctions.bivariateNormalDistribution(a, b, correlation: -1)
            #expect((opposite - max(0, p + q - 1)).magnitude < 1e-14)
            #expect(SpecialFunctions.bivariateNormalDistribution(a, b, correlation: 0) == p * q)
        }
        #expect(SpecialFunctions.signCovariance(.infinity, 1, correlation: 0.5) == 0)
        #expect(SpecialFunctions.bivariateNormalDistribution(.infinity, 0, correlation: 0.5) == 0.5)
        #expect(SpecialFunctions.signCovariance(1, 1, correlation: 1.5).isNaN)
        #expect(SpecialFunctions.signCovariance(.nan, 1, correlation: 0.5).isNaN)
    }

    @Test func `the variance of a sign is its covariance with itself`() {
        for a in stride(from: -4.0, through: 4, by: 0.5) {
            let mean = erf(a * 0.5.squareRoot())
            #expect((SpecialFunctions.signCovariance(a, a, correlation: 1) - (1 - mean * mean)).magnitude < 1e-14)
        }
    }
}
