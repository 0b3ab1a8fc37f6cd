import ExactNumbers

/// Lays out expressions in coordinate form.
struct LayoutBuilder {
    /// Whether the norm of a vector is written as such rather than as the root of a sum.
    private let namesNorms: Bool
    /// The name of the position, at which the gradients of vectors are taken.
    let position: String
    /// The names of bound indices, outermost first; none occurs free in the expression.
    private let dummies: [String]
    /// The number of index sums around the expression being laid out.
    private var depth = 0

    init(for expression: Expression) { self.init(avoiding: [expression]) }

    init(avoiding expressions: [Expression], namesNorms: Bool = false, position: String = "x") {
        self.namesNorms = namesNorms
        self.position = position
        var taken: Set<String> = []
        for expression in expressions {
            for symbol in expression.symbols {
                for case .free(let name) in symbol.indices + symbol.derivatives { taken.insert(name) }
            }
        }
        dummies = "jklpqrsuwabcgmnvyzJKLMNPQRSTUVW".map(String.init).filter { !taken.contains($0) }
    }

    private var inner: LayoutBuilder {
        var builder = self
        builder.depth += 1
        return builder
    }

    /// The same builder as it stands inside of `levels` more index sums.
    func entering(_ levels: Int) -> LayoutBuilder {
        var builder = self
        builder.depth += levels
        return builder
    }

    func layout(_ expression: Expression) -> Layout {
        switch expression.content {
        case .number(let value): return LayoutBuilder.layout(value)
        case .constant(.pi): return .symbol(.pi, subscripts: [])
        case .constant(.e): return .symbol(.e, subscripts: [])
        case .constant(.undefined): return .symbol(.undefined, subscripts: [])
        case .symbol(let symbol): return layout(symbol)
        case .sum: return LayoutBuilder.sum(expression, layout)
        case .product(let coefficient, let factors):
            let quotient = Quotient(coefficient: coefficient, factors: factors)
            let magnitude = quotient.magnitude(layout)
            return quotient.isNegative ? magnitude.negated : magnitude
        case .function(let function, let arguments): return layout(function, arguments)
        case .indexSum(let body): return .overIndex(name(ofLevel: depth), inner.layout(body))
        case .expectation(let body): return .expectation(layout(body))
        }
    }

    /// The terms in reading order, over a denominator that all of them share.
    static func sum(_ expression: Expression, _ layout: (Expression) -> Layout) -> Layout {
        let terms = TermOrder.terms(of: expression)
        let denominators = Set(terms.map { $0.asProduct.coefficient.denominator })
        guard let denominator = denominators.first, denominators.count == 1, !denominator.isOne else {
            return .added(terms.map(layout))
        }
        let numerators = terms.map { layout($0.scaled(by: Rational(denominator))) }
        return .fraction(.added(numerators), .digits(denominator.description))
    }

    static func layout(_ value: Rational) -> Layout {
        let numerator = Layout.digits(value.numerator.magnitude.description)
        let magnitude = value.isInteger ? numerator : .fraction(numerator, .digits(value.denominator.description))
        return value.isNegative ? magnitude.negated : magnitude
    }

    func layout(_ part: Quotient.Part) -> Layout {
        switch part {
        case .minimum(let operands): return minimum(operands)
        case .power(let base, let exponent):
            if case .constant(.e) = base.content {
                return exponent.isOne ? .symbol(.e, subscripts: []) : .exponential(layout(exponent))
            }
            if namesNorms, case .indexSum(let body) = base.content, let root = body.elementwiseRoot {
                let norm = Layout.norm(VectorLayoutBuilder(inside: self).vector(root))
                return LayoutBuilder.power(norm, 2 * exponent) { layout($0) }
            }
            if case .function(.max, let operands) = base.content {
                return LayoutBuilder.power(maximum(operands), exponent) { layout($0) }
            }
            return LayoutBuilder.power(layout(base), exponent) { layout($0) }
        }
    }

    /// A power, as a root where the exponent is 1/2.
    static func power(_ base: Layout, _ exponent: Expression, _ layout: (Expression) -> Layout) -> Layout {
        if exponent.isOne { return base }
        if exponent.number == .half { return .root(base) }
        return .power(base, layout(exponent))
    }

