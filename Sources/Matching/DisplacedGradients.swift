import Algebra
import ExactNumbers
import Rules

/// The next iterates of a rule with every gradient drawn at the position.
///
/// A gradient at `x + delta` has the noise of its sample and the mean
/// `d_i f + sum_j d_ij f delta_j + (1/2) sum_jk d_ijk f delta_j delta_k + ...`. The next iterates are expanded in the
/// displacement to second order, functions with kinks in the sense of distributions, as their means over the noise are:
/// what is left out is `|delta|^3`, of weight 3/2 or more beyond the leading one.
struct DisplacedGradients {
    let updates: [Expression]

    /// - Parameter sizes: the weights of the symbols that are not O(1), the step size among them.
    /// - Throws: ``DerivationError/largeDisplacement(gradient:displacement:weight:)`` for one larger than O(eta^(1/2)).
    init(of rule: UpdateRule, sizes: [Symbol: Weight]) throws(DerivationError) {
        let position = Expression(rule.position)
        var updates = rule.updates
        func shift(_ gradient: UpdateRule.Gradient, by displacement: Expression) throws(DerivationError) -> Expression {
            let displacement = expandedIfPossible(displacement)
            let weight = displacement.weight(sizes)
            guard displacement.isZero || weight.isAtLeast(Weight(.half)) else {
                throw .largeDisplacement(gradient: gradient.symbol, displacement: displacement, weight: weight)
            }
            return DisplacedGradients.shift(by: displacement)
        }

        let first = try shift(rule.gradient, by: rule.gradient.point - position)
        updates = updates.map { $0.moving(rule.gradient.symbol, by: first) }
        var moved = [(symbol: rule.gradient.symbol, shift: first)]
        for later in rule.laterGradients {
            let displacement = moved.reduce(later.point - position) { $0.moving($1.symbol, by: $1.shift) }
            let own = try shift(later, by: displacement)
            updates = updates.map { $0.moving(later.symbol, by: own) }
            moved.append((later.symbol, own))
        }
        for later in rule.laterGradients where later.sample == .same {
            let draw = Expression(rule.gradient.symbol)
            updates = updates.map { $0.replacingAtEveryCoordinate(later.symbol, by: draw) }
        }
        self.updates = updates
    }

    /// What a displacement adds to the mean gradient, to second order.
    private static func shift(by displacement: Expression) -> Expression {
        let i = UpdateRule.index
        func field(_ others: String...) -> Expression {
            Expression(Symbol("f", role: .field, derivatives: ([i] + others).map { .free($0) }))
        }
        func at(_ name: String) -> Expression { displacement.moved(from: i, to: .free(name)) }
        let linear = Expression.indexSum(over: "j#", field("j#") * at("j#"))
        let quadratic = Expression.indexSum(
            over: "j#", at("j#") * .indexSum(over: "k#", field("j#", "k#") * at("k#")))
        return linear + quadratic.scaled(by: .half)
    }
}

extension Expression {
    /// The expansion to second order of the expression with a draw moved at every coordinate.
    fileprivate func moving(_ draw: Symbol, by shift: Expression) -> Expression {
        if shift.isZero { return self }
        let amount = Symbol(" q")
        var derivative = replacingAtEveryCoordinate(draw, by: Expression(draw) + Expression(amount) * shift)
        var terms = [derivative.substituting(amount, by: .zero)]
        for weight in [Rational.one, .half] {
            derivative = derivative.derivative(by: amount)
            terms.append(derivative.substituting(amount, by: .zero).scaled(by: weight))
        }
        return Expression.sum(of: terms)
    }
}

private func expandedIfPossible(_ expression: Expression) -> Expression { (try? expression.expanded()) ?? expression }
