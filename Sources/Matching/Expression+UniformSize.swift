import Algebra
import ExactNumbers

extension Expression {
    /// The exponent w for which the expression is exactly `eta^w` times one of order 1, given such exponents for symbols.
    ///
    /// - Returns: nil where terms of different sizes meet inside of the expression, or in a function that has no powers.
    func uniformSize(_ size: (Symbol) -> Rational) -> Rational? {
        switch content {
        case .number, .constant: return .zero
        case .symbol(let symbol): return size(symbol)
        case .sum(let constant, let terms):
            var sizes = terms.map { $0.expression.uniformSize(size) }
            if !constant.isZero { sizes.append(.zero) }
            guard let first = sizes[0], sizes.allSatisfy({ $0 == first }) else { return nil }
            return first
        case .product(_, let factors):
            var total = Rational.zero
            for factor in factors {
                guard let base = factor.base.uniformSize(size) else { return nil }
                if let exponent = factor.exponent.number {
                    total = total + exponent * base
                } else {
                    guard base.isZero, factor.exponent.uniformSize(size) == .zero else { return nil }
                }
            }
            return total
        case .function(let function, let arguments):
            let sizes = arguments.map { $0.uniformSize(size) }
            switch function {
            case .sign, .probabilityNegative: return sizes[0] == nil ? nil : .zero
            case .abs: return sizes[0]
            case .max:
                guard let first = sizes[0], sizes.allSatisfy({ $0 == first }) else { return nil }
                return first
            default: return sizes.allSatisfy { $0 == .zero } ? .zero : nil
            }
        case .indexSum(let body), .expectation(let body): return body.uniformSize(size)
        }
    }
}
