import Algebra
import Matching

extension Expression {
    /// The largest part as the step size goes to zero, found factor by factor of the expression over one denominator, and
    /// its weight.
    ///
    /// - Parameter sizes: the weights of graded symbols, the step size aside.
    func leadingFactors(stepSize: Symbol, sizes: [Symbol: Weight]) -> (expression: Expression, weight: Weight) {
        let fraction = together()
        guard case .product(let coefficient, let factors) = fraction.content else {
            let leading = fraction.leadingTerms(stepSize: stepSize, sizes: sizes)
            return (leading.expression.simplified(), leading.weight)
        }
        var weight = Weight.zero
        var parts = [Expression(coefficient)]
        for factor in factors {
            guard let exponent = factor.exponent.number else {
                parts.append(.power(factor.base, factor.exponent))
                continue
            }
            let leading = factor.base.leadingOfFactor(stepSize: stepSize, sizes: sizes)
            weight = weight + exponent * leading.weight
            parts.append(.power(leading.expression, factor.exponent))
        }
        return (Expression.product(of: parts).simplified(), weight)
    }

    /// The largest part of a factor; `log(1 + u)` is u for a small u, whose powers may have no series for every zeta.
    private func leadingOfFactor(
        stepSize: Symbol, sizes: [Symbol: Weight]
    ) -> (expression: Expression, weight: Weight) {
        if case .function(.log, let arguments) = content {
            let small = (arguments[0] - 1).leadingTerms(stepSize: stepSize, sizes: sizes)
            if small.weight.isPositive { return small }
        }
        return leadingTerms(stepSize: stepSize, sizes: sizes)
    }
}
