import Algebra
import ExactNumbers

/// Expectations of functions of the whole gradient, such as `g_i/|g|`.
extension GradientSample {
    /// E of a product in which draws of all coordinates meet in a function that is not a polynomial.
    ///
    /// Closed under isotropic Gaussian noise for polynomials in single draws times a power of `|u|`, `u = a g + b` with a
    /// number a and a vector b, both free of noise; a named expectation of the standardized noise elsewhere.
    func vectorExpectation(of body: Expression) throws(ProbabilityError) -> Expression {
        if let value = closedVectorExpectation(of: body) { return value }
        var standardized = body
        for draw in draws where body.symbols.contains(where: { $0.name == draw.symbol.name }) {
            guard case .any = draw.law else {
                let noise = Expression(draw.standardizedNoise)
                standardized = standardized.replacingAtEveryCoordinate(
                    draw.symbol, by: draw.mean + draw.scale * noise)
                continue
            }
            standardized = standardized.replacingAtEveryCoordinate(draw.symbol, by: Expression(draw.field))
        }
        return .expectation(of: standardized)
    }

    /// For X standard normal about the mean m in d dimensions and any function phi of |X|,
    ///
    ///     E[X_1^(n_1) X_2^(n_2) ... phi(|X|)] = sum over k of prod_c h(n_c, k_c) m_c^(n_c - 2 k_c) E_D[phi]
    ///
    /// with `h(n, k) = n!/(2^k k! (n - 2k)!)` and the expectation taken in `D = d + 2 sum_c (n_c - k_c)` dimensions about a
    /// mean of the same length (Bock 1975, "Minimax estimators of the mean of a multivariate normal distribution", for
    /// n <= 2; by Stein's identity beyond). There
    /// `E_D |X|^(2q) = 2^q Gamma(D/2 + q)/Gamma(D/2) 1F1(-q; D/2; -|m|^2/2)`.
    private func closedVectorExpectation(of body: Expression) -> Expression? {
        guard let draw = onlyDraw(of: body), case .gaussian = draw.law, draw.isIsotropic else { return nil }
        var square: (length: SquaredLength, exponent: Expression)?
        var polynomials: [String: Expression] = [:]
        for factor in body.asProduct.factors {
            if let found = SquaredLength(factor.base, draw: draw.symbol) {
                guard square == nil, !isRandom(factor.exponent) else { return nil }
                square = (found, factor.exponent)
            } else {
                guard !factor.base.containsIndexSum else { return nil }
                let names = Set(
                    factor.base.symbols.filter(isDraw).compactMap { symbol -> String? in
                        if case .free(let name)? = symbol.indices.first { name } else { nil }
                    })
                guard names.count == 1, let name = names.first else { return nil }
                polynomials[name] = (polynomials[name] ?? .one) * Expression.power(factor.base, factor.exponent)
            }
        }
        guard let (length, exponent) = square else { return nil }
        let unit = sqrt(length.scale) * draw.scale
        let centre = length.square.replacingAtEveryCoordinate(draw.symbol, by: draw.mean) / unit ** 2
        // (dimensions added, weight) of the terms of the product over coordinates.
        var terms: [(added: Int, weight: Expression)] = [(0, unit ** (2 * exponent))]
        let variable = Symbol(" X")
        for (name, polynomial) in polynomials.sorted(by: { $0.key < $1.key }) {
            let own = draw.moved(to: name)
            let offset = length.offset.moved(from: GradientSample.coordinate, to: .free(name))
            let inX = polynomial.substituting(own.symbol, by: own.scale * Expression(variable) - offset)
            guard let powers = expandedIfPossible(inX).polynomial(in: variable, degree: 12) else { return nil }
            let m = (own.mean + offset) / own.scale
            var next: [(added: Int, weight: Expression)] = []
            for (n, coefficient) in powers.enumerated() where !coefficient.isZero {
                for k in 0...(n / 2) {
                    let h = GradientSample.pairings(n, k)
                    for term in terms {
                        next.append((term.added + n - k, term.weight * coefficient * m ** (n - 2 * k) * Expression(h)))
                    }
                }
            }
            terms = next
        }
        return Expression.sum(
            of: terms.map { $0.weight * GradientSample.radialMoment(exponent, adding: $0.added, squaredMean: centre) })
    }

    static let coordinate = "i"

    private func onlyDraw(of body: Expression) -> GradientDraw? {
        let used = draws.filter { draw in body.symbols.contains { $0.name == draw.symbol.name && $0.isRandom } }
        return used.count == 1 ? used[0] : nil
    }

    /// n!/(2^k k! (n - 2k)!): the ways of choosing k pairs of n.
    private static func pairings(_ n: Int, _ k: Int) -> Rational {
        var result = Rational.one
        for j in stride(from: n - 2 * k + 1, through: n, by: 1) { result = result * Rational(j) }
        for j in stride(from: 1, through: k, by: 1) { result = result.dividing(by: Rational(2 * j)) ?? result }
        return result
    }

    /// E|X|^(2q) in d + 2 n dimensions.
    private static func radialMoment(
        _ exponent: Expression, adding n: Int, squaredMean: Expression
    ) -> Expression {
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

/// A quadratic form `sum_j (a g_j + b_j)^2` in the draws of all coordinates.
private struct SquaredLength {
    /// The form itself.
    let square: Expression
    /// a^2.
    let scale: Expression
    /// b_i/a, written for coordinate `i`.
    let offset: Expression

    /// - Returns: nil where the expression is not such a square.
    init?(_ expression: Expression, draw: Symbol) {
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
        let offset = linear.scaled(by: .half) / scale
        let rest = Expression.indexSum(over: name, offset ** 2 * scale)
        guard constant.equals(rest) == .zero else { return nil }
        square = expression
        self.scale = scale
        self.offset = offset
    }
}

extension GradientDraw {
    /// Whether every coordinate has the same scale of noise.
    var isIsotropic: Bool { !scale.symbols.contains { !$0.indices.isEmpty || $0.isField } }

    /// The standardized noise of the draw at its coordinate.
    package var standardizedNoise: Symbol {
        Symbol("Z_\(symbol.name)", role: .noise, indices: symbol.indices)
    }
}
