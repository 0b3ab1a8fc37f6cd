import Algebra
import Numerics
import Probability

/// An expectation over the gradient noise of one coordinate that has no closed form, by adaptive quadrature to 1e-12.
struct NoiseIntegral: Sendable {
    /// Body times density; its constants are the points where it is not smooth.
    private let quadrature: LaneQuadrature

    init(
        of body: Expression, over draw: GradientDraw, _ resolver: CoordinateResolver
    ) throws(CompilationError) {
        let noise = GradientDraw.variable
        let z = Expression(noise)
        guard let density = draw.law.density(at: z) else {
            throw .unsupportedExpectation(Expression.expectation(of: body).text)
        }
        let standardized = body.substituting(draw.symbol, by: draw.mean + draw.scale * z)
        if standardized.symbols.contains(where: { $0.isRandom && $0 != noise }) {
            throw .unsupportedExpectation(Expression.expectation(of: body).text)
        }
        let product = standardized * density
        quadrature = LaneQuadrature(
            integrand: try resolver.program([product], appending: [noise]),
            constants: try resolver.program(NamedExpectation.exactBreakpoints(of: product, over: noise)))
    }

    /// The expectation for many states; NaN where the quadrature does not converge.
    ///
    /// - Parameter table: the inputs of the kernel's programs.
    func evaluate(
        _ table: UnsafeMutablePointer<UnsafeMutablePointer<Double>>, uniforms: UnsafePointer<Double>,
        into result: UnsafeMutablePointer<Double>, count: Int
    ) {
        quadrature.evaluate(table, uniforms: uniforms, into: result, count: count) { _, kinks in
            LaneQuadrature.Range(lower: -.infinity, upper: .infinity, breakpoints: kinks + [-6, 0, 6])
        }
    }
}
