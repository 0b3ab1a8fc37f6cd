import Numerics
import Testing

@Suite struct NoncentralChiTests {
    // r (r/l)^nu exp(-(r^2 + l^2)/2) I_nu(l r), nu = D/2 - 1, with mpmath at 30 digits.
    @Test(arguments: [
        (1.0, 0.5, 0.7, 0.58522874895866883224), (2, 0, 1.3, 0.55842456567396087969),
        (3, 2, 2.5, 0.44006167877899071538), (4, 100, 101, 0.24560022478136288251),
        (100, 3, 11, 0.3868095644070104459), (1000, 40, 50, 0.24488382710090362554),
        (1000, 0, 31, 0.3894280399739985509),
    ])
    func `the density is that of the length of a normal vector`(d: Double, mean: Double, r: Double, reference: Double) {
        let value = NoncentralChi(dimension: d, noncentrality: mean).density(r)
        #expect(abs(value / reference - 1) < 1e-11)
    }

    @Test(arguments: [1.0, 2, 5, 40, 400], [0.0, 0.3, 4, 25])
    func `the density has the mass 1 and the second moment D + lambda^2`(d: Double, mean: Double) throws {
        let law = NoncentralChi(dimension: d, noncentrality: mean)
        let quadrature = AdaptiveQuadrature(relativeTolerance: 1e-12)
        let (low, high) = (max(0, law.centre - 40), law.centre + 40)
        let mass = try quadrature.integral(from: low, to: high, breakpoints: [law.centre]) { law.density($0) }
        let square = try quadrature.integral(from: low, to: high, breakpoints: [law.centre]) {
            $0 * $0 * law.density($0)
        }
        #expect(abs(mass - 1) < 1e-11)
        #expect(abs(square / (d + mean * mean) - 1) < 1e-11)
    }
}
