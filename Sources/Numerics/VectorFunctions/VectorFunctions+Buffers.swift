/// The functions applied to many numbers; the target may be the source.
extension VectorFunctions {
    package static func squareRoot(
        _ source: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        VectorLoop.map(source, into: target, count) { squareRoot($0) }
    }

    package static func magnitude(
        _ source: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        VectorLoop.map(source, into: target, count) { magnitude($0) }
    }

    package static func sign(_ source: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, _ count: Int) {
        VectorLoop.map(source, into: target, count) { sign($0) }
    }

    package static func exponential(
        _ source: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        VectorLoop.map(source, into: target, count) { exponential($0) }
    }

    package static func logarithm(
        _ source: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        VectorLoop.map(source, into: target, count) { logarithm($0) }
    }

    package static func errorFunction(
        _ source: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        VectorLoop.map(source, into: target, count) { errorFunction($0) }
    }

    package static func errorComplement(
        _ source: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        VectorLoop.map(source, into: target, count) { errorComplement($0) }
    }

    package static func sine(_ source: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, _ count: Int) {
        VectorLoop.map(source, into: target, count) { sine($0) }
    }

    package static func cosine(_ source: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, _ count: Int)
    {
        VectorLoop.map(source, into: target, count) { cosine($0) }
    }

    package static func hyperbolicTangent(
        _ source: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        VectorLoop.map(source, into: target, count) { hyperbolicTangent($0) }
    }

    package static func normalDensity(
        _ source: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        VectorLoop.map(source, into: target, count) { normalDensity($0) }
    }

    package static func signProduct(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        VectorLoop.map(a, b, into: target, count) { signProduct($0, $1) }
    }

    package static func maximum(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        VectorLoop.map(a, b, into: target, count) { maximum($0, $1) }
    }
}
