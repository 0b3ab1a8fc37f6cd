/// Writes a layout as the inside of a `math` element of MathML, which browsers set by themselves.
///
/// What it writes of a layout is one element or a row of them; a part that has to be one element is put in an `mrow`.
package struct MathMLRenderer: Sendable {
    package init() {}

    package func text(_ layout: Layout) -> String {
        switch layout {
        case .digits(let digits): return "<mn>\(digits)</mn>"
        case .symbol(let glyph, let subscripts): return symbol(glyph, subscripts)
        case .negative(let magnitude): return operation("−") + text(magnitude, atLeast: .product)
        case .sum(let terms): return sum(terms)
        case .product(let factors): return product(factors)
        case .fraction(let numerator, let denominator):
            return "<mfrac>\(element(numerator))\(element(denominator))</mfrac>"
        case .power(let base, let exponent): return power(base, exponent)
        case .root(let radicand): return "<msqrt>\(text(radicand))</msqrt>"
        case .exponential(let exponent): return "<msup><mi>e</mi>\(element(exponent))</msup>"
        case .call(let glyph, let arguments): return symbol(glyph, []) + brackets(list(arguments))
        case .groupedCall(let glyph, let groups):
            return symbol(glyph, []) + brackets(groups.map(list).joined(separator: operation(";")))
        case .polygamma(let order, let argument):
            return "<msup><mi>ψ</mi><mrow>\(brackets("<mn>\(order)</mn>"))</mrow></msup>" + brackets(text(argument))
        case .magnitude(let argument): return fence("|", text(argument), "|")
        case .norm(let argument): return fence("‖", text(argument), "‖")
        case .partial(let indices, let operand):
            return "<msub>\(operation("∂"))\(names(indices))</msub>" + text(operand, atLeast: .atom)
        case .overIndex(let index, let body):
            return "<munder>\(operation("∑"))\(names([index]))</munder>" + text(body, atLeast: .product)
        case .expectation(let body): return "<mi>𝔼</mi>" + fence("[", text(body), "]")
        case .probabilityNegative(let argument):
            return "<mi>ℙ</mi>" + brackets(text(argument) + operation("&lt;") + "<mn>0</mn>")
        case .nabla(let order, let function, let position):
            let nabla = order == 1 ? operation("∇") : "<msup>\(operation("∇"))<mn>\(order)</mn></msup>"
            return nabla + text(function, atLeast: .atom) + brackets(text(position))
        case .component(let body, let index):
            return "<msub><mrow>\(fence("[", text(body), "]"))</mrow>\(names([index]))</msub>"
        }
    }

    /// The layout, in brackets where it binds less tightly than asked.
    package func text(_ layout: Layout, atLeast precedence: Layout.Precedence) -> String {
        // A quotient stands in two lines, and divides nothing beside it.
        if case .fraction = layout, precedence < .power { return text(layout) }
        return layout.precedence < precedence ? brackets(text(layout)) : text(layout)
    }

    private func element(_ layout: Layout) -> String { "<mrow>\(text(layout))</mrow>" }

    private func operation(_ sign: String) -> String { "<mo>\(sign)</mo>" }

    private func fence(_ left: String, _ inside: String, _ right: String) -> String {
        "<mrow><mo>\(left)</mo>\(inside)<mo>\(right)</mo></mrow>"
    }

    package func brackets(_ inside: String) -> String { fence("(", inside, ")") }

    private func list(_ arguments: [Layout]) -> String { arguments.map(text).joined(separator: operation(",")) }

    private func sum(_ terms: [Layout]) -> String {
        terms.enumerated().map { position, term in
            let (isNegative, magnitude) = term.signed
            let sign = isNegative ? operation("−") : position == 0 ? "" : operation("+")
            return sign + text(magnitude, atLeast: .product)
        }.joined()
    }

    private func product(_ factors: [Layout]) -> String {
        factors.enumerated().map { position, factor in
            // A sum over an index reaches to the end of its product, so that only the last factor may be a bare one.
            if case .overIndex = factor, position < factors.count - 1 { return brackets(text(factor)) }
            let next = text(factor, atLeast: .product)
            guard position > 0 else { return next }
            return next.hasPrefix("<mn>") ? operation("·") + next : "<mspace width=\"0.1em\"/>" + next
        }.joined()
    }

    private func power(_ base: Layout, _ exponent: Layout) -> String {
        let isPlain =
            switch base {
            case .symbol(let glyph, _): glyph.primes == 0
            case .digits, .root, .magnitude, .norm: true
            default: false
            }
        let bracketed = isPlain ? text(base) : brackets(text(base))
        return "<msup><mrow>\(bracketed)</mrow>\(element(exponent))</msup>"
    }

    private func symbol(_ glyph: Glyph, _ subscripts: [String]) -> String {
        let name = glyph.unicode.filter { $0 != "'" }
        let isWord = name.count > 1 && name.allSatisfy { $0.isLetter && $0.isASCII }
        let variant = isWord ? " mathvariant=\"normal\"" : ""
        let base = "<mi\(variant)>\(MathMLRenderer.escaped(name))</mi>"
        let primed =
            glyph.primes == 0
            ? base : "<msup>\(base)<mo>\(String(repeating: "′", count: glyph.primes))</mo></msup>"
        return subscripts.isEmpty ? primed : "<msub>\(primed)\(names(subscripts))</msub>"
    }

    private func names(_ indices: [String]) -> String {
        let separator = indices.allSatisfy { $0.count == 1 } ? "" : operation(",")
        return "<mrow>\(indices.map { "<mi>\(MathMLRenderer.escaped($0))</mi>" }.joined(separator: separator))</mrow>"
    }

    package static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
