import Algebra
import Numerics

import func Foundation.asinh
import func Foundation.cosh
import func Foundation.sinh

/// An expectation that keeps its name, `E[body]` over the standardized noise, as it is evaluated by quadrature.
///
/// The integral is cut where the body may have a kink, a jump or a sharp bend: at the zeros of the arguments of sign,
/// abs and max, of the operands of a root, and of every argument or base that is affine in the noise. Zeros of
/// polynomials of degree two or less are exact, others are bracketed on a grid. A Dirac delta in the body is the value
/// of its cofactor at the zeros of its argument.
public struct NamedExpectation: Sendable {
    public let body: Expression
    /// The symbol that the expectation is over.
    public let variable: Symbol
    public let law: NumericNoiseLaw
    /// The symbols whose values ``value(at:)`` needs.
    public let parameters: Set<Symbol>

    /// The part of the body without deltas.
    private let regular: Expression
    private let masses: [(cofactor: Expression, argument: Expression, slope: Expression)]
    private let cuts: [Cut]

    /// Where to look for zeros.
    private enum Cut: Sendable {
        /// The coefficients of a polynomial of degree one or two.
        case polynomial([Expression])
        case function(Expression)
    }

    public init(of body: Expression, over variable: Symbol, law: NumericNoiseLaw) {
        self.body = body
        self.variable = variable
        self.law = law
        parameters = body.symbols.subtracting([variable])
        var regular: [Expression] = []
        var masses: [(Expression, Expression, Expression)] = []
        for summand in expandedIfPossible(body).summands {
            if let (cofactor, argument) = NamedExpectation.splitDelta(summand) {
                masses.append((cofactor, argument, argument.derivative(by: variable)))
            } else {
                regular.append(summand)
            }
        }
        // Without a delta the body is kept as it was written.
        self.regular = masses.isEmpty ? body : Expression.sum(of: regular)
        self.masses = masses
        cuts = NamedExpectation.cuts(of: self.regular, variable)
    }

    /// The expectation that a node `E[body]` names over the standardized noise of a gradient draw.
    ///
    /// - Returns: nil where the expression is another one.
    public init?(_ node: Expression, law: NumericNoiseLaw) {
        guard case .expectation(let body) = node.content,
            body.symbols.filter(\.isRandom) == [GradientDraw.variable]
        else { return nil }
        self.init(of: body, over: GradientDraw.variable, law: law)
    }

    /// The value with the symbols of ``parameters`` replaced by numbers, to a relative error of 1e-12.
    ///
    /// - Throws: ``QuadratureError`` where the integral does not converge, the integrand does not fade out within the
    ///   range of doubles, or the body has no value.
    /// - Complexity: 21 evaluations of the body for each interval, of which a smooth body needs about a dozen.
    public func value(at point: [Symbol: Double]) throws(QuadratureError) -> Double {
        func evaluated(_ expression: Expression, _ z: Double) -> Double {
            expression.evaluated { $0 == variable ? z : point[$0] ?? .nan }
        }
        if !law.atoms.isEmpty {
            return law.atoms.reduce(0) { $0 + $1.probability * evaluated(body, $1.value) }
        }
        let range = Range(of: law)
        var total = CompensatedSum()
        for mass in masses {
            for z in zeros(of: mass.argument, range, evaluated) {
                let slope = evaluated(mass.slope, z)
                total.add(evaluated(mass.cofactor, z) * law.density(z) / slope.magnitude)
            }
        }
        guard total.value.isFinite else { throw .notFinite(at: 0) }
        if regular.isZero { return total.value }
        var breakpoints = law.kinks
        for cut in cuts { breakpoints += zeros(of: cut, range, evaluated) }
        let quadrature = AdaptiveQuadrature(absoluteTolerance: 1e-300, relativeTolerance: 2e-13)
        func integrand(_ parameter: Double) -> Double {
            let z = range.noise(parameter)
            let weight = law.density(z) * range.slope(parameter)
            return weight < 1e-290 ? 0 : weight * evaluated(regular, z)
        }
        let integral = try quadrature.integral(
            from: range.lower, to: range.upper,
            breakpoints: (breakpoints + [-6, -3, -1, 1, 3, 6]).map(range.parameter), of: integrand)
        total.add(integral)
        let tail = integrand(range.lower).magnitude + integrand(range.upper).magnitude
        if law.support.upper.isInfinite, !(tail <= 1e-13 * max(integral.magnitude, total.value.magnitude) + 1e-30) {
            throw .notConverged(estimate: total.value, error: tail)
        }
        return total.value
    }

    // MARK: Zeros

