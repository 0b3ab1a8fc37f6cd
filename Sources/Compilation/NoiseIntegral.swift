import Algebra
import Numerics
import Probability

/// An expectation over the gradient noise of one coordinate that has no closed form, by adaptive quadrature to 1e-12.
struct NoiseIntegral: Sendable {
    /// Body times density, the noise being the input after those of the kernel.
    private let integrand: Program
    /// Where the integrand has a kink, a jump or a sharp bend.
    private let breakpoints: Program

    init(
        of body: Expression, over draw: GradientDraw, _ resolver: CoordinateResolver
    ) throws(CompilationError) {
        let noise = GradientDraw.variable
        let z = Expression(noise)
        guard let density = draw.law.density(at: z) else { throw .unsupportedExpectation }
        let standardized = body.substituting(draw.symbol, by: draw.mean + draw.scale * z)
        if standardized.symbols.contains(where: { $0.isRandom && $0 != noise }) { throw .unsupportedExpectation }
        let product = standardized * density
        integrand = try resolver.program([product], appending: [noise])
        breakpoints = try resolver.program(NamedExpectation.exactBreakpoints(of: product, over: noise))
    }

    /// The expectation for many states; NaN where the quadrature does not converge.
    ///
    /// - Parameter table: the inputs of the kernel's programs.
    func evaluate(
        _ table: UnsafeMutablePointer<UnsafeMutablePointer<Double>>, uniforms: [Double],
        into result: UnsafeMutablePointer<Double>, count: Int
    ) {
        let inputCount = integrand.inputCount - 1
        let width = AdaptiveQuadrature.pointCount
        let quadrature = AdaptiveQuadrature(relativeTolerance: 1e-12)
        let zeroCount = breakpoints.outputCount
        let tableSize = inputCount + 2 + zeroCount
        withUnsafeTemporaryAllocation(of: Double.self, capacity: (inputCount + 2) * width + zeroCount) { memory in
            withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Double>.self, capacity: tableSize) { tables in
                guard let base = memory.baseAddress, let inner = tables.baseAddress else { return }
                for k in 0...inputCount { inner[k] = base + k * width }
                let zeros = base + (inputCount + 2) * width
                for lane in 0..<count {
                    for k in 0..<inputCount { inner[k].update(repeating: table[k][lane], count: width) }
                    for k in 0..<zeroCount { inner[inputCount + k] = zeros + k }
                    if zeroCount > 0 { breakpoints.evaluate(inner, uniforms: uniforms, count: 1) }
                    let kinks = (0..<zeroCount).map { zeros[$0] }
                    inner[inputCount] = base + inputCount * width
                    inner[inputCount + 1] = base + (inputCount + 1) * width
                    let value = try? quadrature.integral(
                        from: -.infinity, to: .infinity, breakpoints: kinks + [-6, 0, 6],
                        ofBatch: { points in
                            guard let source = points.baseAddress else { return }
                            inner[inputCount].update(from: source, count: width)
                            integrand.evaluate(inner, uniforms: uniforms, count: width)
                            source.update(from: inner[inputCount + 1], count: width)
                        })
                    result[lane] = value ?? .nan
                }
            }
        }
    }
}
