import Foundation
import Numerics

/// Plain evaluation in double precision.
extension Expression {
    /// The value at a point; NaN where a symbol has no value or a function no numerical kernel.
    ///
    /// For tests and for refuting that an expression is zero; kernels for many states are compiled elsewhere.
    public func evaluated(at point: [Symbol: Double]) -> Double {
        evaluated { point[$0] ?? .nan }
    }

    package func evaluated(_ value: (Symbol) -> Double) -> Double {
        var memo: [ObjectIdentifier: Double] = [:]
        func walk(_ u: Expression) -> Double {
            let key = ObjectIdentifier(u.node)
            if let known = memo[key] { return known }
            let result: Double
            switch u.content {
            case .number(let number): result = number.doubleValue
            case .constant(let constant):
                switch constant {
                case .e: result = M_E
                case .pi: result = .pi
                case .undefined: result = .nan
                }
            case .symbol(let symbol): result = value(symbol)
            case .sum(let constant, let terms):
                result = terms.reduce(constant.doubleValue) { $0 + $1.coefficient.doubleValue * walk($1.expression) }
            case .product(let coefficient, let factors):
                result = factors.reduce(coefficient.doubleValue) { partial, factor in
                    if factor.base == .e { return partial * Foundation.exp(walk(factor.exponent)) }
                    if let number = factor.exponent.number, number == .half {
                        return partial * walk(factor.base).squareRoot()
                    }
                    return partial * Foundation.pow(walk(factor.base), walk(factor.exponent))
                }
            case .function(let function, let arguments): result = function.evaluated(at: arguments.map(walk))
            case .indexSum, .expectation: result = .nan
            }
            memo[key] = result
            return result
        }
        return walk(self)
    }
}

extension Function {
    func evaluated(at arguments: [Double]) -> Double {
        guard let x = arguments.first else { return .nan }
        switch self {
        case .sign: return x > 0 ? 1 : x < 0 ? -1 : x
        case .abs: return x.magnitude
        case .max: return arguments.dropFirst().reduce(x) { $0.isNaN ? $0 : $1 <= $0 ? $0 : $1 }
        case .log: return Foundation.log(x)
        case .erf: return Foundation.erf(x)
        case .sin: return Foundation.sin(x)
        case .cos: return Foundation.cos(x)
        case .tanh: return Foundation.tanh(x)
        case .atan: return Foundation.atan(x)
        case .asin: return Foundation.asin(x)
        case .gamma: return SpecialFunctions.gamma(x)
        case .polygamma(let n): return SpecialFunctions.polygamma(n, x)
        case .hypergeometric2F1:
            guard arguments.count == 4 else { return .nan }
            return SpecialFunctions.hypergeometric2F1(x, arguments[1], arguments[2], arguments[3])
        case .kummer:
            return arguments.count == 3 ? SpecialFunctions.kummer1F1(x, arguments[1], arguments[2]) : .nan
        case .signCovariance:
            guard arguments.count == 3 else { return .nan }
            return SpecialFunctions.signCovariance(x, arguments[1], correlation: arguments[2])
        case .dirac, .probabilityNegative, .unnamed: return .nan
        }
    }
}
