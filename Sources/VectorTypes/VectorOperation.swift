/// What an instruction does for every lane; v are lanes, s and t values that all lanes share.
package enum VectorOperation: UInt8, CaseIterable, Sendable {
    case copy, splat
    case add, addShared, subtract, subtractFromShared
    case multiply, scale, divide, divideShared
    /// v v + v, v v + s, v s + v, v s + t.
    case multiplyAdd, multiplyAddShared, scaleAdd, scaleAddShared
    /// v v - v, v - v v, v s - v, v - v s.
    case multiplySubtract, subtractMultiply, scaleSubtract, subtractScale
    case negate, reciprocal, squareRoot, magnitude, sign, maximum
    /// a where b > 0, -a where b < 0, and 0 where b = 0, whatever a.
    case signProduct
    /// a (2 - a).
    case complementOfSquare
    /// What the rounding of a sum and of a product lost.
    case sumError, productError
    /// The first number with the second as its relative change.
    case corrected
    case exponential, logarithm, sine, cosine, hyperbolicTangent, errorFunction, errorComplement
    /// What erf(a) and erfc(|a|) are both made from, and each of them from the core a of b.
    case errorCore, errorFromCore, complementFromCore
    /// erfc(b) = a corrected for the low part c of its argument.
    case correctedComplement

    /// Which of the lanes a, b and c an instruction reads.
    package var reads: (a: Bool, b: Bool, c: Bool) {
        switch self {
        case .splat: (false, false, false)
        case .copy, .addShared, .subtractFromShared, .scale, .divideShared, .scaleAddShared, .negate, .reciprocal,
            .squareRoot, .magnitude, .sign, .complementOfSquare, .exponential, .logarithm, .sine, .cosine,
            .hyperbolicTangent, .errorFunction, .errorComplement, .errorCore:
            (true, false, false)
        case .add, .subtract, .multiply, .divide, .multiplyAddShared, .maximum, .signProduct, .sumError, .productError,
            .corrected, .errorFromCore, .complementFromCore:
            (true, true, false)
        case .scaleAdd, .scaleSubtract, .subtractScale: (true, false, true)
        case .multiplyAdd, .multiplySubtract, .subtractMultiply, .correctedComplement: (true, true, true)
        }
    }
}
