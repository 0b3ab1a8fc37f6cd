import Algebra
import Numerics
import Probability

/// An expectation of a function of the length of a standard normal vector about a mean, by adaptive quadrature to 1e-12.
///
/// Where the function is the same for all states the expectation is a smooth function of the length of the mean alone,
/// which many states read from one table.
struct RadialIntegral: Sendable {
    /// Stands in formulas for such an expectation; its arguments are the function of ``radius``, the square of the mean,
    /// and half the number of dimensions beyond those of the landscape.
    static let node = Function.unnamed(" radial expectation", derivatives: [0, 0, 0])
    static let radius = Symbol(" radius", bounds: .positive)

    private static let inverse = Symbol(" inverse radius", bounds: .positive)

    private let squaredMean: Program
    private let law: LengthLaw
    /// The expectation as a function of the length of the mean; `nil` where it depends on more.
    private let table: LazyInterpolant?

    init(
        of function: Expression, squaredMean: Expression, adding n: Int, _ resolver: CoordinateResolver
    ) throws(CompilationError) {
        // A function of the radius is often one of c/|u|, whose kinks are zeros of polynomials in the inverse.
        let inverted = function.substituting(Self.radius, by: 1 / Expression(Self.inverse))
        let kinks =
            NamedExpectation.exactBreakpoints(of: function, over: Self.radius)
            + NamedExpectation.exactBreakpoints(of: inverted, over: Self.inverse).map { 1 / $0 }
        let law = LengthLaw(
            quadrature: LaneQuadrature(
                integrand: try resolver.program([function], appending: [Self.radius]),
                constants: try resolver.program(kinks.filter { !$0.isUndefined })),
            dimension: Double(resolver.dimension + 2 * n))
        self.law = law
        self.squaredMean = try resolver.program([squaredMean])
        table = law.isSameForAllStates ? LazyInterpolant(width: 1, law.expectation) : nil
    }

    /// The expectation for many states; NaN where the quadrature does not converge.
    ///
    /// - Parameters:
    ///   - table: the inputs of the kernel's programs.
    ///   - interpolates: whether values may be interpolated.
    func evaluate(
        _ table: UnsafeMutablePointer<UnsafeMutablePointer<Double>>, uniforms: UnsafePointer<Double>,
        into result: UnsafeMutablePointer<Double>, count: Int, interpolates: Bool
    ) {
        let inputs = squaredMean.inputCount
        withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, count)) { memory in
            withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Double>.self, capacity: inputs + 1) { inner in
                guard let squares = memory.baseAddress, let inner = inner.baseAddress else { return }
                for k in 0..<inputs { inner[k] = table[k] }
                inner[inputs] = squares
                squaredMean.evaluate(inner, uniforms: uniforms, count: count)
                if interpolates, let interpolant = self.table {
                    for lane in 0..<count { result[lane] = interpolant(squares[lane].squareRoot()) }
                } else {
                    law.evaluate(
                        table, uniforms: uniforms, noncentrality: { squares[$0].squareRoot() }, into: result,
                        count: count)
                }
            }
        }
    }
}

/// Integrals of a compiled function of the length over its law.
private struct LengthLaw: Sendable {
    /// Beyond this distance from its centre the law has no weight left in doubles.
    private static let reach = 40.0

    /// The function of the length; its constants are the points where it is not smooth.
    let quadrature: LaneQuadrature
    let dimension: Double

    var isSameForAllStates: Bool {
        let length = quadrature.integrand.inputCount - 1
        return quadrature.integrand.depends(onlyOn: [length]) && quadrature.constants.depends(onlyOn: [])
    }

    func evaluate(
        _ table: UnsafeMutablePointer<UnsafeMutablePointer<Double>>, uniforms: UnsafePointer<Double>,
        noncentrality: (_ lane: Int) -> Double, into result: UnsafeMutablePointer<Double>, count: Int
    ) {
        quadrature.evaluate(table, uniforms: uniforms, into: result, count: count) { lane, kinks in
            let law = NoncentralChi(dimension: dimension, noncentrality: noncentrality(lane))
            let centre = law.centre
            guard centre.isFinite else { return nil }
            return LaneQuadrature.Range(
                lower: max(0, centre - Self.reach), upper: centre + Self.reach,
                breakpoints: kinks + [centre - 6, centre - 2, centre, centre + 2, centre + 6], density: law.density)
        }
    }

    /// The expectation where the function is the same for all states.
    @Sendable func expectation(noncentrality: Double) -> Double {
        let inputs = quadrature.integrand.inputCount
        var (unread, result) = (0.0, Double.nan)
        withUnsafeMutablePointer(to: &unread) { unread in
            withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Double>.self, capacity: inputs) { table in
                table.initialize(repeating: unread)
                guard let base = table.baseAddress else { return }
                evaluate(base, uniforms: [], noncentrality: { _ in noncentrality }, into: &result, count: 1)
            }
        }
        return result
    }
}

extension Expression {
    /// The expression with every expectation over the noise of all coordinates that depends on it through one length
    /// and polynomials written as integrals over that length.
    func reducingVectorExpectations(over draw: GradientDraw?) -> Expression {
        guard let draw, containsExpectation else { return self }
        return reducingVectorExpectations(
            over: GradientDraw(
                symbol: draw.standardizedNoise, mean: .zero, scale: .one, law: draw.law, correlation: draw.correlation),
            depth: 0)
    }

    private func reducingVectorExpectations(over noise: GradientDraw, depth: Int) -> Expression {
        replacing { node in
            guard node.containsExpectation else { return node }
            switch node.content {
            case .indexSum(let body):
                // Inside of a sum an expectation knows its coordinate by a name.
                let name = "\(RadialExpectation.openedCoordinate)\(depth)"
                let inner = Expression.opened(body, as: name)
                return .indexSum(over: name, inner.reducingVectorExpectations(over: noise, depth: depth + 1))
            case .expectation(let body) where body.containsIndexSum: return body.radialExpectation(over: noise)
            default: return nil
            }
        }
    }

    /// The expectation of the body as a sum of integrals over one length.
    ///
    /// - Returns: nil where it is none, not even with one of its factors, a sum of different functions, multiplied out.
    private func radialExpectation(over noise: GradientDraw) -> Expression? {
        if let radial = RadialExpectation(of: self, over: noise) {
            let function = radial.function.substituting(
                RadialExpectation.length, by: radial.unit * Expression(RadialIntegral.radius))
            return Expression.sum(
                of: radial.terms.map { term in
                    term.weight
                        * .function(RadialIntegral.node, [function, radial.squaredMean, Expression(term.added)])
                })
        }
        for factor in asProduct.factors where factor.exponent.isOne && factor.base.isRandom {
            let summands = factor.base.summands
            guard summands.count > 1 else { continue }
            let parts = summands.compactMap { (self / factor.base * $0).radialExpectation(over: noise) }
            if parts.count == summands.count { return Expression.sum(of: parts) }
        }
        return nil
    }
}
