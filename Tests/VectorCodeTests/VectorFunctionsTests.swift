import Foundation
import Numerics
import Testing
import VectorTypes

@testable import VectorCode

struct VectorFunctionsTests {
    typealias Function = @Sendable (SIMD8<Double>) -> SIMD8<Double>

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let function: Function
        let values: [VectorFunctionValues.Entry]
        /// The system's function and the range where the two are compared.
        let system: @Sendable (Double) -> Double
        let range: ClosedRange<Double>
    }

    static let cases = [
        Case(
            testDescription: "exp", function: { VectorFunctions.exponential($0) },
            values: VectorFunctionValues.exponential, system: { exp($0) }, range: -700...700),
        Case(
            testDescription: "log", function: { VectorFunctions.logarithm($0) },
            values: VectorFunctionValues.logarithm, system: { log($0) }, range: 1e-3...4),
        Case(
            testDescription: "erf", function: { VectorFunctions.errorFunction($0) },
            values: VectorFunctionValues.errorFunction, system: { erf($0) }, range: -6...6),
        Case(
            testDescription: "erfc", function: { VectorFunctions.errorComplement($0) },
            values: VectorFunctionValues.errorComplement, system: { erfc($0) }, range: -6...26),
        Case(
            testDescription: "tanh", function: { VectorFunctions.hyperbolicTangent($0) },
            values: VectorFunctionValues.hyperbolicTangent, system: { tanh($0) }, range: -20...20),
        Case(
            testDescription: "sin", function: { VectorFunctions.sine($0) }, values: VectorFunctionValues.sine,
            system: { sin($0) }, range: -2e5...2e5),
        Case(
            testDescription: "cos", function: { VectorFunctions.cosine($0) }, values: VectorFunctionValues.cosine,
            system: { cos($0) }, range: -2e5...2e5),
        Case(
            testDescription: "normal density", function: { VectorFunctions.normalDensity($0) },
            values: VectorFunctionValues.normalDensity,
            system: { exp(-0.5 * $0 * $0) / (2 * Double.pi).squareRoot() }, range: -1...1),
    ]

    @Test(arguments: cases)
    func `values are within two units in the last place of values to 60 digits`(_ test: Case) {
        for (x, high, low) in test.values {
            let value = test.function(SIMD8(repeating: x))[3]
            #expect(((value - high) - low).magnitude <= 2 * high.ulp, "at \(x)")
        }
    }

    @Test(arguments: cases)
    func `values agree with the system's library, whatever stands in the other lanes`(_ test: Case) {
        let stream = RandomStream(seed: 11)
        for path in 0..<25 {
            var x = SIMD8<Double>.zero
            for lane in x.indices {
                let u = stream.uniform(path: path, step: lane, component: 0)
                x[lane] = test.range.lowerBound + u * (test.range.upperBound - test.range.lowerBound)
            }
            let values = test.function(x)
            for lane in x.indices {
                let expected = test.system(x[lane])
                #expect((values[lane] - expected).magnitude <= 4 * expected.ulp, "at \(x[lane])")
                #expect(values[lane].bitPattern == test.function(SIMD8(repeating: x[lane]))[0].bitPattern)
            }
        }
    }

    @Test func `polynomials of erf and erfc agree where they meet`() {
        for row in 0..<257 {
            let edge = (Double(row) + 0.5) / 64
            let change = 2 / Double.pi.squareRoot() * exp(-edge * edge) * (edge.nextUp - edge.nextDown)
            for function in [VectorFunctions.errorFunction, VectorFunctions.errorComplement] as [Function] {
                let below = function(SIMD8(repeating: edge.nextDown))[0]
                let above = function(SIMD8(repeating: edge.nextUp))[0]
                #expect((below - above).magnitude <= change + 4 * above.ulp, "at \(edge)")
            }
        }
    }

    @Test func `limits and arguments outside of the domain give what the system's library gives`() {
        let edges: [Double] = [.infinity, -.infinity, 1e308, -1e308, 800, -800, 0, 30, -30, 0x1p-1074, -1]
        for x in edges {
            for test in Self.cases where !["sin", "cos"].contains(test.testDescription) {
                let (value, expected) = (test.function(SIMD8(repeating: x))[0], test.system(x))
                #expect(
                    value == expected || value.isNaN && expected.isNaN
                        || (value - expected).magnitude <= 2 * expected.ulp, "\(test.testDescription) at \(x)")
            }
        }
        for test in Self.cases { #expect(test.function(SIMD8(repeating: .nan))[5].isNaN) }
        for function in [VectorFunctions.sine, VectorFunctions.cosine] as [Function] {
            #expect(function(SIMD8(repeating: .infinity))[0].isNaN)
        }
        let root = VectorFunctions.squareRoot(SIMD8(4, 2, 0, -1, .infinity, 0x1p-1060, .nan, 9))
        #expect(root[0] == 2 && root[1] == 2.0.squareRoot() && root[2] == 0 && root[3].isNaN)
        #expect(root[4] == .infinity && root[5] == 0x1p-1060.squareRoot() && root[6].isNaN && root[7] == 3)
    }

    @Test func `sign, product with a sign and maximum keep zero and NaN`() {
        let sign = VectorFunctions.sign(SIMD8(2, -3, 0, -0.0, .infinity, .nan, 0x1p-1060, -1))
        #expect(sign[0] == 1 && sign[1] == -1 && sign[2] == 0 && sign[3] == 0 && sign[4] == 1 && sign[5].isNaN)
        #expect(sign[6] == 1 && sign[7] == -1)
        let product = VectorFunctions.signProduct(SIMD8(repeating: .infinity), SIMD8(0, 1, -1, .nan, 0, 0, 0, 0))
        #expect(product[0] == 0 && product[1] == .infinity && product[2] == -.infinity && product[3].isNaN)
        let maximum = VectorFunctions.maximum(SIMD8(1, 2, .nan, 1, -1, 0, 0, 0), SIMD8(2, 1, 1, .nan, -2, 0, 0, 0))
        #expect(maximum[0] == 2 && maximum[1] == 2 && maximum[2].isNaN && maximum[3].isNaN && maximum[4] == -1)
    }

    @Test func `what a rounding lost is exact`() {
        let numbers = [0.1, 3.7e8, -1.0 / 3, 2.5e-9, 1e16 + 2, -7.125]
        for a in numbers {
            for b in numbers {
                let lost = VectorFunctions.productError(SIMD8(repeating: a), SIMD8(repeating: b))[0]
                #expect(lost == (-(a * b)).addingProduct(a, b))
                // The larger number loses nothing against the rounded sum (Dekker 1971).
                let (large, small) = a.magnitude >= b.magnitude ? (a, b) : (b, a)
                let sum = a + b
                #expect(VectorFunctions.sumError(SIMD8(repeating: a), SIMD8(repeating: b))[0] == small - (sum - large))
                #expect(DoubleDouble.productError(a, b) == lost)
                #expect(DoubleDouble.sumError(a, b) == small - (sum - large))
            }
        }
    }

    @Test func `erfc moves with its argument, also far in the tail`() {
        for u in [0.5, 3.0, 12.0, 26.0] {
            let step = 1e-9 / u
            let moved = VectorFunctions.correctedComplement(
                SIMD8(repeating: erfc(u)), at: SIMD8(repeating: u), by: SIMD8(repeating: step))[0]
            // The derivative is -2 exp(-u^2)/sqrt(pi).
            let change = -2 / Double.pi.squareRoot() * exp(-u * u) * step
            #expect(((moved - erfc(u)) / change - 1).magnitude < 0.1)
        }
    }
}
