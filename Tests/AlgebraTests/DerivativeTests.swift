import Algebra
import ExactNumbers
import TestSupport
import Testing

import func Foundation.pow

/// Derivatives against differences of the plain evaluator.
struct DerivativeTests {
    private static let x = Symbol("x")
    private static let y = Symbol("y", bounds: .positive)

    /// A random expression in x and y in which every function can occur, with arguments inside of its domain.
    private static func expression(depth: Int, _ generator: inout SeededGenerator) -> Expression {
        let number = { (generator: inout SeededGenerator) in
            Expression(Rational(Int.random(in: -6...6, using: &generator), Int.random(in: 1...4, using: &generator)))
        }
        if depth == 0 {
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: return number(&generator)
            case 1, 2: return Expression(y)
            default: return Expression(x)
            }
        }
        let u = expression(depth: depth - 1, &generator)
        let positive = 1 + u * u
        let bounded = u / sqrt(positive)
        switch Int.random(in: 0..<22, using: &generator) {
        case 0...3: return u + expression(depth: depth - 1, &generator)
        case 4...6: return u * expression(depth: depth - 1, &generator)
        case 7: return u ** Int.random(in: 2...3, using: &generator)
        case 8: return 1 / positive
        case 9: return positive ** number(&generator)
        case 10: return positive ** bounded
        case 11: return exp(bounded)
        case 12: return log(positive)
        case 13: return [erf(u), tanh(u), atan(u)][Int.random(in: 0..<3, using: &generator)]
        case 14: return [sin(u), cos(u)][Int.random(in: 0..<2, using: &generator)]
        case 15: return asin(bounded.scaled(by: Rational(9, 10)))
        case 16: return sign(u) * u ** 2
        case 17: return abs(u)
        case 18: return max(u, expression(depth: depth - 1, &generator))
        case 19: return gamma(1 + bounded ** 2)
        case 20:
            return .function(.polygamma(Int.random(in: 0...2, using: &generator)), [2 + bounded])
        default:
            return Bool.random(using: &generator)
                ? hypergeometric2F1(.half, Expression(Rational(7, 3)), Expression(Rational(3, 2)), -(u ** 2))
                : kummer(Expression(Rational(-1, 3)), .half, bounded)
        }
    }

    /// The derivative by central differences, extrapolated (Ridders 1982), with its error estimate.
    private static func difference(of f: (Double) -> Double) -> (value: Double, error: Double) {
        var table: [[Double]] = []
        var best = (value: Double.nan, error: Double.infinity)
        for row in 0..<10 {
            let h = 0.05 * pow(0.7, Double(row))
            var values = [(f(h) - f(-h)) / (2 * h)]
            for column in 0..<row {
                let factor = pow(0.7, -2 * Double(column + 1))
                values.append((factor * values[column] - table[row - 1][column]) / (factor - 1))
                let error = max(
                    (values[column + 1] - values[column]).magnitude,
                    (values[column + 1] - table[row - 1][column]).magnitude)
                if error < best.error { best = (values[column + 1], error) }
            }
            table.append(values)
        }
        return best
    }

    @Test func `derivatives of random expressions agree with extrapolated differences`() {
        var generator = SeededGenerator(seed: 20_240_611)
        var compared = 0
        var functions: Set<String> = []
        for _ in 0..<1500 {
            let u = Self.expression(depth: Int.random(in: 1...4, using: &generator), &generator)
            let point = [
                Self.x: Double.random(in: -1.5...1.5, using: &generator),
                Self.y: Double.random(in: 0.3...1.7, using: &generator),
            ]
            let symbol = Bool.random(using: &generator) ? Self.x : Self.y
            guard u.contains(symbol) else { continue }
            func shifted(_ h: Double) -> Double { u.evaluated(at: point.merging([symbol: h]) { $0 + $1 }) }
            let expected = Self.difference(of: shifted)
            // A kink near the point or a value out of range leaves nothing to compare.
            guard expected.error < 1e-10 * max(1, expected.value.magnitude), shifted(0).magnitude < 1e6 else {
                continue
            }
            let derivative = u.derivative(by: symbol).evaluated(at: point)
            // A delta function is zero away from its point, which the plain evaluator does not know.
            if derivative.isNaN && u.derivative(by: symbol).containsDelta { continue }
            compared += 1
            #expect(
                (derivative - expected.value).magnitude <= 1e-9 * max(1, expected.value.magnitude),
                "d/d\(symbol.name) \(u) at \(point)")
            u.collectFunctions(&functions)
        }
        #expect(compared > 500)
        #expect(
            functions.isSuperset(of: [
                "sign", "abs", "max", "log", "erf", "sin", "cos", "tanh", "atan", "asin", "gamma", "polygamma",
                "hypergeometric2F1", "kummer",
            ]))
    }

    @Test func `derivatives by a parameter of a hypergeometric function are undefined, never zero`() {
        let (x, y) = (Expression(Self.x), Expression(Self.y))
        #expect(hypergeometric2F1(x, 1, 2, y).derivative(by: Self.x).isUndefined)
        #expect(kummer(1, x, y).derivative(by: Self.x).isUndefined)
    }

    @Test func `the probability of a negative value changes with the density at zero`() {
        let (i, j) = (Index.free("i"), Index.free("j"))
        let draw = Symbol("g", role: .randomField, indices: [i])
        let probability = Expression.function(.probabilityNegative, [Expression(draw)])
        let position = Symbol("x", role: .position, indices: [j])
        let slope = Expression(draw.differentiated(by: j))
        #expect(
            probability.derivative(by: position)
                == -Expression.expectation(of: .function(.dirac(0), [Expression(draw)]) * slope))
        #expect(probability.derivative(by: Self.x).isZero)
    }

    @Test func `a delta and a named function gain an order`() {
        let x = Expression(Self.x)
        #expect(sign(x).derivative(by: Self.x) == 2 * .function(.dirac(0), [x]))
        #expect(Expression.function(.dirac(0), [x]).derivative(by: Self.x) == .function(.dirac(1), [x]))
        let schedule = Expression.function(.unnamed("s", derivatives: [0]), [x ** 2])
        #expect(schedule.derivative(by: Self.x) == 2 * x * .function(.unnamed("s", derivatives: [1]), [x ** 2]))
    }

    @Test func `the larger of a number and an operand without a value has no value`() {
        let (x, y) = (Expression(Self.x), Expression(Self.y))
        #expect(max(log(x), y).evaluated(at: [Self.x: -1, Self.y: 2]).isNaN)
        #expect(max(x, log(y - 5)).evaluated(at: [Self.x: -1, Self.y: 2]).isNaN)
    }

    @Test func `a derivative by a position reaches fields and index sums`() {
        let (i, j) = (Index.free("i"), Index.free("j"))
        let position = { Symbol("x", role: .position, indices: [$0]) }
        let field = { (indices: [Index]) in Expression(Symbol("f", role: .field, derivatives: indices)) }
        #expect(field([i]).derivative(by: position(j)) == field([i, j]))
        #expect(Expression(position(i)).derivative(by: position(j)) == .kronecker(i, j))
        let norm = Expression.indexSum(body: field([.bound(0)]) ** 2)
        let expected = Expression.indexSum(body: 2 * field([.bound(0)]) * field([.bound(0), j]))
        #expect(norm.derivative(by: position(j)) == expected)
    }
}

extension Expression {
    fileprivate func visitFunctions(_ visit: (Function) -> Void) {
        forEachNode { node in
            if case .function(let function, _) = node.content { visit(function) }
        }
    }

    fileprivate var containsDelta: Bool {
        var found = false
        visitFunctions { if case .dirac = $0 { found = true } }
        return found
    }

    fileprivate func collectFunctions(_ names: inout Set<String>) {
        visitFunctions { names.insert(String("\($0)".prefix { $0 != "(" })) }
    }
}
