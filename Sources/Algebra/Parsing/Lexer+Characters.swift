/// What each character is to the lexer.
extension Lexer {
    static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        letterName(scalar) != nil || digit(scalar) != nil || subscriptDigit(scalar) != nil || scalar == "_"
    }

    /// The ASCII name of a letter.
    static func letterName(_ scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "a"..."z", "A"..."Z": return String(Character(scalar))
        default: return GreekAlphabet.name(of: scalar)
        }
    }

    static func digit(_ scalar: Unicode.Scalar) -> Character? {
        ("0"..."9").contains(scalar) ? Character(scalar) : nil
    }

    static func subscriptDigit(_ scalar: Unicode.Scalar) -> Character? {
        ("₀"..."₉").contains(scalar) ? digit(scalar.value, after: 0x2080) : nil
    }

    static func superscriptDigit(_ scalar: Unicode.Scalar) -> Character? {
        switch scalar {
        case "²": return "2"
        case "³": return "3"
        case "¹": return "1"
        case "⁰", "⁴"..."⁹": return digit(scalar.value, after: 0x2070)
        default: return nil
        }
    }

    static func digit(_ value: UInt32, after first: UInt32) -> Character? {
        Unicode.Scalar(0x30 + value - first).map(Character.init)
    }

    static let subscriptLetters: [Unicode.Scalar: Character] = [
        "ₐ": "a", "ₑ": "e", "ₕ": "h", "ᵢ": "i", "ⱼ": "j", "ₖ": "k", "ₗ": "l", "ₘ": "m", "ₙ": "n", "ₒ": "o", "ₚ": "p",
        "ᵣ": "r", "ₛ": "s", "ₜ": "t", "ᵤ": "u", "ᵥ": "v", "ₓ": "x",
    ]

    static let marks: [Unicode.Scalar: Token.Mark] = [
        "+": .plus, "-": .minus, "−": .minus, "–": .minus, "*": .times, "·": .times, "⋅": .times, "×": .times,
        "∙": .times, "/": .divide, "÷": .divide, "∕": .divide, "^": .power, "√": .root, "(": .open, ")": .close,
        "[": .openBracket, "]": .closeBracket, "|": .bar, ",": .comma, ";": .semicolon, "'": .prime, "′": .prime,
        "’": .prime, "=": .equals, ":": .colon, "<": .less,
    ]
}
