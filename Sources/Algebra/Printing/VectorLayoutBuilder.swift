import ExactNumbers

/// Lays out an expression of one coordinate as a vector or as a diagonal matrix.
///
/// - A state `x_i` is the vector X, `d_i f` is ∇f(X), and elementwise functions act on vectors.
/// - A product has one vector, the carrier; its other factors that depend on the coordinate are diagonal matrices in
///   front of it, those of the noise scale, Σ^(p/2) for `sigma_i^p`, next to the carrier.
/// - A sum `sum_j d_ij f w_j` is the Hessian times the vector w.
/// - What has no such form stays in coordinates, `[…]_i`.
struct VectorLayoutBuilder {
    private let coordinates: LayoutBuilder
    /// The index that numbers the components; a bound one inside of an index sum.
    private let index: Index

    init(for expressions: [Expression], index name: String, position: String) {
        self.init(
            coordinates: LayoutBuilder(avoiding: expressions, namesNorms: true, position: position), index: .free(name))
    }

    private init(coordinates: LayoutBuilder, index: Index) {
        self.coordinates = coordinates
        self.index = index
    }

    /// The builder for the body of an index sum that stands in coordinates.
    init(inside coordinates: LayoutBuilder) {
        self.init(coordinates: coordinates.entering(1), index: .bound(0))
    }

    /// The builder for the body of an index sum, whose index numbers the components there.
    private var inner: VectorLayoutBuilder {
        VectorLayoutBuilder(coordinates: coordinates.entering(1), index: .bound(0))
    }

    // MARK: Vectors

    func vector(_ expression: Expression) -> Layout {
        if !depends(expression) {
            return expression.isZero
                ? .zero : .joined([coordinates.layout(expression), .symbol(.ones, subscripts: [])])
        }
        switch expression.content {
        case .number, .constant: return coordinates.layout(expression)
        case .symbol(let symbol): return vector(symbol) ?? component(expression)
        case .sum: return LayoutBuilder.sum(expression, vector)
        case .product(let coefficient, let factors): return vector(coefficient, factors) ?? component(expression)
        case .function(let function, let arguments): return vector(function, arguments)
        case .indexSum(let body): return hessianProduct(body) ?? component(expression)
        case .expectation(let body): return .expectation(vector(body))
        }
    }

    private func component(_ expression: Expression) -> Layout {
        .component(coordinates.layout(expression), coordinates.name(index))
    }

    private func vector(_ symbol: Symbol) -> Layout? {
        switch (symbol.indices, symbol.derivatives) {
        case ([index], []):
            if symbol.name == "sigma" { return .root(.call(.diagonal, [VectorLayoutBuilder.covariance])) }
            return .symbol(VectorLayoutBuilder.vectorGlyph(symbol.name, isRandom: symbol.isRandom), subscripts: [])
        case ([], [index]): return nabla(order: 1, of: symbol)
        case ([], [index, index]): return .call(.diagonal, [hessian(of: symbol)])
        default: return nil
        }
    }

    private func hessian(of field: Symbol) -> Layout { nabla(order: 2, of: field) }

    private func nabla(order: Int, of field: Symbol) -> Layout {
        .nabla(
            order: order, .symbol(Glyph(name: field.name), subscripts: []),
            at: .symbol(VectorLayoutBuilder.vectorGlyph(coordinates.position), subscripts: []))
    }

    private static let covariance = Layout.symbol(.sigmaMatrix, subscripts: [])

    /// States of one Latin letter are capitals.
    private static func vectorGlyph(_ name: String, isRandom: Bool = false) -> Glyph {
        let stem = name.prefix { $0.isLetter }
        return Glyph(name: stem.count == 1 && !isRandom ? name.uppercased() : name)
    }

    private func vector(_ function: Function, _ arguments: [Expression]) -> Layout {
        let layouts = arguments.map { depends($0) ? vector($0) : coordinates.layout($0) }
        switch function {
        case .abs where layouts.count == 1: return .magnitude(layouts[0])
        case .probabilityNegative where layouts.count == 1: return .probabilityNegative(layouts[0])
        default: return LayoutBuilder.call(function, layouts)
        }
    }

    /// sum_j d_ij f w_j as ∇²f(X) w.
    private func hessianProduct(_ body: Expression) -> Layout? {
        let (coefficient, factors) = body.asProduct
        let outer = index.raisedOnce
        for (position, factor) in factors.enumerated() {
            guard factor.exponent.isOne, let symbol = factor.base.symbol, symbol.isField, symbol.indices.isEmpty,
                symbol.derivatives == [outer, .bound(0)].sorted()
            else { continue }
            var rest = factors
            rest.remove(at: position)
            let weight = Expression.product(
                of: [Expression(coefficient)] + rest.map { Expression.power($0.base, $0.exponent) })
            guard !VectorLayoutBuilder.occurs(outer, in: weight) else { return nil }
            let vector = inner.vector(weight)
            return .joined([hessian(of: symbol), vector])
        }
        return nil
    }

    private func vector(_ coefficient: Rational, _ factors: [Expression.Factor]) -> Layout? {
        let quotient = Quotient(coefficient: coefficient, factors: factors)
        let parts = (quotient.above + quotient.below.map(\.inverse)).filter { depends($0) }
        guard let carrier = parts.indices.min(by: { rank(parts[$0], $0) < rank(parts[$1], $1) }) else { return nil }
        var others = parts
        let carried = others.remove(at: carrier)
        let matrices = others.filter { !isNoiseScale($0) } + others.filter { isNoiseScale($0) }
        let operands = matrices.map { matrix($0) } + [vector(carried)]
        let result = scaled(operands, by: quotient.filtered { !depends($0) })
        return quotient.isNegative ? result.negated : result
    }

