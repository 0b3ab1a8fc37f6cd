import Algebra
import ExactNumbers

/// A stochastic gradient of one coordinate, `mean + scale Z` with Z of a known law.
public struct GradientDraw: Hashable, Sendable {
    /// The symbol that stands for the draw in expressions.
    public let symbol: Symbol
    public let mean: Expression
    /// The positive scale of the noise.
    public let scale: Expression
    public let law: NoiseLaw
    /// The correlation r_ij of the noise of two coordinates; nil where coordinates are independent.
    public let correlation: Symbol?

    public init(symbol: Symbol, mean: Expression, scale: Expression, law: NoiseLaw, correlation: Symbol? = nil) {
        self.symbol = symbol
        self.mean = mean
        self.scale = scale
        self.law = law
        self.correlation = correlation
    }

    /// The law as the rule language writes it: `gaussian`, `gaussian correlated`.
    public var noise: String { "\(law)" + (correlation == nil ? "" : " correlated") }
}

extension GradientDraw {
    /// E[body] over the draw.
    ///
    /// Closed for every function that is piecewise polynomial in the draw (compositions of `sign`, `abs`, `max`, `min`,
    /// `clip`, sums, products and powers), for `|g|^p`, for what ``transcendentalExpectation(of:over:)`` lists, and for
    /// any function under a law with finitely many values. What has no closed form stays as a named expectation
    /// `E[...]` of the standardized noise.
    ///
    /// - Throws: ``ProbabilityError`` where the expectation is known to diverge.
    public func expectation(of body: Expression) throws(ProbabilityError) -> Expression {
        guard body.contains(symbol) else { return body }
        let held: HeldSums
        do { held = try HeldSums(body) { $0.contains(symbol) } } catch { throw .algebra(error) }
        var terms: [Expression] = []
        for (inner, outer) in held.coefficients(of: { $0.base.contains(symbol) || $0.exponent.contains(symbol) }) {
            let value =
                inner.isOne ? .one : try closedExpectation(of: inner) ?? .expectation(of: standardized(inner))
            terms += outer.summands.map { $0 * value }
        }
        return Expression.sum(of: terms)
    }

    private func closedExpectation(of body: Expression) throws(ProbabilityError) -> Expression? {
        switch law {
        case .any: return unspecifiedExpectation(of: body)
        case .rademacher:
            let up = body.substituting(symbol, by: mean + scale)
            let down = body.substituting(symbol, by: mean - scale)
            return (up + down).scaled(by: .half)
        case .sample: return try sampleExpectation(of: body)
        default: break
        }
        if let value = try absoluteMoment(of: body) { return value }
        let standardized = standardized(body)
        if let value = try piecewiseExpectation(of: standardized, over: Self.variable) { return value }
        return try transcendentalExpectation(of: standardized, over: Self.variable)
    }

    /// Over a minibatch of a finite sample: by moments for a polynomial, else the sum over the values of its mean.
    private func sampleExpectation(of body: Expression) throws(ProbabilityError) -> Expression {
        let standardized = standardized(body)
        if let powers = expandedIfPossible(standardized).polynomial(in: Self.variable, degree: NoiseLaw.degreeLimit) {
            var terms: [Expression] = []
            for (n, power) in powers.enumerated() where !power.isZero {
                terms.append(power * (try law.moment(n) ?? .zero))
            }
            return Expression.sum(of: terms)
        }
        return Expression.sum(
            of: try law.sampleAtoms().map { atom in
                standardized.substituting(Self.variable, by: Expression(atom.value)).scaled(by: atom.probability)
            })
    }

    /// E[body] of a piecewise polynomial function of the standardized noise; nil where it is not one.
    func piecewiseExpectation(of body: Expression, over variable: Symbol) throws(ProbabilityError) -> Expression? {
        do {
            return try expectation(of: PiecewisePolynomial(body, of: variable))
        } catch PiecewisePolynomial.Failure.probability(let error) {
            throw error
        } catch {
            return nil
        }
    }

    private func expectation(of function: PiecewisePolynomial) throws(PiecewisePolynomial.Failure) -> Expression? {
        do throws(ProbabilityError) {
            try requireMoments(of: function)
            var terms: [Expression] = []
            for (n, coefficient) in function.base.enumerated() where !coefficient.isZero {
                guard let moment = try law.moment(n) else { return nil }
                terms.append(coefficient * moment)
            }
            for jump in function.jumps {
                for (n, coefficient) in jump.polynomial.enumerated() where !coefficient.isZero {
                    guard let moment = try law.truncatedMoment(n, above: jump.breakpoint) else { return nil }
                    terms.append(coefficient * moment)
                }
            }
            for mass in function.masses {
                guard let density = law.density(at: mass.position) else { return nil }
                terms.append(mass.weight * density)
            }
            return expandedIfPossible(Expression.sum(of: terms))
        } catch {
            throw .probability(error)
        }
    }

    /// The polynomials in both tails decide which moments must exist.
    private func requireMoments(of function: PiecewisePolynomial) throws(ProbabilityError) {
        var upper = function.base
        for jump in function.jumps {
            for (n, coefficient) in jump.polynomial.enumerated() {
                while upper.count <= n { upper.append(.zero) }
                upper[n] = expandedIfPossible(upper[n] + coefficient)
            }
        }
        let degree = max(upper.lastIndex { !$0.isZero } ?? 0, function.base.lastIndex { !$0.isZero } ?? 0)
        try law.requireMoment(degree)
    }

    /// Under a law that is not specified only the mean and the name of a probability are known.
    private func unspecifiedExpectation(of body: Expression) -> Expression? {
        if body.symbol == symbol { return mean }
        guard case .function(.sign, let arguments) = body.content else { return nil }
        return 1 - 2 * .function(.probabilityNegative, arguments.map(standardized))
    }

    /// E[|g|^p g^n] for a p that is no integer, n = 0 or 1, by Kummer's function (Winkelbauer 2012, eq. 17 and 18).
    private func absoluteMoment(of body: Expression) throws(ProbabilityError) -> Expression? {
        guard case .gaussian = law else { return nil }
        var power = Expression.zero
        var isOdd = false
        for factor in body.asProduct.factors {
            if factor.base == abs(Expression(symbol)) {
                guard !factor.exponent.contains(symbol) else { return nil }
                power = power + factor.exponent
            } else if factor.base == Expression(symbol), let n = factor.exponent.number?.asInt, n > 0 {
                power = power + Expression(n)
                if !n.isMultiple(of: 2) { isOdd.toggle() }
            } else if factor.base == sign(Expression(symbol)) {
                isOdd.toggle()
            } else {
                return nil
            }
        }
        if power.number?.isInteger == true || (power + 1).bounds.isNonpositive { return nil }
        let ratio = mean / scale
        let argument = -(ratio ** 2).scaled(by: .half)
        let half = power.scaled(by: .half)
        if isOdd {
            return sqrt(2) * ratio * scale ** power * 2 ** half * gamma(1 + half) / sqrt(.pi)
                * kummer((1 - power).scaled(by: .half), Expression(Rational(3, 2)), argument)
        }
        return scale ** power * 2 ** half * gamma((1 + power).scaled(by: .half)) / sqrt(.pi)
            * kummer(-half, .half, argument)
    }
}
