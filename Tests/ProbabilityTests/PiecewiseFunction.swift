import Algebra
import ExactNumbers
import Numerics

import func Foundation.asinh
import func Foundation.cosh
import func Foundation.sinh

@testable import Probability

/// A function of a gradient draw that is a polynomial between kinks: as an expression, and as numbers to integrate.
indirect enum PiecewiseFunction {
    case draw
    case number(Rational)
    /// A symbol of either sign, by number.
    case parameter(Int)
    case sum(PiecewiseFunction, PiecewiseFunction)
    case product(PiecewiseFunction, PiecewiseFunction)
    case power(PiecewiseFunction, Int)
    case sign(PiecewiseFunction)
    case magnitude(PiecewiseFunction)
    case larger(PiecewiseFunction, PiecewiseFunction)
    case smaller(PiecewiseFunction, PiecewiseFunction)
    /// Held between -limit and limit.
    case clip(PiecewiseFunction, Rational)

    static let drawSymbol = Symbol("g", role: .noise, indices: [.free("i")])
    static let parameters = (0..<4).map { Symbol("c\($0)") }

    var expression: Expression {
        switch self {
        case .draw: Expression(Self.drawSymbol)
        case .number(let value): Expression(value)
        case .parameter(let index): Expression(Self.parameters[index])
        case .sum(let u, let v): u.expression + v.expression
        case .product(let u, let v): u.expression * v.expression
        case .power(let u, let n): u.expression ** n
        case .sign(let u): Algebra.sign(u.expression)
        case .magnitude(let u): Algebra.abs(u.expression)
        case .larger(let u, let v): Algebra.max(u.expression, v.expression)
        case .smaller(let u, let v): Algebra.min(u.expression, v.expression)
        case .clip(let u, let limit): Algebra.clip(u.expression, Expression(-limit), Expression(limit))
        }
    }

    func value(_ g: Double, _ c: [Double]) -> Double {
        switch self {
        case .draw: return g
        case .number(let value): return value.doubleValue
        case .parameter(let index): return c[index]
        case .sum(let u, let v): return u.value(g, c) + v.value(g, c)
        case .product(let u, let v): return u.value(g, c) * v.value(g, c)
        case .power(let u, let n):
            let base = u.value(g, c)
            return (0..<n).reduce(1) { product, _ in product * base }
        case .sign(let u):
            let argument = u.value(g, c)
            return argument > 0 ? 1 : argument < 0 ? -1 : 0
        case .magnitude(let u): return u.value(g, c).magnitude
        case .larger(let u, let v): return Swift.max(u.value(g, c), v.value(g, c))
        case .smaller(let u, let v): return Swift.min(u.value(g, c), v.value(g, c))
        case .clip(let u, let limit):
            return Swift.min(Swift.max(u.value(g, c), -limit.doubleValue), limit.doubleValue)
        }
    }

    /// The functions at whose changes of sign this one may have a kink.
    var kinks: [PiecewiseFunction] {
        switch self {
        case .draw, .number, .parameter: return []
        case .sum(let u, let v), .product(let u, let v): return u.kinks + v.kinks
        case .power(let u, _): return u.kinks
        case .sign(let u), .magnitude(let u): return [u] + u.kinks
        case .larger(let u, let v), .smaller(let u, let v):
            return [.sum(u, .product(.number(-1), v))] + u.kinks + v.kinks
        case .clip(let u, let limit): return [.sum(u, .number(limit)), .sum(u, .number(-limit))] + u.kinks
        }
    }

    // MARK: Random functions

    /// A sum of products of piecewise linear functions, with symbols among its constants or without.
    static func random(
        degree: Int, kinks: Int, isSymbolic: Bool, using generator: inout some RandomNumberGenerator
    ) -> PiecewiseFunction {
        var budget = kinks
        var terms: [PiecewiseFunction] = []
        for _ in 0..<Int.random(in: 1...2, using: &generator) {
            let count = Int.random(in: 1...max(1, min(3, degree)), using: &generator)
            var remaining = degree
            var factors: [PiecewiseFunction] = []
            for position in 0..<count {
                let own = position == count - 1 ? budget : Int.random(in: 0...budget, using: &generator)
                budget -= own
                let linear = linear(own, isSymbolic, &generator)
                let exponent = Int.random(in: 1...max(1, remaining - (count - 1 - position)), using: &generator)
                remaining -= exponent
                factors.append(exponent == 1 ? linear : .power(linear, exponent))
            }
            terms.append(factors.dropFirst().reduce(factors[0]) { .product($0, $1) })
        }
        return terms.dropFirst().reduce(terms[0]) { .sum($0, $1) }
    }

    /// A function that is linear or constant between kinks.
    private static func linear(
        _ kinks: Int, _ isSymbolic: Bool, _ generator: inout some RandomNumberGenerator
    ) -> PiecewiseFunction {
        guard kinks > 0 else {
            let slope = rational(&generator)
            let affine = PiecewiseFunction.sum(
                .product(.number(slope.isZero ? 1 : slope), .draw), constant(isSymbolic, &generator))
            return Bool.random(using: &generator) ? .draw : affine
        }
        let inner = linear(kinks - 1, isSymbolic, &generator)
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: return .sign(inner)
        case 1: return .magnitude(inner)
        case 2: return .larger(inner, constant(isSymbolic, &generator))
        case 3: return .smaller(inner, linear(0, isSymbolic, &generator))
        case 4: return .larger(inner, linear(0, isSymbolic, &generator))
        case 5 where kinks > 1:
            return .clip(linear(kinks - 2, isSymbolic, &generator), rational(&generator).magnitude + 1)
        default: return .sum(.magnitude(.sum(.draw, constant(isSymbolic, &generator))), inner)
        }
    }

    private static func rational(_ generator: inout some RandomNumberGenerator) -> Rational {
        Rational(Int.random(in: -5...5, using: &generator), Int.random(in: 1...4, using: &generator))
    }

    private static func constant(
        _ isSymbolic: Bool, _ generator: inout some RandomNumberGenerator
    ) -> PiecewiseFunction {
        !isSymbolic || Bool.random(using: &generator)
            ? .number(rational(&generator)) : .parameter(Int.random(in: 0..<4, using: &generator))
    }
}

