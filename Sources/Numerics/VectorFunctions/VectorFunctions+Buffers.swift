extension VectorFunctions {
    /// A function of one number.
    package enum Elementary: Sendable {
        case squareRoot, magnitude, sign, exponential, logarithm, errorFunction, errorComplement, errorCore
        case sine, cosine, hyperbolicTangent
    }

    /// The values of a function at many numbers; the target may be the source.
    package static func apply(
        _ function: Elementary, _ source: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        // Each case has a loop of its own, so that the function is inlined there.
        switch function {
        case .squareRoot: VectorLoop.map(source, into: target, count) { squareRoot($0) }
        case .magnitude: VectorLoop.map(source, into: target, count) { magnitude($0) }
        case .sign: VectorLoop.map(source, into: target, count) { sign($0) }
        case .exponential: VectorLoop.map(source, into: target, count) { exponential($0) }
        case .logarithm: VectorLoop.map(source, into: target, count) { logarithm($0) }
        case .errorFunction: VectorLoop.map(source, into: target, count) { errorFunction($0) }
        case .errorComplement: VectorLoop.map(source, into: target, count) { errorComplement($0) }
        case .errorCore: VectorLoop.map(source, into: target, count) { errorCore($0) }
        case .sine: VectorLoop.map(source, into: target, count) { sine($0) }
        case .cosine: VectorLoop.map(source, into: target, count) { cosine($0) }
        case .hyperbolicTangent: VectorLoop.map(source, into: target, count) { hyperbolicTangent($0) }
        }
    }

    /// A function of two numbers.
    package enum Binary: Sendable {
        case signProduct, maximum
        /// What the rounding of a sum and of a product lost.
        case sumError, productError
        /// The first number with the second as its relative change.
        case corrected
        /// erf of the second number, and erfc of its magnitude, from the core that is the first.
        case errorFromCore, complementFromCore
    }

    /// The values of a function at many pairs of numbers; the target may be a source.
    package static func apply(
        _ function: Binary, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
        into target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        switch function {
        case .signProduct: VectorLoop.map(a, b, into: target, count) { signProduct($0, $1) }
        case .maximum: VectorLoop.map(a, b, into: target, count) { maximum($0, $1) }
        case .sumError: VectorLoop.map(a, b, into: target, count) { sumError($0, $1) }
        case .productError: VectorLoop.map(a, b, into: target, count) { productError($0, $1) }
        case .corrected: VectorLoop.map(a, b, into: target, count) { corrected($0, by: $1) }
        case .errorFromCore: VectorLoop.map(a, b, into: target, count) { errorFunction($1, core: $0) }
        case .complementFromCore: VectorLoop.map(a, b, into: target, count) { errorComplement($1, core: $0) }
        }
    }

    /// Values of erfc with changes of their arguments; see ``correctedComplement(_:at:by:)``.
    package static func correctedComplement(
        _ a: UnsafePointer<Double>, at u: UnsafePointer<Double>, by c: UnsafePointer<Double>,
        into target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        VectorLoop.map(a, u, c, into: target, count) { correctedComplement($0, at: $1, by: $2) }
    }
}
