import Foundation
import Numerics
import Testing

/// Sums of covariances of functions of correlated normal numbers, against sums of bivariate integrals.
struct HermiteCovarianceSumTests {
    private func geometric(_ beta: Double) throws -> HermiteCovarianceSum {
        let powers = try #require(
            HermiteCovarianceSum.correlations(row: [1], matrix: DenseMatrix([[beta]]), column: [beta]))
        return try #require(HermiteCovarianceSum(correlations: powers))
    }

    private func sign(at ratio: Double) -> HermiteCovarianceSum.Integrand {
        .init(breakpoints: [-ratio]) { $0 + ratio > 0 ? 1 : $0 + ratio < 0 ? -1 : 0 }
    }

    @Test(arguments: [(0.5, 0.0), (0.5, 1), (0.9, 0.5), (0.9, 2), (0.99, 0.3), (0.99, 4)])
    func `signs add up as Plackett's integral says`(beta: Double, ratio: Double) throws {
        var expected = CompensatedSum()
        var power = beta
        while power > 1e-18 {
            expected.add(SpecialFunctions.signCovariance(ratio, ratio, correlation: power))
            power *= beta
        }
        let f = sign(at: ratio)
        let sum = try geometric(beta).value(f, f)
        #expect((sum - expected.value).magnitude < 1e-12 * (1 + expected.value.magnitude))
    }

    @Test func `a linear function adds up to a geometric series`() throws {
        let sum = try geometric(0.8).value(
            .init(breakpoints: []) { 3 * $0 + 1 }, .init(breakpoints: []) { 2 * $0 })
        #expect((sum - 6 * 0.8 / 0.2).magnitude < 1e-12)
    }

    @Test func `the square needs the squares of the correlations only`() throws {
        // Cov(Z_0^2, Z_j^2) = 2 r^2.
        let square = HermiteCovarianceSum.Integrand(breakpoints: []) { $0 * $0 }
        #expect((try geometric(0.7).value(square, square) - 2 * 0.49 / 0.51).magnitude < 1e-12)
    }

    @Test func `a smooth function agrees with its Fourier transform`() throws {
        // Cov(cos a Z_0, cos a Z_j) = exp(-a^2) (cosh(a^2 r) - 1).
        let a = 1.3
        let f = HermiteCovarianceSum.Integrand(breakpoints: []) { cos(a * $0) }
        let expected = (1...400).reduce(0.0) { $0 + exp(-a * a) * (cosh(a * a * pow(0.9, Double($1))) - 1) }
        #expect((try geometric(0.9).value(f, f) - expected).magnitude < 1e-12)
    }

    @Test(arguments: [1, -1, 0.999_999_999, -0.999_999_5])
    func `numbers of one draw have the covariance of their polynomials`(correlation: Double) throws {
        // Cov(Z + Z^2, W^2 - W) = 2 r^2 - r.
        let sum = try #require(HermiteCovarianceSum(correlations: [correlation]))
        let covariance = sum.value(
            .init(breakpoints: []) { $0 + $0 * $0 }, .init(breakpoints: []) { $0 * $0 - $0 })
        #expect((covariance - (2 * correlation * correlation - correlation)).magnitude < 1e-12)
    }

    @Test func `a correlation beyond one has no sum`() {
        #expect(HermiteCovarianceSum(correlations: [1.01]) == nil)
        #expect(HermiteCovarianceSum.correlations(row: [1], matrix: DenseMatrix([[1]]), column: [1]) == nil)
    }

    @Test func `a lazy interpolant agrees with its function`() {
        let table = LazyInterpolant(width: 0.5) { exp(-$0 * $0) * ($0 > 0.3 ? 1 : 2) }
        for x in stride(from: -3.0, to: 3, by: 0.0371) where (x - 0.3).magnitude > 1e-3 {
            #expect((table(x) - exp(-x * x) * (x > 0.3 ? 1 : 2)).magnitude < 1e-11)
        }
    }
}
