import ExactNumbers

/// Splits a text into tokens.
///
/// A Greek letter is its ASCII name (η = `eta`), a digit below the line the digit (ρ₁ = `rho1`), a letter below the line an
/// index (xᵢ = `x_i`); `−`, `·`, `×`, `′`, `∂` and `∇` have the ASCII spellings `-`, `*`, `*`, `'`, `d` and `grad`. A `#` begins a
/// comment that ends with the range.
package struct Lexer {
    /// The most tokens that one range may hold, which bounds the work that an expression can ask for.
    static let mostTokens = 20_000
    private static let mostDigits = 1000
    private static let longestName = 200

    private let source: SourceText
    private let scalars: [Unicode.Scalar]
    /// The byte at which each scalar begins, and the end.
    private let offsets: [Int]
    private var position = 0
    private var tokens: [Token] = []

    /// The tokens of a range of a text, the last of them ``Token/Kind/end``.
    ///
    /// - Throws: a diagnostic at the first character that belongs to no token.
    package static func tokens(of source: SourceText, in range: Range<Int>) throws(Diagnostic) -> [Token] {
        var lexer = Lexer(source, range)
        try lexer.run()
        return lexer.tokens
    }

    private init(_ source: SourceText, _ range: Range<Int>) {
        self.source = source
        scalars = Array(source.text(in: range).unicodeScalars)
        var offset = range.lowerBound
        var offsets = [offset]
        offsets.reserveCapacity(scalars.count + 1)
        for scalar in scalars {
            offset += UTF8.width(scalar)
            offsets.append(offset)
        }
        self.offsets = offsets
    }

    private func scalar(_ ahead: Int = 0) -> Unicode.Scalar? {
        position + ahead < scalars.count ? scalars[position + ahead] : nil
    }

    private func failure(at index: Int, _ message: String, remedy: String? = nil) -> Diagnostic {
        source.diagnostic(at: offsets[index], message, remedy: remedy)
    }

    private mutating func append(_ kind: Token.Kind, from start: Int) throws(Diagnostic) {
        guard tokens.count < Lexer.mostTokens else {
            throw failure(at: start, "this is longer than \(Lexer.mostTokens) words and signs")
        }
        tokens.append(Token(kind: kind, range: offsets[start]..<offsets[position]))
    }

    private mutating func run() throws(Diagnostic) {
        while let next = scalar() {
            if next == "#" { break }
            if next.properties.isWhitespace || next == "\u{2061}" || next == "\u{200B}" {
                position += 1
            } else if Lexer.digit(next) != nil || (next == "." && scalar(1).flatMap(Lexer.digit) != nil) {
                try lexNumber()
            } else if Lexer.letterName(next) != nil || next == "∂"
                || (next == "_" && tokens.last?.isMark(.prime) == true) || Lexer.subscriptDigit(next) != nil
            {
                try lexName()
            } else if next == "∇" {
                position += 1
                try append(.name("grad"), from: position - 1)
            } else if next == "\"" || next == "“" {
                try lexQuotation()
            } else if Lexer.superscriptDigit(next) != nil || next == "⁻" {
                try lexSuperscript()
            } else {
                try lexMark(next)
            }
        }
        let start = position
        try append(.end, from: start)
    }
}

// Numbers.
extension Lexer {
    private mutating func digits() -> String {
        var result = ""
        while let digit = scalar().flatMap(Lexer.digit) {
            result.append(digit)
            position += 1
        }
        return result
    }

    private mutating func lexNumber() throws(Diagnostic) {
        let start = position
        if let name = hypergeometricName() {
            position += 3
            return try append(.name(name), from: start)
        }
        var text = digits()
        if scalar() == "." {
            position += 1
            text += ".\(digits())"
        }
        guard text.count <= Lexer.mostDigits else {
            throw failure(at: start, "this number has more than \(Lexer.mostDigits) digits")
        }
        if let sign = exponentSignLength() {
            let isNegative = sign == 1 && scalar(1) != "+"
            position += 1 + sign
            text += "e\(isNegative ? "-" : "")\(digits())"
        }
        // `.5` and `5.` lack a digit on one side of the point.
        let padded = text.hasPrefix(".") ? "0" + text : text
        guard let value = Rational(padded) else { throw failure(at: start, "the exponent of this number is too large") }
        try append(.number(value), from: start)
    }

    /// The length of the sign of an exponent, where the scalars ahead are an `e` and an exponent: `e-3`, `E12`.
    private func exponentSignLength() -> Int? {
        guard scalar() == "e" || scalar() == "E" else { return nil }
        let isSigned = scalar(1) == "-" || scalar(1) == "+" || scalar(1) == "−"
        let length = isSigned ? 1 : 0
        return scalar(1 + length).flatMap(Lexer.digit) != nil ? length : nil
    }

