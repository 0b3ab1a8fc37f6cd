import Algebra
import Probability

/// A function of one Gaussian combination `u = slopes . y + gradientSlope g` of the fast states and the gradient drawn,
/// times a factor that is constant on the fast time.
struct GaussianTerm {
    let outer: Expression
    /// In ``variable``, which stands for u.
    let body: Expression
    let slopes: [Expression]
    let gradientSlope: Expression

    static let variable = Symbol("u", role: .noise)

    /// The combination, in the states and the draw of the chain.
    func combination(_ chain: FrozenChain) -> Expression {
        Expression.sum(of: zip(slopes, chain.states).map { $0 * Expression($1) })
            + gradientSlope * Expression(chain.draw.symbol)
    }

    func hasDirection(of other: GaussianTerm) -> Bool {
        gradientSlope == other.gradientSlope && slopes == other.slopes
    }

    /// A rate as a sum of such functions, leaving out what is constant; nil where it is none.
    static func terms(of rate: Expression, _ chain: FrozenChain) -> [GaussianTerm]? {
        let fast = chain.states + [chain.draw.symbol]
        var nonlinear: [Expression] = []
        var linear: [Expression] = []
        for summand in rate.expandedIfPossible.summands where summand.contains(any: fast) {
            if direction(of: summand, fast) != nil { linear.append(summand) } else { nonlinear.append(summand) }
        }
        var result: [GaussianTerm] = []
        if !linear.isEmpty, let slopes = direction(of: Expression.sum(of: linear), fast) {
            result.append(
                GaussianTerm(
                    outer: .one, body: Expression(variable), slopes: Array(slopes.dropLast()),
                    gradientSlope: slopes.last ?? .zero))
        }
        if nonlinear.isEmpty { return result }
        if let whole = term(of: Expression.sum(of: nonlinear), fast) { return result + [whole] }
        for summand in nonlinear {
            guard let term = term(of: summand, fast) else { return nil }
            result.append(term)
        }
        return result
    }

    /// The slopes of an expression that is affine in all variables, with a part that is not constant.
    private static func direction(of expression: Expression, _ variables: [Symbol]) -> [Expression]? {
        guard expression.contains(any: variables) else { return nil }
        var slopes: [Expression] = []
        for variable in variables {
            let slope = expression.derivative(by: variable).expandedIfPossible
            guard !slope.contains(any: variables) else { return nil }
            slopes.append(slope.commonFactored)
        }
        return slopes.allSatisfy(\.isZero) ? nil : slopes
    }

    /// The expression as a function of one combination, which is one that it applies a function to.
    private static func term(of expression: Expression, _ variables: [Symbol]) -> GaussianTerm? {
        var candidates: [[Expression]] = []
        expression.forEachNode { node in
            let inner: [Expression] =
                switch node.content {
                case .function(_, let arguments): arguments
                case .product(_, let factors): factors.flatMap { [$0.base, $0.exponent] }
                default: []
                }
            for argument in inner {
                if let slopes = direction(of: argument, variables), !candidates.contains(slopes) {
                    candidates.append(slopes)
                }
            }
        }
        for slopes in candidates {
            guard let position = slopes.lastIndex(where: { !$0.isZero }) else { continue }
            let others = Expression.sum(
                of: slopes.indices.filter { $0 != position }.map { slopes[$0] * Expression(variables[$0]) })
            let solved = (Expression(variable) - others) / slopes[position]
            var body = expression.substituting(variables[position], by: solved).expandedIfPossible
            if body.contains(any: variables) { body = body.simplified() }
            guard !body.contains(any: variables) else { continue }
            let (inner, outer) = body.commonFactored.split {
                $0.base.contains(variable) || $0.exponent.contains(variable)
            }
            return GaussianTerm(
                outer: outer, body: inner, slopes: Array(slopes.dropLast()), gradientSlope: slopes.last ?? .zero)
        }
        return nil
    }
}

extension Expression {
    var expandedIfPossible: Expression { (try? expanded()) ?? self }
}
