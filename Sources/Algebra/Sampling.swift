import ExactNumbers
import Foundation

/// Evaluates an expression at fixed pseudo-random points, with a bound on the rounding error.
struct Sampling {
    /// A value and a bound on how far it may be from the exact one.
    private struct Approximation {
        var value: Double
        var error: Double

        static let none = Approximation(value: .nan, error: .nan)
    }

    private static let pointCount = 8
    /// The number of coordinates that index sums run over.
    private static let dimension = 2
    private static let unit = 0x1p-52
    /// How many times its error bound a value must exceed to count as not zero.
    private static let margin = 16.0

    private let expression: Expression
    private let symbols: [Symbol]

    init(of expression: Expression) {
        self.expression = Sampling.summed(
            expression.mapIndices { index in
                guard case .free(let name) = index else { return index }
                // Distinct letters fall on the two coordinates in turn.
                return .coordinate(1 + Int(name.utf8.first ?? 1) % 2)
            })
        symbols = self.expression.symbols.sorted()
    }

    /// The expression with every index sum written out over the coordinates.
    private static func summed(_ expression: Expression) -> Expression {
        guard expression.containsIndexSum else { return expression }
        if case .indexSum(let body) = expression.content {
            let terms = (1...dimension).map { coordinate in
                summed(body.mapIndices { $0 == .bound(0) ? .coordinate(coordinate) : $0 }.raisingBoundIndices(by: -1))
            }
            return Expression.sum(of: terms)
        }
        return expression.mapOperands(summed)
    }

    /// Whether the value at some point is certainly not zero.
    func refutesZero() -> Bool {
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        for _ in 0..<Sampling.pointCount {
            var point: [Symbol: Double] = [:]
            for symbol in symbols {
                point[symbol] = symbol == Expression.dimension ? 2 : Sampling.value(in: symbol.bounds, &state)
            }
            var memo: [ObjectIdentifier: Approximation] = [:]
            let result = Sampling.evaluate(expression, point, &memo)
            if result.value.isFinite && result.error.isFinite
                && result.value.magnitude > Sampling.margin * result.error + .leastNormalMagnitude
            {
                return true
            }
        }
        return false
    }

    /// A number of the SplitMix64 sequence (Steele, Lea and Flood 2014), moved into the bounds.
    private static func value(in bounds: Bounds, _ state: inout UInt64) -> Double {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        let u = (Double((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53
        switch (bounds.lower.isFinite, bounds.upper.isFinite) {
        case (true, true): return bounds.lower + u * (bounds.upper - bounds.lower)
        case (true, false): return bounds.lower + 0.1 + 2.5 * u
        case (false, true): return bounds.upper - 0.1 - 2.5 * u
        case (false, false): return 5 * u - 2.5
        }
    }

    private static func evaluate(
        _ u: Expression, _ point: [Symbol: Double], _ memo: inout [ObjectIdentifier: Approximation]
    ) -> Approximation {
        let key = ObjectIdentifier(u.node)
        if let known = memo[key] { return known }
        let result: Approximation
        switch u.content {
        case .number(let number):
            let value = number.doubleValue
            result = Approximation(value: value, error: number.isInteger ? 0 : value.magnitude * unit)
        case .constant(let constant):
            let value = constant == .e ? M_E : constant == .pi ? Double.pi : .nan
            result = Approximation(value: value, error: value * unit)
        case .symbol(let symbol): result = Approximation(value: point[symbol] ?? .nan, error: 0)
        case .sum(let constant, let terms):
            var sum = Approximation(value: constant.doubleValue, error: constant.doubleValue.magnitude * unit)
            for term in terms {
                let operand = evaluate(term.expression, point, &memo)
                let coefficient = term.coefficient.doubleValue
                let value = coefficient * operand.value
                sum.value += value
                sum.error += coefficient.magnitude * operand.error + 2 * unit * (value.magnitude + sum.value.magnitude)
            }
            result = sum
        case .product(let coefficient, let factors):
            let number = coefficient.doubleValue
            var product = Approximation(value: number, error: number.magnitude * unit)
            for factor in factors {
                let base = evaluate(factor.base, point, &memo)
                let power = power(base, evaluate(factor.exponent, point, &memo), factor)
                let value = product.value * power.value
                product.error =
                    product.error * (power.value.magnitude + power.error) + product.value.magnitude * power.error
                    + unit * value.magnitude
                product.value = value
            }
            result = product
        case .function(let function, let arguments):
            result = apply(function, arguments.map { evaluate($0, point, &memo) })
        case .indexSum, .expectation: result = .none
        }
        memo[key] = result
        return result
    }

    private static func power(
        _ base: Approximation, _ exponent: Approximation, _ factor: Expression.Factor
    ) -> Approximation {
        if factor.base == .e {
            let value = exp(exponent.value)
            return Approximation(value: value, error: value * (exp(exponent.error) - 1 + 4 * unit))
        }
        let value = pow(base.value, exponent.value)
        if base.error == 0 && exponent.error == 0 {
            return Approximation(value: value, error: 4 * unit * value.magnitude)
        }
        let relative = base.error / base.value.magnitude
        // Beyond this the first order says nothing.
        guard relative < 0.01 else { return .none }
        let change =
            1.1 * exponent.value.magnitude * relative + 1.1 * log(base.value.magnitude).magnitude * exponent.error
        guard change < 0.1 else { return .none }
        return Approximation(value: value, error: value.magnitude * (1.1 * change + 4 * unit))
    }

    private static func apply(_ function: Function, _ arguments: [Approximation]) -> Approximation {
        let center = function.evaluated(at: arguments.map(\.value))
        if function == .max {
            return Approximation(value: center, error: arguments.map(\.error).reduce(0, Swift.max))
        }
        let isSpecial = [.hypergeometric2F1, .kummer, .signCovariance].contains(function)
        guard arguments.count == 1 || isSpecial else { return .none }
        var spread = 0.0
        for (position, x) in arguments.enumerated() where x.error > 0 {
            // Two samples over a widened interval bound a smooth function's change; a sign must not change.
            for shift in [-2 * x.error, 2 * x.error] {
                var values = arguments.map(\.value)
                values[position] += shift
                spread += (function.evaluated(at: values) - center).magnitude
            }
        }
        // A polygamma function and a function by series or quadrature have an absolute error near their zeros.
        if isSpecial { return Approximation(value: center, error: spread + 4096 * unit * (center.magnitude + 1)) }
        let scale = if case .polygamma = function { center.magnitude + 1 } else { center.magnitude }
        return Approximation(value: center, error: spread + 8 * unit * scale)
    }
}
