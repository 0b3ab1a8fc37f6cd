import Algebra

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

    private func closedVectorExpectation(of body: Expression) -> Expression? {
        guard let draw = onlyDraw(of: body) else { return nil }
        return RadialExpectation(of: body, over: draw)?.closedForm
    }

    static let coordinate = "i"

    private func onlyDraw(of body: Expression) -> GradientDraw? {
        let used = draws.filter { draw in body.symbols.contains { $0.name == draw.symbol.name && $0.isRandom } }
        return used.count == 1 ? used[0] : nil
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
