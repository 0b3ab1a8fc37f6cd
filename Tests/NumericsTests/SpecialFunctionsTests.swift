import Testing

@testable import Numerics

/// The distance of two numbers, relative to the expected one.
func relativeError(_ value: Double, _ expected: Double) -> Double {
    value == expected ? 0 : ((value - expected) / expected).magnitude
}

struct SpecialFunctionsTests {
    private func check(
        _ table: [([Double], Double)], tolerance: Double, _ f: ([Double]) -> Double,
        location: SourceLocation = #_sourceLocation
    ) {
        for (arguments, expected) in table {
            let value = f(arguments)
            #expect(
                relativeError(value, expected) <= tolerance, "at \(arguments): \(value), not \(expected)",
                sourceLocation: location)
        }
    }

    @Test func `normal density and distribution keep their digits in the tails`() {
        check(SpecialValues.normalDensity, tolerance: 1e-15) { SpecialFunctions.normalDensity($0[0]) }
        check(SpecialValues.normalDistribution, tolerance: 1e-15) { SpecialFunctions.normalDistribution($0[0]) }
    }

    @Test func `normal quantile inverts the distribution`() {
        check(SpecialValues.normalQuantile, tolerance: 1e-15) { SpecialFunctions.normalQuantile($0[0]) }
        #expect(SpecialFunctions.normalQuantile(0.5) == 0)
        #expect(SpecialFunctions.normalQuantile(0) == -.infinity)
        #expect(SpecialFunctions.normalQuantile(1.5).isNaN)
    }

    @Test func `scaled complementary error function`() {
        check(SpecialValues.erfcx, tolerance: 1e-15) { SpecialFunctions.erfcx($0[0]) }
    }

    @Test func `gamma family`() {
        check(SpecialValues.digamma, tolerance: 2e-15) { SpecialFunctions.digamma($0[0]) }
        check(SpecialValues.polygamma, tolerance: 2e-15) { SpecialFunctions.polygamma(Int($0[0]), $0[1]) }
        check(SpecialValues.logGamma, tolerance: 2e-15) { SpecialFunctions.logGamma($0[0]).value }
        #expect(SpecialFunctions.logGamma(-0.5).sign == -1)
        #expect(SpecialFunctions.logGamma(-1.5).sign == 1)
        #expect(SpecialFunctions.digamma(-3).isNaN)
    }

    @Test func `hypergeometric function on the whole axis below one`() {
        check(SpecialValues.hypergeometric2F1, tolerance: 1e-14) {
            SpecialFunctions.hypergeometric2F1($0[0], $0[1], $0[2], $0[3])
        }
    }

    @Test func `confluent hypergeometric function`() {
        check(SpecialValues.kummer1F1, tolerance: 1e-14) { SpecialFunctions.kummer1F1($0[0], $0[1], $0[2]) }
    }

    @Test func `incomplete beta function and Student's law`() {
        check(SpecialValues.incompleteBeta, tolerance: 1e-14) { SpecialFunctions.incompleteBeta($0[0], $0[1], $0[2]) }
        check(SpecialValues.studentDistribution, tolerance: 1e-14) {
            SpecialFunctions.studentDistribution($0[0], degrees: $0[1])
        }
        check(SpecialValues.studentQuantile, tolerance: 1e-14) {
            SpecialFunctions.studentQuantile($0[0], degrees: $0[1])
        }
    }
}
