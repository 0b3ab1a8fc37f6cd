import Foundation
import Numerics
import VectorCode
import VectorTypes

/// What a node of a compiled graph computes from its operands a, b, c, d.
enum Operation: Hashable {
    case constant
    /// A value given for each lane.
    case input(Int)
    /// A value given once for all lanes.
    case uniform(Int)

    case add, subtract, multiply, divide
    case negate, reciprocal, squareRoot, magnitude, sign
    /// a where b > 0, -a where b < 0, and 0 where b = 0, whatever a.
    case signProduct
    case maximum
    case exponential, exponentialMinusOne, logarithm, logarithmOnePlus, power
    case errorFunction
    /// erfc(a).
    case errorComplement
    /// What erf(a) and erfc(|a|) are both made from, and each of them from the core a of b.
    case errorCore, errorFromCore, complementFromCore
    /// 1 - erf(a)^2 from a = erfc(|u|).
    case complementOfSquare
    /// erf(a) - erf(b) without cancellation in a common tail.
    case errorDifference
    /// 1 - tanh(a) and 1 - tanh(a)^2.
    case tangentComplement, secantSquared
    case sine, cosine, hyperbolicTangent, arcTangent, arcSine
    case gamma
    case polygamma(Int)
    case hypergeometric2F1, kummer
    /// Cov(sign(a + X), sign(b + Y)) of standard normal X and Y with correlation c.
    case signCovariance
    /// fl(a + b) - (a + b) and fl(a b) - a b with the sign reversed: what rounding lost.
    case sumError, productError
    /// a + a b where |b| < 1, else a: the exponential a corrected for the low part b of its argument.
    case exponentialCorrection
    /// erfc(u) = a corrected for the low part c of its argument b.
    case complementCorrection
    /// A function that the caller defined, of at most four arguments.
    case external(Int, arity: Int)

    /// Whether exchanging the operands changes nothing.
    var isCommutative: Bool {
        switch self {
        case .add, .multiply, .maximum, .sumError, .productError: return true
        default: return false
        }
    }

    /// The number of operands.
    var operandCount: Int {
        switch self {
        case .constant, .input, .uniform: 0
        case .external(_, let arity): arity
        case .hypergeometric2F1: 4
        case .kummer, .signCovariance, .complementCorrection: 3
        case .power, .maximum, .signProduct, .errorFromCore, .complementFromCore, .errorDifference, .sumError,
            .productError, .exponentialCorrection, .add, .subtract, .multiply, .divide:
            2
        default: 1
        }
    }

    /// How it is done for many lanes.
    var kernel: Instruction.Kernel { vectorOperation.map { .vector($0) } ?? .lanewise(self) }

    /// The operation of a vector unit that takes its operands in the same order.
    private var vectorOperation: VectorOperation? {
        switch self {
        case .add: .add
        case .subtract: .subtract
        case .multiply: .multiply
        case .divide: .divide
        case .negate: .negate
        case .reciprocal: .reciprocal
        case .squareRoot: .squareRoot
        case .magnitude: .magnitude
        case .sign: .sign
        case .signProduct: .signProduct
        case .maximum: .maximum
        case .complementOfSquare: .complementOfSquare
        case .sumError: .sumError
        case .productError: .productError
        case .exponentialCorrection: .corrected
        case .errorCore: .errorCore
        case .errorFromCore: .errorFromCore
        case .complementFromCore: .complementFromCore
        case .complementCorrection: .correctedComplement
        case .exponential: .exponential
        case .logarithm: .logarithm
        case .errorFunction: .errorFunction
        case .errorComplement: .errorComplement
        case .sine: .sine
        case .cosine: .cosine
        case .hyperbolicTangent: .hyperbolicTangent
        default: nil
        }
    }

