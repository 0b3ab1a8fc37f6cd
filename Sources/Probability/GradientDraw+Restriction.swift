import Algebra

extension GradientDraw {
    /// E[body 1{condition > 0}] over the draw.
    ///
    /// For functions that are piecewise polynomial only those moments are needed that are left by the restriction: the
    /// mean of `g^2 1{|g| < u}` exists under every law.
    ///
    /// - Throws: ``ProbabilityError`` where the expectation is known to diverge.
    public func expectation(of body: Expression, where condition: Expression) throws(ProbabilityError) -> Expression {
        let product = body * step(condition)
        guard product.contains(symbol) else { return product }
        switch law {
        case .any, .rademacher: break
        default:
            let whole = standardized(body) * step(standardized(condition))
            if let value = try piecewiseExpectation(of: whole, over: Self.variable) { return value }
        }
        return try expectation(of: product)
    }
}
