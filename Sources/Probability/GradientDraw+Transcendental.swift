import Algebra
import ExactNumbers

/// Expectations of functions that are not piecewise polynomial and still have a closed form.
extension GradientDraw {
    /// E[body] of a product with exponentials of quadratic polynomials (normal densities among them), with at most one
    /// error function, sine or cosine of an affine argument, and with piecewise polynomials, all in the variable, which
    /// is the standardized noise; of a product with a Dirac delta of an affine argument and any other factors.
    ///
    /// - Returns: nil where no closed form is known.
    func transcendentalExpectation(
        of body: Expression, over variable: Symbol
    ) throws(ProbabilityError) -> Expression? {
        if let value = try concentratedExpectation(of: body, over: variable) { return value }
        switch law {
        case .gaussian: return try GaussianExpectation(variable: variable).value(of: body)
        case .mixture(let weight, let first, let second):
            let gaussian = GaussianExpectation(variable: variable)
            let z = Expression(variable)
            guard let one = try gaussian.value(of: body.substituting(variable, by: first * z)),
                let other = try gaussian.value(of: body.substituting(variable, by: second * z))
            else { return nil }
            return weight * one + (1 - weight) * other
        default: return nil
        }
    }

    /// E[delta^(n)(a + b Z) w(Z)] = (-1)^n (d/dz)^n (w f) / (b^n |b|) at z = -a/b, with f the density of the law.
    private func concentratedExpectation(
        of body: Expression, over variable: Symbol
    ) throws(ProbabilityError) -> Expression? {
        let (coefficient, factors) = body.asProduct
        let z = Expression(variable)
        for (position, factor) in factors.enumerated() where factor.exponent.isOne {
            guard case .function(.dirac(let order), let arguments) = factor.base.content,
                let affine = arguments[0].polynomial(in: variable, degree: 1), affine.count == 2,
                let density = law.density(at: z)
            else { continue }
            var others = factors
            others.remove(at: position)
            var weighted = Expression.product(
                of: [Expression(coefficient), density] + others.map { Expression.power($0.base, $0.exponent) })
            for _ in 0..<order { weighted = -weighted.derivative(by: variable) / affine[1] }
            return weighted.substituting(variable, by: expandedIfPossible(-affine[0] / affine[1])) / abs(affine[1])
        }
        return nil
    }
}

/// Expectations over one standard normal variable.
struct GaussianExpectation {
    let variable: Symbol

    /// E[body], or nil where no closed form is known.
    func value(of body: Expression) throws(ProbabilityError) -> Expression? {
        var total: [Expression] = []
        for summand in expandedIfPossible(body).summands {
            guard let value = try value(ofProduct: summand) else { return nil }
            total.append(value)
        }
        return Expression.sum(of: total)
    }

    private func value(ofProduct product: Expression) throws(ProbabilityError) -> Expression? {
        let (coefficient, factors) = product.asProduct
        var exponent = [Expression](repeating: .zero, count: 3)
        var rest: [Expression] = [Expression(coefficient)]
        for factor in factors {
            if factor.base == .e, factor.exponent.contains(variable) {
                guard let own = factor.exponent.polynomial(in: variable, degree: 2) else { return nil }
                for (n, part) in own.enumerated() { exponent[n] = exponent[n] + part }
            } else {
                rest.append(Expression.power(factor.base, factor.exponent))
            }
        }
        let remaining = Expression.product(of: rest)
        guard exponent.contains(where: { !$0.isZero }) else { return try value(withoutExponential: remaining) }
        // exp(c + b z + a z^2) phi(z) is a normal density of variance 1/(1 - 2a) and mean b/(1 - 2a), times a constant.
        let precision = expandedIfPossible(1 - 2 * exponent[2])
        if precision.bounds.isNonpositive { throw .divergent(body: product, law: .gaussian) }
        guard precision.bounds.isPositive else { return nil }
        let mean = expandedIfPossible(exponent[1] / precision)
        let shifted = remaining.substituting(variable, by: mean + Expression(variable) / sqrt(precision))
        guard let value = try value(of: shifted) else { return nil }
        let constant = exponent[0] + (exponent[1] ** 2 / precision).scaled(by: .half)
        return exp(expandedIfPossible(constant)) / sqrt(precision) * value
    }

    private func value(withoutExponential body: Expression) throws(ProbabilityError) -> Expression? {
        let (coefficient, factors) = body.asProduct
        for (position, factor) in factors.enumerated() where factor.exponent.isOne {
            guard case .function(let function, let arguments) = factor.base.content,
                [.erf, .sin, .cos].contains(function), arguments[0].contains(variable),
                let affine = arguments[0].polynomial(in: variable, degree: 1), affine.count == 2
            else { continue }
            var others = factors
            others.remove(at: position)
            let weight = Expression.product(
                of: [Expression(coefficient)] + others.map { Expression.power($0.base, $0.exponent) })
            guard let powers = weight.polynomial(in: variable, degree: NoiseLaw.degreeLimit) else { return nil }
            var terms: [Expression] = []
            for (n, power) in powers.enumerated() where !power.isZero {
                guard let value = try value(of: function, affine, timesPower: n) else { return nil }
                terms.append(power * value)
            }
            return Expression.sum(of: terms)
        }
        return try GradientDraw(symbol: variable, mean: .zero, scale: .one, law: .gaussian)
            .piecewiseExpectation(of: body, over: variable)
    }

    /// E[Z^n h(a + b Z)] for h an error function, a sine or a cosine, by E[Z u(Z)] = E[u'(Z)] (Stein 1981).
    private func value(
        of function: Function, _ affine: [Expression], timesPower n: Int
    ) throws(ProbabilityError) -> Expression? {
        let (a, b) = (affine[0], affine[1])
        if n == 0 {
            switch function {
            case .erf: return erf(a / sqrt(1 + 2 * b ** 2))
            case .sin: return sin(a) * exp(-(b ** 2).scaled(by: .half))
            default: return cos(a) * exp(-(b ** 2).scaled(by: .half))
            }
        }
        let z = Expression(variable)
        let lower = n == 1 ? .zero : try value(of: function, affine, timesPower: n - 2)
        let slope = Expression.function(function, [a + b * z]).derivative(by: variable)
        guard let lower, let rest = try value(of: z ** (n - 1) * slope) else { return nil }
        return Expression(n - 1) * lower + rest
    }
}

extension Expression {
    /// The coefficients of the expression as a polynomial of at most this degree in a symbol, the constant one first
    /// and the last one not zero; nil where it is none.
    package func polynomial(in variable: Symbol, degree: Int) -> [Expression]? {
        guard contains(variable) else { return isZero ? [] : [self] }
        guard let parts = try? collected(by: variable) else { return nil }
        var result: [Expression] = []
        for (exponent, coefficient) in parts {
            guard let n = exponent.asInt, n >= 0, n <= degree else { return nil }
            while result.count < n { result.append(.zero) }
            result.append(coefficient)
        }
        return result
    }
}