    /// Operands with the scalars in front of them, or below them where nothing but a divisor is left.
    private func scaled(_ operands: [Layout], by scalars: Quotient) -> Layout {
        if case .fraction(.one, let divisor) = scalars.magnitude(coordinates.layout) {
            let (isNegative, magnitude) = Layout.joined(operands).signed
            let quotient = Layout.fraction(magnitude, divisor)
            return isNegative ? quotient.negated : quotient
        }
        return .joined([scalars.magnitude(coordinates.layout)] + operands)
    }

    private func vector(_ part: Quotient.Part) -> Layout {
        switch part {
        case .minimum(let operands):
            return .call(.minimum, operands.map { depends($0) ? vector($0) : coordinates.layout($0) })
        case .power(let base, let exponent):
            if case .constant(.e) = base.content { return .exponential(vector(exponent)) }
            let elements = depends(exponent) ? vector(exponent) : coordinates.layout(exponent)
            if let symbol = base.symbol, isNoiseScale(symbol), let number = exponent.number {
                let diagonal = Layout.call(.diagonal, [VectorLayoutBuilder.covariance])
                return LayoutBuilder.power(diagonal, Expression(number * .half), coordinates.layout)
            }
            let root = depends(base) ? vector(base) : coordinates.layout(base)
            return LayoutBuilder.power(root, exponent) { _ in elements }
        }
    }

    /// How well a factor serves as the vector of its product, the best first.
    private func rank(_ part: Quotient.Part, _ position: Int) -> Int {
        let kind: Int
        switch part {
        case .minimum: kind = 4
        case .power(let base, let exponent):
            switch base.content {
            case .indexSum: kind = exponent.isOne ? 0 : 6
            case .symbol(let symbol) where isNoiseScale(symbol): kind = 7
            case .symbol(let symbol) where symbol.derivatives == [index] && symbol.indices.isEmpty:
                kind = (exponent.number?.isPositive ?? false) ? 1 : 6
            case .symbol(let symbol):
                kind = exponent.number?.isPositive ?? false ? (symbol.role == .position ? 2 : 3) : 6
            case .sum: kind = exponent.isOne ? 2 : 6
            default: kind = exponent.number?.isPositive ?? false ? 4 : 5
            }
        }
        return kind * 1000 + Swift.min(position, 999)
    }

    // MARK: Diagonal matrices

    func matrix(_ expression: Expression) -> Layout {
        if !depends(expression) {
            return expression.isZero
                ? .zero : .joined([coordinates.layout(expression), .symbol(.identity, subscripts: [])])
        }
        switch expression.content {
        case .sum: return LayoutBuilder.sum(expression, matrix)
        case .product(let coefficient, let factors):
            let quotient = Quotient(coefficient: coefficient, factors: factors)
            let parts = (quotient.above + quotient.below.map(\.inverse)).filter { depends($0) }
            let ordered = parts.filter { !isNoiseScale($0) } + parts.filter { isNoiseScale($0) }
            let result = scaled(ordered.map { matrix($0) }, by: quotient.filtered { !depends($0) })
            return quotient.isNegative ? result.negated : result
        case .symbol(let symbol) where isNoiseScale(symbol): return matrix(Quotient.Part.power(expression, .one))
        default: return .call(.diagonal, [vector(expression)])
        }
    }

    private func matrix(_ part: Quotient.Part) -> Layout {
        guard case .power(let base, let exponent) = part, !depends(exponent) else {
            return .call(.diagonal, [vector(part)])
        }
        if let symbol = base.symbol, isNoiseScale(symbol) {
            let half = exponent / 2
            return half.isOne
                ? VectorLayoutBuilder.covariance : .power(VectorLayoutBuilder.covariance, coordinates.layout(half))
        }
        switch base.content {
        case .sum: return LayoutBuilder.power(matrix(base), exponent, coordinates.layout)
        case .symbol, .function:
            if exponent.number == .half { return .call(.diagonal, [vector(part)]) }
            return LayoutBuilder.power(.call(.diagonal, [vector(base)]), exponent, coordinates.layout)
        default: return .call(.diagonal, [vector(part)])
        }
    }

    // MARK: Dependence on the coordinate

    private func isNoiseScale(_ symbol: Symbol) -> Bool {
        symbol.name == "sigma" && symbol.indices == [index] && symbol.derivatives.isEmpty
    }

    private func isNoiseScale(_ part: Quotient.Part) -> Bool {
        if case .power(let base, _) = part, let symbol = base.symbol { return isNoiseScale(symbol) }
        return false
    }

    private func depends(_ expression: Expression) -> Bool { VectorLayoutBuilder.occurs(index, in: expression) }

    private func depends(_ part: Quotient.Part) -> Bool {
        switch part {
        case .power(let base, let exponent): depends(base) || depends(exponent)
        case .minimum(let operands): operands.contains(where: depends)
        }
    }

    private static func occurs(_ index: Index, in expression: Expression) -> Bool {
        switch expression.content {
        case .symbol(let symbol): symbol.indices.contains(index) || symbol.derivatives.contains(index)
        case .indexSum(let body): occurs(index.raisedOnce, in: body)
        default: expression.operands.contains { occurs(index, in: $0) }
        }
    }
}

extension Quotient.Part {
    /// The same factor on the other side of the line.
    fileprivate var inverse: Quotient.Part {
        if case .power(let base, let exponent) = self { return .power(base, -exponent) }
        return self
    }
}

extension Index {
    /// The index as it is called one index sum further inside.
    fileprivate var raisedOnce: Index {
        if case .bound(let level) = self { return .bound(level + 1) }
        return self
    }
}
