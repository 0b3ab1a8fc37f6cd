import Foundation
import Testing

@testable import Numerics

struct QuadratureTests {
    @Test(arguments: [1, 2, 3, 10, 21, 64, 200])
    func `Gauss-Legendre rules integrate polynomials of degree 2n - 1`(n: Int) {
        let rule = GaussRule.legendre(n)
        for degree in [0, 1, 2, n, 2 * n - 2, 2 * n - 1] where degree < 2 * n {
            let sum = zip(rule.nodes, rule.weights).reduce(0) { $0 + $1.1 * pow($1.0, Double(degree)) }
            #expect((sum - (degree.isMultiple(of: 2) ? 2 / Double(degree + 1) : 0)).magnitude < 5e-15)
        }
        #expect(rule.nodes == rule.nodes.sorted())
    }

    @Test(arguments: [1, 2, 3, 5, 20, 101, 300])
    func `Gauss-Hermite rules give the moments of the normal law`(n: Int) {
        let rule = GaussRule.hermite(n)
        var moment = 1.0
        for power in stride(from: 0, through: min(2 * n - 1, 40), by: 2) {
            let sum = zip(rule.nodes, rule.weights).reduce(0) { $0 + $1.1 * pow($1.0, Double(power)) }
            #expect(relativeError(sum, moment) < 2e-13)
            moment *= Double(power + 1)
        }
        #expect(rule.nodes == rule.nodes.sorted())
        #expect(Set(rule.nodes).count == n)
    }

    @Test func `smooth, kinked and infinite integrals to 1e-13`() throws {
        let quadrature = AdaptiveQuadrature()
        #expect(relativeError(try quadrature.integral(from: 0, to: 1) { exp($0) }, M_E - 1) < 1e-14)
        #expect(relativeError(try quadrature.integral(from: 1, to: 0) { exp($0) }, 1 - M_E) < 1e-14)
        let infinity = Double.infinity
        let normal = { (x: Double) in SpecialFunctions.normalDensity(x) }
        #expect(relativeError(try quadrature.integral(from: -infinity, to: infinity, of: normal), 1) < 1e-13)
        let tail = try quadrature.integral(from: 5, to: infinity, of: normal)
        #expect(relativeError(tail, SpecialFunctions.normalDistribution(-5)) < 1e-13)
        let kinked = try quadrature.integral(from: -infinity, to: infinity, breakpoints: [0.3]) { z in
            normal(z) * (z - 0.3).magnitude
        }
        // E|Z - a| = 2 phi(a) + a erf(a/sqrt 2).
        #expect(relativeError(kinked, 2 * normal(0.3) + 0.3 * erf(0.3 / 2.0.squareRoot())) < 1e-13)
        let far = try quadrature.integral(from: -infinity, to: infinity, breakpoints: [-40, 90]) { normal($0 - 90) }
        #expect(relativeError(far, 1) < 1e-13)
        let singular = try quadrature.integral(from: 0, to: 1) { 1 / $0.squareRoot() }
        #expect(relativeError(singular, 2) < 1e-12)
        let odd = try quadrature.integral(from: -1, to: 1) { $0 * $0 * $0 }
        #expect(odd.magnitude < 1e-15)
    }

    @Test func `an integral that does not exist is an error`() {
        #expect(throws: QuadratureError.self) { try AdaptiveQuadrature().integral(from: 0, to: 1) { 1 / $0 } }
        #expect(throws: QuadratureError.notFinite(at: 0.5)) {
            try AdaptiveQuadrature().integral(from: 0, to: 1) { $0 == 0.5 ? .nan : 1 }
        }
    }
}
