import ExactNumbers

/// A word of a text.
package struct Token: Sendable {
    package enum Kind: Hashable, Sendable {
        case number(Rational)
        /// A name in ASCII letters, digits and underscores; an index group is written `x_i`, `x_1,2`.
        case name(String)
        /// A text between quotation marks.
        case quotation(String)
        /// An exponent written above the line: ², ⁻¹.
        case superscript(Int)
        case mark(Mark)
        /// The end of the text, or of its line.
        case end
    }

    /// The operators and separators, in their ASCII spelling.
    package enum Mark: String, Hashable, Sendable, CaseIterable {
        case plus = "+"
        case minus = "-"
        case times = "*"
        case divide = "/"
        case power = "^"
        case root = "sqrt sign"
        case open = "("
        case close = ")"
        case openBracket = "["
        case closeBracket = "]"
        case bar = "|"
        case comma = ","
        case semicolon = ";"
        case prime = "'"
        case equals = "="
        case colon = ":"
        case less = "<"
    }

    package let kind: Kind
    /// The bytes of the text that it takes up.
    package let range: Range<Int>

    package func isMark(_ mark: Mark) -> Bool { kind == .mark(mark) }

    /// How a message names it.
    package var description: String {
        switch kind {
        case .number: return "a number"
        case .name(let name): return "`\(name)`"
        case .quotation: return "a quotation"
        case .superscript: return "an exponent"
        case .mark(.root): return "`√`"
        case .mark(let mark): return "`\(mark.rawValue)`"
        case .end: return "the end of the line"
        }
    }
}
