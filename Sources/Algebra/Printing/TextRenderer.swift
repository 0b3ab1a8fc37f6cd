/// Writes a layout on one line, in Unicode mathematics or in ASCII.
///
/// What it writes of a layout in coordinate form is read back as the same expression.
package struct TextRenderer: Sendable {
    package enum Alphabet: Sendable {
        case unicode, ascii
    }

    package let alphabet: Alphabet
    /// What stands between factors.
    let times: String

    private var isUnicode: Bool { alphabet == .unicode }

    /// Coordinate form: factors are joined by a multiplication sign.
    package static let unicode = TextRenderer(alphabet: .unicode, times: "·")
    package static let ascii = TextRenderer(alphabet: .ascii, times: "*")
    /// Vector form: factors stand side by side.
    package static let unicodeVectors = TextRenderer(alphabet: .unicode, times: " ")
    package static let asciiVectors = TextRenderer(alphabet: .ascii, times: " ")

    package func text(_ layout: Layout) -> String {
        switch layout {
        case .digits(let digits): return digits
        case .symbol(let glyph, let subscripts): return spell(glyph) + TextRenderer.below(subscripts)
        case .negative(let magnitude): return "-" + text(magnitude, atLeast: .product)
        case .sum(let terms): return sum(terms)
        case .product(let factors): return factors.map(factor).joined(separator: times)
        case .fraction(let numerator, let denominator):
            return "\(text(numerator, atLeast: .product))/\(text(denominator, atLeast: .power))"
        case .power(let base, let exponent): return power(base, exponent)
        case .root(let radicand): return root(radicand)
        case .exponential(let exponent): return "exp(\(text(exponent)))"
        case .call(let glyph, let arguments): return "\(spell(glyph))(\(list(arguments)))"
        case .groupedCall(let glyph, let groups):
            return "\(spell(glyph))(\(groups.map(list).joined(separator: "; ")))"
        case .polygamma(let order, let argument): return "polygamma(\(order), \(text(argument)))"
        case .magnitude(let argument):
            let inside = text(argument)
            return isUnicode && !inside.contains("|") ? "|\(inside)|" : "abs(\(inside))"
        case .norm(let argument): return isUnicode ? "‖\(text(argument))‖" : "norm(\(text(argument)))"
        case .partial(let indices, let operand):
            let mark = (isUnicode ? "∂" : "d") + TextRenderer.below(indices)
            return "\(mark) \(text(operand, atLeast: .atom))"
        case .overIndex(let index, let body):
            return isUnicode ? "Σ_\(index) (\(text(body)))" : "sum_\(index)(\(text(body)))"
        case .expectation(let body): return "E[\(text(body))]"
        case .probabilityNegative(let argument): return "P(\(text(argument)) < 0)"
        case .nabla(let order, let function, let position):
            let operand = "\(text(function, atLeast: .atom))(\(text(position)))"
            if isUnicode { return (order == 1 ? "∇" : "∇²") + operand }
            return (order == 1 ? "grad " : "hess ") + operand
        case .component(let body, let index): return "[\(text(body))]_\(index)"
        }
    }

    /// The layout, in brackets where it binds less tightly than asked.
    package func text(_ layout: Layout, atLeast precedence: Layout.Precedence) -> String {
        layout.precedence < precedence ? "(\(text(layout)))" : text(layout)
    }

    private func spell(_ glyph: Glyph) -> String { isUnicode ? glyph.unicode : glyph.ascii }

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

    /// A factor of a product; a quotient among the factors is bracketed.
    private func factor(_ layout: Layout) -> String { text(layout, atLeast: .prefix) }

    private func power(_ base: Layout, _ exponent: Layout) -> String {
        let isRoot = if case .root = base { isUnicode } else { false }
        let baseText = isRoot ? "(\(text(base)))" : text(base, atLeast: .atom)
        switch exponent {
        case .digits(let digits): return baseText + (isUnicode ? TextRenderer.above(digits) : "^\(digits)")
        case .symbol: return "\(baseText)^\(text(exponent))"
        default: return "\(baseText)^(\(text(exponent)))"
        }
    }

    private func root(_ radicand: Layout) -> String {
        guard isUnicode else { return "sqrt(\(text(radicand)))" }
        switch radicand {
        case .digits, .symbol: return "√\(text(radicand))"
        default: return "√(\(text(radicand)))"
        }
    }

    /// `_ij` for indices of one letter, `_{i,10}` otherwise.
    static func below(_ indices: [String]) -> String {
        if indices.isEmpty { return "" }
        if indices.count == 1 { return "_\(indices[0])" }
        let areLetters = indices.allSatisfy { $0.count == 1 && $0.allSatisfy(\.isLetter) }
        return areLetters ? "_\(indices.joined())" : "_{\(indices.joined(separator: ","))}"
    }

    private static func above(_ digits: String) -> String {
        String(digits.map { $0.wholeNumberValue.map { superscripts[$0] } ?? $0 })
    }

    private static let superscripts: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
}
