/// Writes a layout as LaTeX for mathematics mode.
///
/// No symbol gets two subscripts or two superscripts: what stands below a symbol is one group, and a base that has
/// something above the line already is bracketed before it is raised.
package struct LaTeXRenderer: Sendable {
    /// Whether the layout stands in an exponent, where quotients are set on one line.
    private let isInline: Bool

    package init() { self.init(isInline: false) }

    private init(isInline: Bool) { self.isInline = isInline }

    package func text(_ layout: Layout) -> String {
        switch layout {
        case .digits(let digits): return digits
        case .symbol(let glyph, let subscripts): return symbol(glyph, subscripts)
        case .negative(let magnitude): return "-" + text(magnitude, atLeast: .product)
        case .sum(let terms): return sum(terms)
        case .product(let factors): return product(factors)
        case .fraction(let numerator, let denominator):
            if isInline { return "\(text(numerator, atLeast: .product))/\(text(denominator, atLeast: .power))" }
            return "\\frac{\(text(numerator))}{\(text(denominator))}"
        case .power(let base, let exponent): return power(base, exponent)
        case .root(let radicand): return "\\sqrt{\(text(radicand))}"
        case .exponential(let exponent): return "e^{\(inline(exponent))}"
        case .call(let glyph, let arguments): return symbol(glyph, []) + brackets(list(arguments))
        case .groupedCall(let glyph, let groups):
            return symbol(glyph, []) + brackets(groups.map(list).joined(separator: "; "))
        case .polygamma(let order, let argument): return "\\psi^{(\(order))}" + brackets(text(argument))
        case .magnitude(let argument): return "\\left|\(text(argument))\\right|"
        case .norm(let argument): return "\\left\\|\(text(argument))\\right\\|"
        case .partial(let indices, let operand):
            return "\\partial\(LaTeXRenderer.below(indices)) \(text(operand, atLeast: .atom))"
        case .overIndex(let index, let body):
            return "\\sum\(LaTeXRenderer.below([index])) \(text(body, atLeast: .product))"
        case .expectation(let body): return "\\mathbb{E}\\left[\(text(body))\\right]"
        case .probabilityNegative(let argument): return "\\mathbb{P}" + brackets("\(text(argument)) < 0")
        case .nabla(let order, let function, let position):
            return (order == 1 ? "\\nabla " : "\\nabla^2 ") + text(function, atLeast: .atom) + "(\(text(position)))"
        case .component(let body, let index): return "\\left[\(text(body))\\right]\(LaTeXRenderer.below([index]))"
        }
    }

    /// The layout, in brackets where it binds less tightly than asked.
    package func text(_ layout: Layout, atLeast precedence: Layout.Precedence) -> String {
        layout.precedence < precedence ? brackets(text(layout)) : text(layout)
    }

    private func inline(_ layout: Layout) -> String { LaTeXRenderer(isInline: true).text(layout) }

    /// Brackets that grow with what they hold where it is taller than a line.
    private func brackets(_ inside: String) -> String {
        let tall = ["\\frac", "\\sqrt", "\\sum", "\\left"]
        return tall.contains(where: inside.contains) ? "\\left(\(inside)\\right)" : "(\(inside))"
    }

    private func list(_ arguments: [Layout]) -> String { arguments.map(text).joined(separator: ", ") }

    private func sum(_ terms: [Layout]) -> String {
        var result = ""
        for (position, term) in terms.enumerated() {
            let (isNegative, magnitude) = term.signed
            if position == 0 {
                result += isNegative ? "-" : ""
            } else {
                result += isNegative ? " - " : " + "
            }
            result += text(magnitude, atLeast: .product)
        }
        return result
    }

    private func product(_ factors: [Layout]) -> String {
        var result = ""
        for (position, factor) in factors.enumerated() {
            // A sum over an index reaches to the end of its product, so that only the last factor may be a bare one.
            var next = text(factor, atLeast: isInline ? .prefix : .product)
            if case .overIndex = factor, position < factors.count - 1 { next = brackets(text(factor)) }
            let needsSign = next.first?.isNumber == true && position > 0
            if position > 0 { result += needsSign ? " \\cdot " : " " }
            result += next
        }
        return result
    }

    private func power(_ base: Layout, _ exponent: Layout) -> String {
        let superscript = inline(exponent)
        switch base {
        case .symbol(let glyph, _) where glyph.primes > 0:
            return "\(brackets(text(base)))\(LaTeXRenderer.above(superscript))"
        case .exponential, .nabla, .polygamma, .probabilityNegative:
            return "\(brackets(text(base)))\(LaTeXRenderer.above(superscript))"
        default: return "\(text(base, atLeast: .atom))\(LaTeXRenderer.above(superscript))"
        }
    }

    private func symbol(_ glyph: Glyph, _ subscripts: [String]) -> String {
        let below = (glyph.latexSubscript.map { [$0] } ?? []) + subscripts
        return glyph.latex + LaTeXRenderer.below(below) + String(repeating: "'", count: glyph.primes)
    }

    private static func below(_ indices: [String]) -> String {
        if indices.isEmpty { return "" }
        let areLetters = indices.allSatisfy { $0.count == 1 && $0.allSatisfy(\.isLetter) }
        return "_" + group(indices.map(escaped).joined(separator: areLetters ? "" : ","))
    }

    private static func above(_ superscript: String) -> String { "^" + group(superscript) }

    private static func group(_ text: String) -> String { text.count == 1 ? text : "{\(text)}" }

    private static func escaped(_ index: String) -> String {
        index.count > 1 && index.contains(where: \.isLetter) ? Glyph(name: index).latexIndex : index
    }
}

extension Glyph {
    fileprivate var latexIndex: String { latexSubscript.map { "\(latex)_{\($0)}" } ?? latex }
}
