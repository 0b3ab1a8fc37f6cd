import Algebra
import ExactNumbers

/// Covariances of functions of two standard normal variables X and Y with correlation r, in closed form.
struct BivariateMoments {
    let correlation: Expression

    private var remainder: Expression { sqrt(1 - correlation * correlation) }

    /// Cov(u(X), w(Y)) of two piecewise polynomials without point masses.
    func covariance(_ u: PiecewisePolynomial, _ w: PiecewisePolynomial) throws(ProbabilityError) -> Expression {
        var terms: [Expression] = []
        for (n, coefficient) in w.base.enumerated() where n > 0 && !coefficient.isZero {
            terms.append(coefficient * (try covariance(of: u, withPower: n)))
        }
        for jump in w.jumps {
            for (n, coefficient) in jump.polynomial.enumerated() where !coefficient.isZero {
                for (m, own) in u.base.enumerated() where m > 0 && !own.isZero {
                    let indicator = Truncated(power: n, above: jump.breakpoint)
                    terms.append(coefficient * own * (try covariance(of: indicator, withPower: m)))
                }
                for other in u.jumps {
                    for (m, own) in other.polynomial.enumerated() where !own.isZero {
                        terms.append(
                            coefficient * own
                                * (try covariance(
                                    Truncated(power: m, above: other.breakpoint),
                                    Truncated(power: n, above: jump.breakpoint))))
                    }
                }
            }
        }
        return Expression.sum(of: terms)
    }

    /// Cov(h(g), p(Y)) of any function of a draw with a polynomial, by E[Y^n | X].
    func covariance(
        of body: Expression, _ draw: GradientDraw, with polynomial: [Expression]
    ) throws(ProbabilityError) -> Expression {
        let normal = (Expression(draw.symbol) - draw.mean) / draw.scale
        let mean = try draw.expectation(of: body)
        var terms: [Expression] = []
        for (n, coefficient) in polynomial.enumerated() where n > 0 && !coefficient.isZero {
            let sum = try conditional(power: n) { k throws(ProbabilityError) in
                let product = try draw.expectation(of: body * normal ** k)
                return product - (try NoiseLaw.gaussian.moment(k) ?? .zero) * mean
            }
            terms.append(coefficient * sum)
        }
        return Expression.sum(of: terms)
    }

    // MARK: Powers and indicators

    /// Z^power 1{Z > bound}.
    private struct Truncated {
        let power: Int
        let bound: Expression

        init(power: Int, above bound: Expression) {
            self.power = power
            self.bound = bound
        }
    }

    /// Cov(h(X), Y^n) = sum_k binomial(n, k) r^k (1 - r^2)^((n-k)/2) E[V^(n-k)] Cov(h(X), X^k), as Y = r X + sqrt(1 - r^2) V.
    private func conditional(
        power n: Int, _ covariance: (_ k: Int) throws(ProbabilityError) -> Expression
    ) throws(ProbabilityError) -> Expression {
        var terms: [Expression] = []
        var binomial = Rational.one
        for k in 1...n {
            binomial = binomial * Rational(n - k + 1, k)
            guard (n - k).isMultiple(of: 2) else { continue }
            let rest = (1 - correlation * correlation) ** ((n - k) / 2)
            let weight = Expression(binomial * NoiseLaw.oddFactorial(n - k)) * correlation ** k * rest
            terms.append(weight * (try covariance(k)))
        }
        return Expression.sum(of: terms)
    }

    private func covariance(of u: PiecewisePolynomial, withPower n: Int) throws(ProbabilityError) -> Expression {
        var terms: [Expression] = []
        for (m, coefficient) in u.base.enumerated() where m > 0 && !coefficient.isZero {
            let value = try conditional(power: n) { k throws(ProbabilityError) in
                let product = (try moment(m)) * (try moment(k))
                return (try moment(m + k)) - product
            }
            terms.append(coefficient * value)
        }
        for jump in u.jumps {
            for (m, coefficient) in jump.polynomial.enumerated() where !coefficient.isZero {
                let indicator = Truncated(power: m, above: jump.breakpoint)
                terms.append(coefficient * (try covariance(of: indicator, withPower: n)))
            }
        }
        return Expression.sum(of: terms)
    }

    private func covariance(of u: Truncated, withPower n: Int) throws(ProbabilityError) -> Expression {
        let own = try truncated(u.power, u.bound)
        return try conditional(power: n) { k throws(ProbabilityError) in
            let product = own * (try moment(k))
            return (try truncated(u.power + k, u.bound)) - product
        }
    }

    private func covariance(_ u: Truncated, _ w: Truncated) throws(ProbabilityError) -> Expression {
        let signs = signCovariance(u.bound, w.bound, correlation: correlation).scaled(by: Rational(1, 4))
        if u.power == 0 && w.power == 0 { return signs }
        let product = (try truncated(u.power, u.bound)) * (try truncated(w.power, w.bound))
        let joint = try jointMoment(u.power, w.power, u.bound, w.bound, signs)
        return expandedIfPossible(joint - product)
    }

    /// E[X^m Y^n 1{X > a} 1{Y > b}], by E[X h] = E[d_x h + r d_y h] (Stein 1981).
    private func jointMoment(
        _ m: Int, _ n: Int, _ a: Expression, _ b: Expression, _ signs: Expression
    ) throws(ProbabilityError) -> Expression {
        if m == 0 && n == 0 { return (try truncated(0, a)) * (try truncated(0, b)) + signs }
        if m == 0 { return try jointMoment(n, m, b, a, signs) }
        var terms = [
            a ** (m - 1) * normalDensity(a) * (try conditionalTail(n, at: a, above: b)),
            correlation * b ** n * normalDensity(b) * (try conditionalTail(m - 1, at: b, above: a)),
        ]
        if m > 1 { terms.append(Expression(m - 1) * (try jointMoment(m - 2, n, a, b, signs))) }
        if n > 0 { terms.append(correlation * Expression(n) * (try jointMoment(m - 1, n - 1, a, b, signs))) }
        return Expression.sum(of: terms)
    }

    /// E[Y^n 1{Y > b} | X = x].
    private func conditionalTail(
        _ n: Int, at x: Expression, above b: Expression
    ) throws(ProbabilityError) -> Expression {
        let (mean, deviation) = (correlation * x, remainder)
        var terms: [Expression] = []
        var binomial = Rational.one
        for k in 0...n {
            if k > 0 { binomial = binomial * Rational(n - k + 1, k) }
            let tail = try truncated(k, (b - mean) / deviation)
            terms.append(Expression(binomial) * mean ** (n - k) * deviation ** k * tail)
        }
        return Expression.sum(of: terms)
    }

    private func moment(_ n: Int) throws(ProbabilityError) -> Expression {
        try NoiseLaw.gaussian.moment(n) ?? .zero
    }

    private func truncated(_ n: Int, _ bound: Expression) throws(ProbabilityError) -> Expression {
        try NoiseLaw.gaussian.truncatedMoment(n, above: bound) ?? .zero
    }
}
