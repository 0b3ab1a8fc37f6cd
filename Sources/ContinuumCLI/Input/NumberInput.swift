import Algebra

/// Numbers as the user writes them: `0.001`, `1e-3`, `1/3`, `sqrt(2)`.
enum NumberInput {
    /// - Parameters:
    ///   - place: what the number belongs to, for the message.
    ///   - known: symbols that the number may be a formula in.
    static func value(_ text: String, of place: String, at known: [Symbol: Double] = [:]) throws(Failure) -> Double {
        let expression: Expression
        do {
            var scope = Scope()
            for symbol in known.keys { scope.declare(symbol) }
            expression = try Expression(parsing: text, in: scope, file: place)
        } catch {
            throw Failure(error)
        }
        let value = expression.evaluated(at: known)
        guard value.isFinite else { throw Failure("\(place): '\(text)' is not a finite number") }
        return value
    }
}

extension String {
    /// What stands between the commas that are not inside parentheses, without spaces around.
    var splitAtCommas: [String] {
        var parts: [String] = [""]
        var depth = 0
        for character in self {
            if "([{".contains(character) { depth += 1 }
            if ")]}".contains(character) { depth -= 1 }
            if character == "," && depth <= 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts.map(\.trimmed)
    }

    /// The text without white space at either end.
    var trimmed: String {
        let start = drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }
}

extension Double {
    /// The number in full precision, a whole one without a point.
    var plain: String { Int(exactly: self).map(String.init) ?? description }
}