    /// The value for given operands; NaN for operations that need more than their operands.
    func evaluated(_ a: Double, _ b: Double, _ c: Double, _ d: Double) -> Double {
        switch self {
        case .constant, .input, .uniform, .external: return .nan
        case .add: return a + b
        case .subtract: return a - b
        case .multiply: return a * b
        case .divide: return a / b
        case .negate: return -a
        case .reciprocal: return 1 / a
        case .squareRoot: return a.squareRoot()
        case .magnitude: return a.magnitude
        case .sign: return Kernels.sign(a)
        case .signProduct: return Kernels.signProduct(a, b)
        case .maximum: return Kernels.maximum(a, b)
        case .exponential: return exp(a)
        case .exponentialMinusOne: return expm1(a)
        case .logarithm: return log(a)
        case .logarithmOnePlus: return log1p(a)
        case .power: return pow(a, b)
        case .errorFunction: return erf(a)
        case .errorComplement: return erfc(a)
        case .errorCore: return VectorFunctions.errorCore(SIMD8(repeating: a))[0]
        case .errorFromCore: return VectorFunctions.errorFunction(SIMD8(repeating: b), core: SIMD8(repeating: a))[0]
        case .complementFromCore:
            return VectorFunctions.errorComplement(SIMD8(repeating: b), core: SIMD8(repeating: a))[0]
        case .complementOfSquare: return a * (2 - a)
        case .errorDifference: return Kernels.errorDifference(a, b)
        case .tangentComplement: return 2 / (1 + exp(2 * a))
        case .secantSquared: return Kernels.secantSquared(a)
        case .sine: return sin(a)
        case .cosine: return cos(a)
        case .hyperbolicTangent: return tanh(a)
        case .arcTangent: return atan(a)
        case .arcSine: return asin(a)
        case .gamma: return SpecialFunctions.gamma(a)
        case .polygamma(let n): return SpecialFunctions.polygamma(n, a)
        case .hypergeometric2F1: return SpecialFunctions.hypergeometric2F1(a, b, c, d)
        case .kummer: return SpecialFunctions.kummer1F1(a, b, c)
        case .signCovariance: return SpecialFunctions.signCovariance(a, b, correlation: c)
        case .sumError: return DoubleDouble.sumError(a, b)
        case .productError: return DoubleDouble.productError(a, b)
        case .exponentialCorrection: return Kernels.exponentialCorrection(a, b)
        case .complementCorrection: return Kernels.complementCorrection(a, b, c)
        }
    }
}

/// The scalar bodies of the operations that are not a library call.
enum Kernels {
    @inline(__always)
    static func sign(_ a: Double) -> Double { a > 0 ? 1 : a < 0 ? -1 : a.isNaN ? a : 0 }

    @inline(__always)
    static func signProduct(_ a: Double, _ b: Double) -> Double { b > 0 ? a : b < 0 ? -a : b.isNaN ? b : 0 }

    /// The larger number; NaN if either is, unlike Swift's `max`.
    @inline(__always)
    static func maximum(_ a: Double, _ b: Double) -> Double { a > b ? a : b >= a ? b : a + b }

    static func errorDifference(_ a: Double, _ b: Double) -> Double {
        if a > 0.5 && b > 0.5 { return erfc(b) - erfc(a) }
        if a < -0.5 && b < -0.5 { return erfc(-a) - erfc(-b) }
        return erf(a) - erf(b)
    }

    /// 1/cosh(a)^2, without overflow.
    static func secantSquared(_ a: Double) -> Double {
        let e = exp(-2 * a.magnitude)
        return 4 * e / ((1 + e) * (1 + e))
    }

    static func exponentialCorrection(_ a: Double, _ b: Double) -> Double {
        VectorFunctions.corrected(SIMD8(repeating: a), by: SIMD8(repeating: b))[0]
    }

    static func complementCorrection(_ a: Double, _ u: Double, _ c: Double) -> Double {
        VectorFunctions.correctedComplement(SIMD8(repeating: a), at: SIMD8(repeating: u), by: SIMD8(repeating: c))[0]
    }
}
