import VectorTypes

extension VectorOperation {
    /// Whether a ``LoopBody`` can do it: by a few arithmetic operations and comparisons, without a table or a long polynomial.
    var isArithmetic: Bool {
        switch self {
        case .copy, .splat, .add, .addShared, .subtract, .subtractFromShared, .multiply, .scale, .divide, .divideShared,
            .multiplyAdd, .multiplyAddShared, .scaleAdd, .scaleAddShared, .multiplySubtract, .subtractMultiply,
            .scaleSubtract, .subtractScale, .negate, .reciprocal, .squareRoot, .magnitude, .sign, .maximum,
            .signProduct, .complementOfSquare, .sumError, .errorFromCore, .complementFromCore:
            true
        case .productError, .corrected, .correctedComplement, .exponential, .logarithm, .sine, .cosine,
            .hyperbolicTangent, .errorFunction, .errorComplement, .errorCore:
            false
        }
    }
}
