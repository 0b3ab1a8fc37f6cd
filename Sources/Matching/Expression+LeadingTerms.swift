import Algebra
import ExactNumbers
import Rules

extension Expression {
    /// The largest terms as the step size goes to zero, and the weight of their sum.
    ///
    /// By a series in the step size where there is one, so that cancellations are seen: `exp(-rho (t + eta)) - exp(-rho t)`
    /// is of weight 1. What decays with the time like `exp(-rho t)` counts as of order 1. Where there is no series the
    /// terms of the expanded expression are weighed as they stand.
    ///
    /// - Parameter sizes: the weights of graded symbols, the step size aside.
    package func leadingTerms(stepSize: Symbol, sizes: [Symbol: Weight]) -> (expression: Expression, weight: Weight) {
        guard contains(stepSize) || contains(any: sizes.keys) else { return (self, .zero) }
        let (held, transients) = holdingTransients(in: UpdateRule.time)
        for order in 1...4 {
            guard let series = try? Series(of: held, in: stepSize, sizes: sizes, upTo: Weight(Rational(order))) else {
                break
            }
            let terms = series.terms.filter { $0.coefficient.isZeroTest() != .zero }
            guard let first = terms.first else { continue }
            let least = terms.dropFirst().reduce(first.weight) { $0.meet($1.weight) }
            let largest = terms.filter { $0.weight == least }
            // Where no single weight is the least for every zeta, all terms are kept.
            let leading = Expression.sum(of: (largest.isEmpty ? terms : largest).map { series.expression(of: $0) })
            return (leading.substituting(transients).commonFactored, least)
        }
        var all = sizes
        all[stepSize] = 1
        return leadingPart(all)
    }

    /// The expression with every `exp(a t)` replaced by a symbol in (0, 1), and what the symbols stand for.
    private func holdingTransients(in time: Symbol) -> (Expression, [Symbol: Expression]) {
        guard contains(time) else { return (self, [:]) }
        var names: [Expression: Symbol] = [:]
        func held(_ factor: Factor) -> Expression? {
            guard factor.base == .e, factor.exponent.contains(time),
                let parts = try? factor.exponent.collected(by: time),
                parts.allSatisfy({ $0.exponent.isZero || $0.exponent.isOne })
            else { return nil }
            let rate = parts.first { $0.exponent.isOne }?.coefficient ?? .zero
            let rest = parts.first { $0.exponent.isZero }?.coefficient ?? .zero
            let transient = exp(rate * Expression(time))
            let name = names[transient] ?? Symbol("transient\(names.count)", bounds: .openUnit)
            names[transient] = name
            return Expression(name) * exp(rest)
        }
        let result = replacingFromInside { node in
            guard case .product(let coefficient, let factors) = node.content else { return nil }
            return Expression.product(
                of: [Expression(coefficient)]
                    + factors.map { held($0) ?? Expression.power($0.base, $0.exponent) })
        }
        return (result, Dictionary(uniqueKeysWithValues: names.map { ($0.value, $0.key) }))
    }
}