    /// The points at which the body, as a function of the variable, may have a kink, a jump or a sharp bend, where they
    /// are zeros of polynomials of degree two or less; the vertex stands for two zeros that are not real.
    public static func exactBreakpoints(of body: Expression, over variable: Symbol) -> [Expression] {
        var result: [Expression] = []
        for case .polynomial(let c) in cuts(of: body, variable) {
            guard c.count == 3 else {
                result.append(-c[0] / c[1])
                continue
            }
            let centre = -(c[1] / c[2]).scaled(by: .half)
            let discriminant = expandedIfPossible(c[1] ** 2 - 4 * c[0] * c[2])
            if discriminant.bounds.isNonpositive {
                result.append(centre)
            } else {
                let halfWidth = sqrt(max(discriminant, .zero)) / (2 * abs(c[2]))
                result += [centre - halfWidth, centre + halfWidth]
            }
        }
        return result.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private func zeros(
        of cut: Cut, _ range: Range, _ evaluated: (Expression, Double) -> Double
    ) -> [Double] {
        switch cut {
        case .function(let function): return zeros(of: function, range, evaluated)
        case .polynomial(let coefficients):
            let c = coefficients.map { evaluated($0, 0) }
            if c.count == 2 || c[2] == 0 { return c[1] == 0 ? [] : [-c[0] / c[1]] }
            let (centre, discriminant) = (-0.5 * c[1] / c[2], c[1] * c[1] - 4 * c[0] * c[2])
            // Without a real zero the parabola is nearest to zero at its vertex.
            guard discriminant > 0 else { return [centre] }
            let large = -0.5 * (c[1] + (c[1] < 0 ? -1 : 1) * discriminant.squareRoot())
            return [large / c[2], large == 0 ? centre : c[0] / large]
        }
    }

    /// The changes of sign on a grid of the whole range, each narrowed to the last bit.
    private func zeros(
        of function: Expression, _ range: Range, _ evaluated: (Expression, Double) -> Double
    ) -> [Double] {
        if let coefficients = function.polynomial(in: variable, degree: 1), coefficients.count == 2 {
            return zeros(of: .polynomial(coefficients), range, evaluated)
        }
        let grid = range.grid.map(range.noise)
        let values = grid.map { evaluated(function, $0) }
        return grid.indices.dropFirst().compactMap { k in
            guard (values[k] < 0) != (values[k - 1] < 0) else { return nil }
            var (lower, upper) = (grid[k - 1], grid[k])
            for _ in 0..<80 {
                let middle = 0.5 * (lower + upper)
                if (evaluated(function, middle) < 0) == (values[k - 1] < 0) { lower = middle } else { upper = middle }
            }
            return 0.5 * (lower + upper)
        }
    }

    private static func cuts(of body: Expression, _ variable: Symbol) -> [Cut] {
        var seen: Set<Expression> = []
        var result: [Cut] = []
        func add(_ expression: Expression, isKink: Bool) {
            guard expression.contains(variable), seen.insert(expression).inserted else { return }
            if let coefficients = expression.polynomial(in: variable, degree: 2), coefficients.count > 1 {
                result.append(.polynomial(coefficients))
            } else if isKink {
                result.append(.function(expression))
            }
        }
        body.forEachNode { node in
            switch node.content {
            case .function(.max, let operands):
                for (k, operand) in operands.enumerated() {
                    for other in operands[(k + 1)...] { add(operand - other, isKink: true) }
                }
            case .function(let function, let arguments):
                for argument in arguments { add(argument, isKink: function == .sign || function == .abs) }
            case .product(_, let factors):
                for factor in factors where factor.base != .e {
                    add(factor.base, isKink: factor.exponent.number?.isInteger != true)
                }
            default: break
            }
        }
        return result
    }

    /// The cofactor and the argument of a delta in a product.
    private static func splitDelta(_ summand: Expression) -> (cofactor: Expression, argument: Expression)? {
        let (coefficient, factors) = summand.asProduct
        for (position, factor) in factors.enumerated() where factor.exponent.isOne {
            guard case .function(.dirac(0), let arguments) = factor.base.content else { continue }
            var others = factors
            others.remove(at: position)
            let cofactor = Expression.product(
                of: [Expression(coefficient)] + others.map { Expression.power($0.base, $0.exponent) })
            return (cofactor, arguments[0])
        }
        return nil
    }
}

extension NamedExpectation {
    /// The finite range of a parameter over which the noise is integrated: beyond it no weight is left.
    ///
    /// The parameter is the noise itself, or s with z = sqrt(nu) sinh(s), which turns the powers in the tails of
    /// Student's law into exponentials.
    private struct Range {
        let lower: Double
        let upper: Double
        /// The scale of the substitution; nil without one.
        let scale: Double?

        init(of law: NumericNoiseLaw) {
            switch law.kind {
            case .student(let degrees):
                upper = min(max(170, 37 / degrees), 345)
                scale = degrees.squareRoot()
            case .laplace, .logistic:
                upper = 480
                scale = nil
            case .uniform:
                upper = NumericNoiseLaw.uniformEdge
                scale = nil
            case .mixture(_, let first, let second):
                upper = 37 * max(first, second)
                scale = nil
            case .gaussian, .rademacher, .sample:
                upper = 37
                scale = nil
            }
            lower = -upper
        }

        func noise(_ parameter: Double) -> Double { scale.map { $0 * sinh(parameter) } ?? parameter }
        func parameter(_ noise: Double) -> Double { scale.map { asinh(noise / $0) } ?? noise }
        func slope(_ parameter: Double) -> Double { scale.map { $0 * cosh(parameter) } ?? 1 }

        /// Dense about the centre.
        var grid: [Double] { (-200...200).map { upper * (Double($0) / 200) * (Double($0) / 200).magnitude } }
    }
}
