import Algebra
import ExactNumbers

extension Function {
    /// 1 - erf(u)^2, which the difference would round to nothing where erf(u) is close to 1.
    static let complementOfSquaredErf = Function.unnamed("one_minus_erf_squared", derivatives: [0])
}

extension Expression {
    /// The expression in forms that keep their accuracy, and their root, in double precision.
    var inSourceForms: Expression { guardingRoots.complementingErf }

    /// Roots of sums that may cancel to nothing, as those of what is left of a variance, are taken of what is not negative.
    private var guardingRoots: Expression {
        replacing { node in
            guard case .product(let coefficient, let factors) = node.content,
                factors.contains(where: { $0.isGuarded })
            else { return nil }
            let powers = factors.map { factor in
                let base = factor.base.guardingRoots
                return Expression.power(factor.isGuarded ? max(base, .zero) : base, factor.exponent.guardingRoots)
            }
            return Expression.product(of: [Expression(coefficient)] + powers)
        }
    }

    private var complementingErf: Expression {
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

extension Expression.Factor {
    fileprivate var isGuarded: Bool {
        guard case .sum = base.content, exponent == .half else { return false }
        return !base.bounds.isNonnegative
    }
}
