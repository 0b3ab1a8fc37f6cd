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

    /// The function, the radius being the input after those of the kernel.
    private let integrand: Program
    /// The square of the mean, and then where the function has a kink or a sharp bend.
    private let constants: Program
    private let dimension: Double

    init(
        of function: Expression, squaredMean: Expression, adding n: Int, _ resolver: CoordinateResolver
    ) throws(CompilationError) {
        integrand = try resolver.program([function], appending: [Self.radius])
        // A function of the radius is often one of c/|u|, whose kinks are zeros of polynomials in the inverse.
        let inverted = function.substituting(Self.radius, by: 1 / Expression(Self.inverse))
        let kinks =
            NamedExpectation.exactBreakpoints(of: function, over: Self.radius)
            + NamedExpectation.exactBreakpoints(of: inverted, over: Self.inverse).map { 1 / $0 }
        constants = try resolver.program([squaredMean] + kinks.filter { !$0.isUndefined })
        dimension = Double(resolver.dimension + 2 * n)
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
        let constantCount = constants.outputCount
        let tableSize = inputCount + 2 + constantCount
        withUnsafeTemporaryAllocation(of: Double.self, capacity: (inputCount + 2) * width + constantCount) { memory in
            withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Double>.self, capacity: tableSize) { tables in
                guard let base = memory.baseAddress, let inner = tables.baseAddress else { return }
                for k in 0...inputCount { inner[k] = base + k * width }
                let values = base + (inputCount + 2) * width
                for lane in 0..<count {
                    for k in 0..<inputCount { inner[k].update(repeating: table[k][lane], count: width) }
                    for k in 0..<constantCount { inner[inputCount + k] = values + k }
                    constants.evaluate(inner, uniforms: uniforms, count: 1)
                    let law = NoncentralChi(dimension: dimension, noncentrality: values[0].squareRoot())
                    let centre = law.centre
                    guard centre.isFinite else {
                        result[lane] = .nan
                        continue
                    }
                    let kinks = (1..<max(1, constantCount)).map { values[$0] }
                    inner[inputCount] = base + inputCount * width
                    inner[inputCount + 1] = base + (inputCount + 1) * width
                    let value = try? quadrature.integral(
                        from: max(0, centre - Self.reach), to: centre + Self.reach,
                        breakpoints: kinks + [centre - 6, centre - 2, centre, centre + 2, centre + 6],
                        ofBatch: { points in
                            guard let source = points.baseAddress else { return }
                            inner[inputCount].update(from: source, count: width)
                            integrand.evaluate(inner, uniforms: uniforms, count: width)
                            for k in 0..<width {
                                let density = law.density(source[k])
                                source[k] = density == 0 ? 0 : density * inner[inputCount + 1][k]
                            }
                        })
                    result[lane] = value ?? .nan
                }
            }
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
