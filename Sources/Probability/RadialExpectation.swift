import Algebra
import ExactNumbers

/// An expectation over all coordinates of isotropic Gaussian noise in terms of the length of the draw alone.
///
/// For X standard normal about the mean m in d dimensions, vectors a_1, ..., a_n and any function phi of |X|,
///
///     E[(a_1 . X) ... (a_n . X) phi(|X|)] = sum over pairings of prod_(pairs) (a_s . a_t) prod_(others) (a_s . m) E_D[phi]
///
/// where some of the vectors are paired and the others are not, and the expectation is taken in `D = d + 2 (pairs + others)`
/// dimensions about a mean of the same length (Bock 1975, "Minimax estimators of the mean of a multivariate normal
/// distribution", for one vector and n <= 2; by Stein's identity beyond).
package struct RadialExpectation {
    package struct Term {
        /// By how much the number of dimensions is raised, halved.
        package let added: Int
        package let weight: Expression
    }

    /// The length |u| of `u = a g + b`, a number a and a vector b free of noise.
    package static let length = Symbol(" length", bounds: .positive)

    /// The beginning of the names of coordinates that sums run over: each stands for every coordinate, where any two others
    /// are two coordinates.
    package static let openedCoordinate = LinearForms.opened

    package let terms: [Term]
    /// phi, a function of ``length``.
    package let function: Expression
    /// The scale of the noise of u: `|u| = unit |X|`.
    package let unit: Expression
    /// |m|^2.
    package let squaredMean: Expression

    /// - Returns: nil where the body is not a product of functions of one length and of polynomials in single draws and in
    ///   sums `sum_k c_k g_k` over the draws.
    package init?(of body: Expression, over draw: GradientDraw) {
        guard case .gaussian = draw.law, draw.isIsotropic, draw.correlation == nil else { return nil }
        func isRandom(_ u: Expression) -> Bool {
            u.symbols.contains { $0.name == draw.symbol.name && $0.role == draw.symbol.role }
        }
        var found: SquaredLength?
        func inLength(_ u: Expression) -> Expression {
            u.replacing { node in
                guard isRandom(node), let square = SquaredLength(node, draw: draw.symbol) else { return nil }
                if let known = found, known.scale != square.scale || known.offset.equals(square.offset) != .zero {
                    return nil
                }
                found = found ?? square
                return Expression(Self.length) ** 2 + square.excess
            }
        }
        let (coefficient, factors) = body.asProduct
        var function = Expression(coefficient)
        var forms = LinearForms(draw)
        var polynomial = Expression.one
        for factor in factors {
            let power = Expression.power(factor.base, factor.exponent)
            if let inForms = forms.polynomial(power) {
                polynomial = polynomial * inForms
            } else {
                function = function * inLength(power)
            }
        }
        guard let square = found, !function.isRandom else { return nil }
        let scale = sqrt(square.scale) * draw.scale
        unit = scale
        self.function = function
        let mean = square.linearForm.replacingAtEveryCoordinate(draw.symbol, by: draw.mean)
        let sumOfSquares = Expression.indexSum(over: GradientSample.coordinate, mean * mean)
        squaredMean = sumOfSquares / (scale * scale)
        guard let terms = forms.terms(of: polynomial, offset: square.offset) else { return nil }
        self.terms = terms
    }

    /// The value where phi is a power of the length, through
    /// `E_D |X|^(2q) = 2^q Gamma(D/2 + q)/Gamma(D/2) 1F1(-q; D/2; -|m|^2/2)`; nil elsewhere.
    package var closedForm: Expression? {
        var exponent = Expression.zero
        let (inner, outer) = function.split { $0.base.contains(Self.length) || $0.exponent.contains(Self.length) }
        for factor in inner.asProduct.factors {
            guard factor.base == Expression(Self.length), !factor.exponent.contains(Self.length) else { return nil }
            exponent = exponent + factor.exponent
        }
        let scale = outer * unit ** exponent
        return Expression.sum(
            of: terms.map { $0.weight * scale * moment(exponent.scaled(by: .half), adding: $0.added) })
    }

    /// E|X|^(2q) in d + 2 n dimensions.
    private func moment(_ exponent: Expression, adding n: Int) -> Expression {
        let half = Expression(Expression.dimension).scaled(by: .half) + Expression(n)
        var factor = 2 ** exponent
        if let q = exponent.number?.asInt, q < 0 {
            for j in 1...(-q) { factor = factor / (half - Expression(j)) }
        } else {
            factor = factor * gamma(half + exponent) / gamma(half)
        }
        return factor * kummer(-exponent, half, -squaredMean.scaled(by: .half))
    }
}

/// A quadratic form `sum_j (a g_j + b_j)^2 + c` in the draws of all coordinates.
private struct SquaredLength {
    /// a^2.
    let scale: Expression
    /// b_i/a, written for coordinate `i`.
    let offset: Expression
    /// a g_i + b_i.
    let linearForm: Expression
    /// c, free of noise.
    let excess: Expression

    /// - Returns: nil where the expression is not such a form.
    init?(_ expression: Expression, draw: Symbol) {
        guard expression.containsIndexSum else { return nil }
        let name = GradientSample.coordinate
        let g = Expression(draw)
        var scale = Expression.zero
        var linear = Expression.zero
        var constant = Expression.zero
        func isRandom(_ u: Expression) -> Bool {
            u.symbols.contains { $0.name == draw.name && $0.role == draw.role }
        }
        for summand in expandedIfPossible(expression).summands {
            guard isRandom(summand) else {
                constant = constant + summand
                continue
            }
            let (inner, outer) = summand.split { isRandom($0.base) || isRandom($0.exponent) }
            guard case .indexSum(let body) = inner.content else { return nil }
            let opened = Expression.opened(body, as: name)
            guard let powers = opened.polynomial(in: draw, degree: 2), powers[0].isZero else { return nil }
            if powers.count == 3 {
                guard powers[1].isZero, !powers[2].symbols.contains(where: { $0.indices.contains(.free(name)) }) else {
                    return nil
                }
                scale = scale + outer * powers[2]
            } else {
                linear = linear + outer * opened / g
            }
        }
        guard scale.bounds.isPositive, !isRandom(linear), !isRandom(constant) else { return nil }
        offset = linear.scaled(by: .half) / scale
        let excess = constant - Expression.indexSum(over: name, offset ** 2 * scale)
        self.excess = excess.equals(.zero) == .zero ? .zero : excess
        self.scale = scale
        linearForm = sqrt(scale) * (g + offset)
    }
}
