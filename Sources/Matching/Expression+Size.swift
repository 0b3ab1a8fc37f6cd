import Algebra
import ExactNumbers

/// Sizes of expressions in the step size.
extension Expression {
    /// The weight of the expression: its largest summand is O(eta^weight).
    ///
    /// - Parameter sizes: the weights of the symbols that are not O(1), the step size among them.
    func weight(_ sizes: [Symbol: Weight]) -> Weight {
        switch content {
        case .number, .constant, .expectation: return .zero
        case .function(let function, let arguments):
            // Functions that vanish with their argument, and log(1 + u), are of the size of a small argument.
            guard let argument = arguments.first else { return .zero }
            let inner: Expression? =
                switch function {
                case .log: argument - 1
                case .erf, .sin, .tanh, .atan, .asin, .abs: argument
                default: nil
                }
            guard let weight = inner?.weight(sizes), weight.isPositive else { return .zero }
            return weight
        case .symbol(let symbol): return sizes[symbol] ?? .zero
        case .sum(let constant, let terms):
            let weights = terms.map { $0.expression.weight(sizes) } + (constant.isZero ? [] : [.zero])
            return weights.dropFirst().reduce(weights[0]) { $0.meet($1) }
        case .product(_, let factors):
            return factors.reduce(Weight.zero) { partial, factor in
                guard let exponent = factor.exponent.number else { return partial }
                return partial + exponent * factor.base.weight(sizes)
            }
        case .indexSum(let body): return body.weight(sizes)
        }
    }

    /// The summands of the least weight, and that weight; the expression is expanded first where that is possible.
    func leadingPart(_ sizes: [Symbol: Weight]) -> (expression: Expression, weight: Weight) {
        let summands = ((try? expanded()) ?? self).summands
        let weights = summands.map { $0.weight(sizes) }
        let least = weights.dropFirst().reduce(weights[0]) { $0.meet($1) }
        let leading = zip(summands, weights).filter { $1 == least }.map(\.0)
        // Where no single summand is the largest for every zeta, all are kept.
        return leading.isEmpty ? (self, least) : (Expression.sum(of: leading).commonFactored, least)
    }
}
