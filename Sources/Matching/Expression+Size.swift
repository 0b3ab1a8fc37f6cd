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
    ///
    /// Powers of the symbols that are not O(1) are collected, and of their coefficients only those multiplied out that may
    /// be of the least weight.
    func leadingPart(_ sizes: [Symbol: Weight]) -> (expression: Expression, weight: Weight) {
        guard let held = try? HeldSums(self, where: { $0.contains(any: sizes.keys) }) else {
            return leadingPart(of: summands.map { ($0, $0.weight(sizes)) })
        }
        var found: [(summand: Expression, weight: Weight)] = []
        let parts = held.coefficients { $0.base.contains(any: sizes.keys) || $0.exponent.contains(any: sizes.keys) }
        let weighed = parts.map { ($0, $0.powers.weight(sizes)) }.sorted { Weight.precedes($0.1, $1.1) }
        for ((powers, coefficient), weight) in weighed {
            if found.contains(where: { weight != $0.weight && weight.isAtLeast($0.weight) }) { continue }
            let product = powers * coefficient
            let summand = (try? product.expanded()) ?? product
            if !summand.isZero { found.append((summand, weight)) }
        }
        return leadingPart(of: found)
    }

    private func leadingPart(
        of summands: [(summand: Expression, weight: Weight)]
    ) -> (expression: Expression, weight: Weight) {
        guard let first = summands.first else { return (.zero, .zero) }
        let least = summands.dropFirst().reduce(first.weight) { $0.meet($1.weight) }
        let leading = summands.filter { $0.weight == least }.map(\.summand)
        // Where no single summand is the largest for every zeta, all are kept.
        return leading.isEmpty ? (self, least) : (Expression.sum(of: leading).commonFactored, least)
    }
}