extension PiecewiseFunction {
    /// E[f] and E|f| of f at `mean + scale Z` by quadrature between the kinks.
    func expectation(
        mean: Double, scale: Double, parameters c: [Double], law: NumericNoiseLaw
    ) throws -> (value: Double, magnitude: Double) {
        if !law.atoms.isEmpty {
            let values = law.atoms.map { $0.probability * value(mean + scale * $0.value, c) }
            return (values.reduce(0, +), values.reduce(0) { $0 + $1.magnitude })
        }
        // z = sinh(s) turns the power of a tail into an exponential.
        let limit = law.support.lower.isFinite ? asinh(law.support.upper) : 80.0
        let grid = (0...1600).map { -limit + 2 * limit * Double($0) / 1600 }
        var breakpoints = law.kinks
        for kink in kinks {
            let f = { (s: Double) in kink.value(mean + scale * sinh(s), c) }
            let values = grid.map(f)
            for k in 1..<grid.count where (values[k] < 0) != (values[k - 1] < 0) {
                breakpoints.append(Self.root(of: f, grid[k - 1], grid[k]))
            }
        }
        let quadrature = AdaptiveQuadrature(absoluteTolerance: 1e-13, relativeTolerance: 1e-13)
        func integral(_ transform: (Double) -> Double) throws -> Double {
            try quadrature.integral(from: -limit, to: limit, breakpoints: breakpoints + [-4, -2, -1, 1, 2, 4]) { s in
                let weight = law.density(sinh(s)) * cosh(s)
                return weight < 1e-250 ? 0 : weight * transform(value(mean + scale * sinh(s), c))
            }
        }
        return (try integral { $0 }, try integral { $0.magnitude })
    }

    private static func root(of f: (Double) -> Double, _ lower: Double, _ upper: Double) -> Double {
        var (lower, upper) = (lower, upper)
        let isNegative = f(lower) < 0
        for _ in 0..<70 {
            let middle = 0.5 * (lower + upper)
            if (f(middle) < 0) == isNegative { lower = middle } else { upper = middle }
        }
        return 0.5 * (lower + upper)
    }
}