    /// `2F1` and `1F1`, also with digits below the line.
    private func hypergeometricName() -> String? {
        guard scalar(1) == "F", let after = scalar(2), Lexer.digit(after) == "1" || Lexer.subscriptDigit(after) == "1"
        else { return nil }
        if let following = scalar(3), Lexer.isNamePart(following) { return nil }
        switch scalar() {
        case "2", "₂": return "2F1"
        case "1", "₁": return "1F1"
        default: return nil
        }
    }

    private mutating func lexSuperscript() throws(Diagnostic) {
        let start = position
        let isNegative = scalar() == "⁻"
        if isNegative { position += 1 }
        var digits = ""
        while let digit = scalar().flatMap(Lexer.superscriptDigit) {
            digits.append(digit)
            position += 1
        }
        guard let value = Int(digits), value <= ExpressionParser.largestExponent else {
            let problem = digits.isEmpty ? "expected a digit after `⁻`" : ExpressionParser.exponentIsTooLarge
            throw failure(at: start, problem)
        }
        try append(.superscript(isNegative ? -value : value), from: start)
    }
}

// Names.
extension Lexer {
    private mutating func lexName() throws(Diagnostic) {
        let start = position
        if let name = hypergeometricName() {
            position += 3
            return try append(.name(name), from: start)
        }
        var name = ""
        if scalar() == "∂" {
            name = "d"
            position += 1
            if scalar() != "_" { name += "_" }
            guard let next = scalar(),
                next == "_" || Lexer.subscriptLetters[next] != nil || Lexer.subscriptDigit(next) != nil
            else {
                throw failure(at: start, "expected an index after `∂`", remedy: "Write `∂_i f`, or `d_i f`.")
            }
        }
        // A letter on the line ends a name whose index is written below it: ∂ᵢf.
        var hasLowIndex = false
        while let next = scalar() {
            if !hasLowIndex, let text = Lexer.letterName(next) ?? Lexer.digit(next).map(String.init) {
                name += text
                position += 1
            } else if let digit = Lexer.subscriptDigit(next) {
                name.append(digit)
                position += 1
                hasLowIndex = name.hasPrefix("d_")
            } else if let letter = Lexer.subscriptLetters[next] {
                if !name.contains("_") { name += "_" }
                name.append(letter)
                position += 1
                hasLowIndex = true
            } else if next == "_", !hasLowIndex, let opening = scalar(1), opening == "{" || opening == "(" {
                name += "_"
                position += 2
                name += try indexGroup(closedBy: opening == "{" ? "}" : ")")
                break
            } else if next == "_", !hasLowIndex {
                name += "_"
                position += 1
            } else {
                break
            }
        }
        guard name.count <= Lexer.longestName else { throw failure(at: start, "this name is too long") }
        try append(.name(name), from: start)
    }

    /// The indices of `_{1,2}` up to the closing brace.
    private mutating func indexGroup(closedBy closing: Unicode.Scalar) throws(Diagnostic) -> String {
        var result = ""
        while let next = scalar(), next != closing, result.count <= Lexer.longestName {
            guard next == "," || next == " " || (next.isASCII && Lexer.isNamePart(next)) else { break }
            if next != " " { result.unicodeScalars.append(next) }
            position += 1
        }
        guard scalar() == closing, !result.isEmpty else {
            throw failure(at: min(position, scalars.count), "expected indices and `\(closing)` after `_`")
        }
        position += 1
        return result
    }
}

// Marks and quotations.
extension Lexer {
    private mutating func lexMark(_ next: Unicode.Scalar) throws(Diagnostic) {
        let start = position
        position += 1
        if next == "*", scalar() == "*" {
            position += 1
            return try append(.mark(.power), from: start)
        }
        if next == "″" {
            try append(.mark(.prime), from: start)
            return try append(.mark(.prime), from: start)
        }
        guard let mark = Lexer.marks[next] else {
            let code = String(next.value, radix: 16, uppercase: true)
            let isVisible = next.properties.generalCategory != .control && next.properties.generalCategory != .format
            throw failure(
                at: start, isVisible ? "unexpected character `\(next)`" : "unexpected character U+\(code)",
                remedy: next == "&" || next == "%" || next == "!" || next == ">"
                    ? nil : "Names are written in Latin and Greek letters, digits and `_`.")
        }
        try append(.mark(mark), from: start)
    }

    private mutating func lexQuotation() throws(Diagnostic) {
        let start = position
        let closing: Unicode.Scalar = scalar() == "“" ? "”" : "\""
        position += 1
        var text = String.UnicodeScalarView()
        while let next = scalar(), next != closing {
            // A backslash keeps a quotation mark, or itself, in the text.
            if next == "\\", let escaped = scalar(1), escaped == closing || escaped == "\\" {
                text.append(escaped)
                position += 2
            } else {
                text.append(next)
                position += 1
            }
        }
        guard scalar() == closing else {
            throw failure(
                at: start, "this quotation mark has no partner", remedy: "Close the quotation with `\(closing)`.")
        }
        position += 1
        try append(.quotation(String(text)), from: start)
    }
}