    func layout(_ symbol: Symbol) -> Layout {
        let base = Layout.symbol(Glyph(name: symbol.name), subscripts: symbol.indices.map(name))
        return symbol.derivatives.isEmpty ? base : .partial(symbol.derivatives.map(name).sorted(), base)
    }

    private func layout(_ function: Function, _ arguments: [Expression]) -> Layout {
        switch function {
        case .abs where arguments.count == 1: return .magnitude(layout(arguments[0]))
        case .probabilityNegative where arguments.count == 1: return .probabilityNegative(layout(arguments[0]))
        case .max:
            guard arguments.allSatisfy(Quotient.leadsNegative), LayoutBuilder.clip(arguments) == nil else {
                return maximum(arguments)
            }
            return minimum(arguments.map { -$0 }).negated
        default: return LayoutBuilder.call(function, arguments.map(layout))
        }
    }

    static func call(_ function: Function, _ arguments: [Layout]) -> Layout {
        switch function {
        case .hypergeometric2F1 where arguments.count == 4:
            return .groupedCall(function.glyph, [Array(arguments[..<2]), [arguments[2]], [arguments[3]]])
        case .polygamma(let order) where order > 0 && arguments.count == 1:
            return .polygamma(order: String(order), arguments[0])
        case .signCovariance where arguments.count == 3:
            return .groupedCall(function.glyph, [Array(arguments[..<2]), [arguments[2]]])
        case .kummer where arguments.count == 3: return .groupedCall(function.glyph, arguments.map { [$0] })
        default: return .call(function.glyph, arguments)
        }
    }

    private func maximum(_ operands: [Expression]) -> Layout {
        if let arguments = LayoutBuilder.clip(operands) { return .call(.clip, arguments.map(layout)) }
        return .call(Function.max.glyph, LayoutBuilder.numbersLast(operands).map(layout))
    }

    private func minimum(_ operands: [Expression]) -> Layout {
        .call(.minimum, LayoutBuilder.numbersLast(operands).map(layout))
    }

    private static func numbersLast(_ operands: [Expression]) -> [Expression] {
        operands.filter { $0.number == nil } + operands.filter { $0.number != nil }
    }

    /// The u, l and h of max(l, min(u, h)), where it is plain which is the limit: l < h are numbers, or h = -l.
    static func clip(_ operands: [Expression]) -> [Expression]? {
        guard operands.count == 2 else { return nil }
        for (lower, inner) in [(operands[0], operands[1]), (operands[1], operands[0])] {
            guard case .product(-1, let factors) = inner.content, factors.count == 1, factors[0].exponent.isOne,
                case .function(.max, let negated) = factors[0].base.content, negated.count == 2
            else { continue }
            for (upper, clipped) in [(-negated[0], -negated[1]), (-negated[1], -negated[0])] {
                let isInterval = if let a = lower.number, let b = upper.number { a < b } else { upper == -lower }
                if isInterval { return [clipped, lower, upper] }
            }
        }
        return nil
    }

    /// How an index is written here.
    func name(_ index: Index) -> String {
        switch index {
        case .coordinate(let number): return String(number)
        case .free(let name): return name
        case .bound(let level): return name(ofLevel: depth - 1 - level)
        }
    }

    /// The name of the index that the n-th sum from the outside binds; one bound outside of the expression has n < 0.
    private func name(ofLevel n: Int) -> String {
        let position = n >= 0 ? n : dummies.count + n
        return dummies.indices.contains(position) ? dummies[position] : "j\(n.magnitude)"
    }
}

extension Expression {
    /// u, where the expression is written as a square u^2.
    fileprivate var elementwiseRoot: Expression? {
        let (coefficient, factors) = asProduct
        guard coefficient.isOne, factors.allSatisfy({ $0.exponent.asInteger?.isMultiple(of: 2) ?? false }) else {
            return nil
        }
        return .product(of: factors.map { .power($0.base, $0.exponent / 2) })
    }
}
