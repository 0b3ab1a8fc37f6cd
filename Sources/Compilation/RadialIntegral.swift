import Algebra
import Numerics
import Probability

/// An expectation of a function of the length of a standard normal vector about a mean, by adaptive quadrature to 1e-12.
struct RadialIntegral: Sendable {
    /// Stands in formulas for such an expectation; its arguments are the function of ``radius``, the square of the mean,
    /// and half the number of dimensions beyond those of the landscape.
    static let node = Function.unnamed(" radial expectation", derivatives: [0, 0, 0])
    static let radius = Symbol(" radius", bounds: .positive)

    private static let inverse = Symbol(" inverse radius", bounds: .positive)
    /// Beyond this distance from its centre the law has no weight left in doubles.
    private static let reach = 40.0

    /// The function of the radius; its constants are the square of the mean and the points where it is not smooth.
    private let quadrature: LaneQuadrature
    private let dimension: Double

    init(
        of function: Expression, squaredMean: Expression, adding n: Int, _ resolver: CoordinateResolver
    ) throws(CompilationError) {
        // A function of the radius is often one of c/|u|, whose kinks are zeros of polynomials in the inverse.
        let inverted = function.substituting(Self.radius, by: 1 / Expression(Self.inverse))
        let kinks =
            NamedExpectation.exactBreakpoints(of: function, over: Self.radius)
            + NamedExpectation.exactBreakpoints(of: inverted, over: Self.inverse).map { 1 / $0 }
        quadrature = LaneQuadrature(
            integrand: try resolver.program([function], appending: [Self.radius]),
            constants: try resolver.program([squaredMean] + kinks.filter { !$0.isUndefined }))
        dimension = Double(resolver.dimension + 2 * n)
    }

    /// The expectation for many states; NaN where the quadrature does not converge.
    ///
    /// - Parameter table: the inputs of the kernel's programs.
    func evaluate(
        _ table: UnsafeMutablePointer<UnsafeMutablePointer<Double>>, uniforms: [Double],
        into result: UnsafeMutablePointer<Double>, count: Int
    ) {
        quadrature.evaluate(table, uniforms: uniforms, into: result, count: count) { constants in
            let law = NoncentralChi(dimension: dimension, noncentrality: constants[0].squareRoot())
            let centre = law.centre
            guard centre.isFinite else { return nil }
            return LaneQuadrature.Range(
                lower: max(0, centre - Self.reach), upper: centre + Self.reach,
                breakpoints: constants.dropFirst() + [centre - 6, centre - 2, centre, centre + 2, centre + 6],
                density: law.density)
        }
    }
}

extension Expression {
    /// The expression with every expectation over the noise of all coordinates that depends on it through one length
    /// and polynomials written as integrals over that length.
    func reducingVectorExpectations(over draw: GradientDraw?) -> Expression {
        guard let draw, containsExpectation else { return self }
        let noise = GradientDraw(
            symbol: draw.standardizedNoise, mean: .zero, scale: .one, law: draw.law, correlation: draw.correlation)
        return replacing { node in
            guard case .expectation(let body) = node.content, body.containsIndexSum,
                let radial = RadialExpectation(of: body, over: noise)
            else { return nil }
            let function = radial.function.substituting(
                RadialExpectation.length, by: radial.unit * Expression(RadialIntegral.radius))
            return Expression.sum(
                of: radial.terms.map { term in
                    term.weight
                        * .function(RadialIntegral.node, [function, radial.squaredMean, Expression(term.added)])
                })
        }
    }
}
