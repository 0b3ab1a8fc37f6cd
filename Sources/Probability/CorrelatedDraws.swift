import Algebra
import ExactNumbers

/// The gradient draws of two coordinates, `mu_i + sigma_i X` and `mu_j + sigma_j Y` with standard normal X and Y of
/// correlation r.
public struct CorrelatedDraws: Sendable {
    let first: GradientDraw
    let second: GradientDraw
    let correlation: Expression

    /// - Parameter second: has another symbol than the first.
    public init(_ first: GradientDraw, _ second: GradientDraw, correlation: Expression) {
        self.first = first
        self.second = second
        self.correlation = correlation
    }

    /// Cov(u, w) of a function of the first draw and one of the second.
    ///
    /// Closed where both are piecewise polynomial in their draws (by ``BivariateMoments``), and where one is a polynomial
    /// and the other any function, by `E[Y^n | X]`: of that, what has no closed form is a named expectation over one
    /// coordinate.
    ///
    /// - Returns: nil where two functions that are not piecewise polynomial meet, or one and a function with kinks.
    /// - Throws: ``ProbabilityError`` where an expectation diverges.
    public func covariance(_ u: Expression, _ w: Expression) throws(ProbabilityError) -> Expression? {
        let (left, right) = (try Parts(of: u, first), try Parts(of: w, second))
        guard left.others.isEmpty || right.others.isEmpty else { return nil }
        guard left.piecewise.masses.isEmpty, right.piecewise.masses.isEmpty else { return nil }
        guard left.others.isEmpty || right.piecewise.jumps.isEmpty,
            right.others.isEmpty || left.piecewise.jumps.isEmpty
        else { return nil }
        let moments = BivariateMoments(correlation: correlation)
        var terms = [try moments.covariance(left.piecewise, right.piecewise)]
        for other in left.others {
            terms.append(try moments.covariance(of: other, first, with: right.piecewise.base))
        }
        for other in right.others {
            terms.append(try moments.covariance(of: other, second, with: left.piecewise.base))
        }
        return Expression.sum(of: terms)
    }

    /// A function of one draw: its piecewise polynomial part in the standardized noise, and the other terms.
    private struct Parts {
        var piecewise = PiecewisePolynomial([])
        var others: [Expression] = []

        init(of body: Expression, _ draw: GradientDraw) throws(ProbabilityError) {
            for summand in expandedIfPossible(body).summands where summand.contains(draw.symbol) {
                do {
                    try piecewise.add(PiecewisePolynomial(draw.standardized(summand), of: GradientDraw.variable))
                } catch PiecewisePolynomial.Failure.probability(let error) {
                    throw error
                } catch {
                    others.append(summand)
                }
            }
        }
    }
}
