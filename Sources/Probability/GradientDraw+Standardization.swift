import Algebra

/// Named expectations, written so that they can be differentiated.
///
/// E[h(g)] depends on the mean and the scale of the draw only through g. With `g = mean + scale Z` spelled out the law of
/// what remains random is fixed, and derivatives by the mean, the scale and whatever they depend on go under the
/// expectation: by the mean that of E[h(g)] is E[h'(g)].
extension GradientDraw {
    /// The standardized noise Z, the random symbol of a named expectation.
    ///
    /// It has no index: the expectation around it binds it, whatever the coordinate.
    public static let variable = Symbol("Z", role: .noise)

    /// The body with the draw written as `mean + scale Z`.
    ///
    /// Under ``NoiseLaw/any`` the noise need not scale with anything: the draw becomes a random field there, whose
    /// derivatives by the position keep their names.
    func standardized(_ body: Expression) -> Expression {
        if law == .any { return body.substituting(symbol, by: Expression(field)) }
        return body.substituting(symbol, by: mean + scale * Expression(Self.variable))
    }

    var field: Symbol { Symbol(symbol.name, role: .randomField, indices: symbol.indices) }

    /// The expression with every named expectation that has a closed form replaced by it.
    ///
    /// Differentiating a named expectation can give one that is closed, such as `E[delta(g) h(g)]` where a sign was
    /// differentiated. An expectation over another random symbol is left alone.
    ///
    /// - Throws: ``ProbabilityError`` where an expectation is known to diverge.
    public func closingExpectations(in expression: Expression) throws(ProbabilityError) -> Expression {
        guard expression.containsExpectation, law != .any else { return expression }
        var failure: ProbabilityError?
        let result = expression.replacing { node in
            guard case .expectation(let body) = node.content else { return nil }
            do throws(ProbabilityError) { return try closedNode(body) } catch {
                failure = error
                return node
            }
        }
        if let failure { throw failure }
        return result
    }

    private func closedNode(_ body: Expression) throws(ProbabilityError) -> Expression? {
        let random = body.symbols.filter(\.isRandom)
        let variable = Self.variable
        guard random == [variable] else { return nil }
        var terms: [Expression] = []
        for summand in expandedIfPossible(body).summands {
            if let value = try piecewiseExpectation(of: summand, over: variable) {
                terms.append(value)
            } else if let value = try transcendentalExpectation(of: summand, over: variable) {
                terms.append(value)
            } else {
                terms.append(Expression.expectation(of: summand))
            }
        }
        return Expression.sum(of: terms)
    }
}
