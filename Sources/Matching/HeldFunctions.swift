import Algebra
import Rules

/// An expression in which bias corrections and schedules are replaced by symbols of order 1.
///
/// A power `(1 - eta rho)^k` with the step index in its exponent becomes a symbol in (0, 1), a schedule `s(t)` a symbol.
struct HeldFunctions {
    private(set) var corrections: [Expression: Symbol] = [:]
    private(set) var schedules: [Expression: Symbol] = [:]

    /// What the symbols stand for, with `k = t/eta + 1`.
    func values(stepIndex: Expression) -> (corrections: [Symbol: Expression], schedules: [Symbol: Expression]) {
        func inverted(_ names: [Expression: Symbol]) -> [Symbol: Expression] {
            names.reduce(into: [:]) { $0[$1.value] = $1.key.substituting(UpdateRule.stepIndex, by: stepIndex) }
        }
        return (inverted(corrections), inverted(schedules))
    }

    mutating func hold(_ expression: Expression) -> Expression {
        switch expression.content {
        case .function(.unnamed, _):
            let name = schedules[expression] ?? Symbol("schedule\(schedules.count)")
            schedules[expression] = name
            return Expression(name)
        case .product(let coefficient, let factors):
            var held: [Expression] = [Expression(coefficient)]
            for factor in factors {
                if factor.exponent.contains(UpdateRule.stepIndex) {
                    let power = Expression.power(factor.base, factor.exponent)
                    let name = corrections[power] ?? Symbol("correction\(corrections.count)", bounds: .openUnit)
                    corrections[power] = name
                    held.append(Expression(name))
                } else {
                    held.append(Expression.power(hold(factor.base), factor.exponent))
                }
            }
            return Expression.product(of: held)
        default:
            return expression.mapOperands { hold($0) }
        }
    }
}
