import Algebra
import ExactNumbers

extension Function {
    /// 1 - erf(u)^2, which the difference would round to nothing where erf(u) is close to 1.
    static let complementOfSquaredErf = Function.unnamed("one_minus_erf_squared", derivatives: [0])
}

extension Expression {
    /// The expression with 1 - erf(u)^2 as one function.
    var complementingErf: Expression {
        replacing { node in
            guard case .sum(let constant, let terms) = node.content, !constant.isZero, terms.count == 1,
                terms[0].coefficient == -constant,
                case .product(let coefficient, let factors) = terms[0].expression.content, coefficient.isOne,
                factors.count == 1, factors[0].exponent.number == 2,
                case .function(.erf, let arguments) = factors[0].base.content
            else { return nil }
            return Expression(constant)
                * Expression.function(.complementOfSquaredErf, arguments.map(\.complementingErf))
        }
    }
}
