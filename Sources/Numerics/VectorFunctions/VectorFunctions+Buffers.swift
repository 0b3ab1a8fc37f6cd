extension VectorFunctions {
    /// A function of one number.
    package enum Elementary: Sendable {
        case squareRoot, magnitude, sign, exponential, logarithm, errorFunction, errorComplement
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
        case .sine: VectorLoop.map(source, into: target, count) { sine($0) }
        case .cosine: VectorLoop.map(source, into: target, count) { cosine($0) }
        case .hyperbolicTangent: VectorLoop.map(source, into: target, count) { hyperbolicTangent($0) }
        }
    }

    /// `a` with the sign of `b`; see ``signProduct(_:_:)``.
    package static func signProduct(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        VectorLoop.map(a, b, into: target, count) { signProduct($0, $1) }
    }

    /// The larger of two; see ``maximum(_:_:)``.
    package static func maximum(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        VectorLoop.map(a, b, into: target, count) { maximum($0, $1) }
    }

    /// What the rounding of a sum lost; see ``sumError(_:_:)``.
    package static func sumError(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        VectorLoop.map(a, b, into: target, count) { sumError($0, $1) }
    }

    /// What the rounding of a product lost; see ``productError(_:_:)``.
    package static func productError(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        VectorLoop.map(a, b, into: target, count) { productError($0, $1) }
    }

    /// Values with relative changes; see ``corrected(_:by:)``.
    package static func corrected(
        _ a: UnsafePointer<Double>, by b: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        VectorLoop.map(a, b, into: target, count) { corrected($0, by: $1) }
    }

    /// Values of erfc with changes of their arguments; see ``correctedComplement(_:at:by:)``.
    package static func correctedComplement(
        _ a: UnsafePointer<Double>, at u: UnsafePointer<Double>, by c: UnsafePointer<Double>,
        into target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        VectorLoop.map(a, u, c, into: target, count) { correctedComplement($0, at: $1, by: $2) }
    }
}
