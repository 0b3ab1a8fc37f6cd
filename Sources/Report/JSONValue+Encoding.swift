extension JSONValue {
    public enum Style: Sendable {
        /// One line without spaces.
        case compact
        /// A line for each member and element, indented by two spaces.
        case indented
    }

    /// The value as a JSON text.
    ///
    /// A number has the fewest digits from which the same `Double` is read back.
    ///
    /// - Throws: `NotFiniteError` where a number is infinite or not a number.
    public func encoded(_ style: Style = .compact) throws(NotFiniteError) -> String {
        var text = ""
        var path: [String] = []
        try write(to: &text, style, path: &path)
        return text
    }

    private func write(to text: inout String, _ style: Style, path: inout [String]) throws(NotFiniteError) {
        switch self {
        case .null: text += "null"
        case .boolean(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .number(let value):
            guard value.isFinite else { throw NotFiniteError(value: value, path: path) }
            text += value.description
        case .string(let value): JSONValue.write(value, to: &text)
        case .array(let elements):
            text += "["
            for (position, element) in elements.enumerated() {
                path.append(String(position))
                JSONValue.separate(position, style, depth: path.count, in: &text)
                try element.write(to: &text, style, path: &path)
                path.removeLast()
            }
            if style == .indented && !elements.isEmpty { JSONValue.breakLine(depth: path.count, in: &text) }
            text += "]"
        case .object(let members):
            text += "{"
            for (position, member) in members.enumerated() {
                path.append(member.key)
                JSONValue.separate(position, style, depth: path.count, in: &text)
                JSONValue.write(member.key, to: &text)
                text += style == .compact ? ":" : ": "
                try member.value.write(to: &text, style, path: &path)
                path.removeLast()
            }
            if style == .indented && !members.isEmpty { JSONValue.breakLine(depth: path.count, in: &text) }
            text += "}"
        }
    }

    private static func separate(_ position: Int, _ style: Style, depth: Int, in text: inout String) {
        if position > 0 { text += "," }
        if style == .indented { breakLine(depth: depth, in: &text) }
    }

    private static func breakLine(depth: Int, in text: inout String) {
        text += "\n" + String(repeating: "  ", count: depth)
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
