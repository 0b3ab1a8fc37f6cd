import ExactNumbers

/// Reads an expression by recursive descent.
///
///     sum      = ["+" | "-"] product { ("+" | "-") product }
///     product  = power { ("*" | "/") power }           each operand may bear signs
///     power    = atom [superscript] ["^" power]        from the right; a sign stands below a power: -x^2 = -(x^2)
///     atom     = number | name | call | "(" sum ")" | "|" sum "|" | "√" atom
///     call     = name { "'" } "(" sum { ("," | ";") sum } ")"
///              | "d_" indices field | "grad" field | "Sigma_" index "(" sum ")" | "E[" sum "]" | "P(" sum "<" sum ")"
package struct ExpressionParser {
    /// The most levels of parentheses, calls and exponents.
    static let deepestNesting = 256
    /// The largest integer exponent, by magnitude.
    package static let largestExponent = 10_000
    package static let exponentIsTooLarge = "this exponent is beyond \(largestExponent)"

    package var cursor: TokenCursor
    let scope: Scope
    private var depth = 0

    package init(_ cursor: TokenCursor, scope: Scope) {
        self.cursor = cursor
        self.scope = scope
    }

    /// The expression at the cursor, which is left after it.
    ///
    /// - Throws: a diagnostic where the text is no expression, uses an unknown name, nests too deeply, or has no value.
    package mutating func expression() throws(Diagnostic) -> Expression { try sum() }

    mutating func sum() throws(Diagnostic) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= ExpressionParser.deepestNesting else {
            throw cursor.failure(
                at: cursor.token, "this is nested more than \(ExpressionParser.deepestNesting) levels deep",
                remedy: "Name inner parts, and write the expression in terms of the names.")
        }
        var operands = [try product()]
        while true {
            if cursor.take(.plus) {
                operands.append(try product())
            } else if cursor.take(.minus) {
                operands.append(-(try product()))
            } else {
                return Expression.sum(of: operands)
            }
        }
    }

    /// The product at the cursor, which is left before a sum's next sign or whatever else follows.
    package mutating func product() throws(Diagnostic) -> Expression {
        var operands = [try signedPower()]
        while true {
            if cursor.take(.times) {
                operands.append(try signedPower())
            } else if cursor.take(.divide) {
                let start = cursor.token
                let divisor = try signedPower()
                guard !divisor.isZero else { throw cursor.failure(at: start, "division by zero") }
                operands.append(1 / divisor)
            } else {
                return Expression.product(of: operands)
            }
        }
    }

    private mutating func signedPower() throws(Diagnostic) -> Expression {
        var isNegative = false
        while cursor.token.isMark(.minus) || cursor.token.isMark(.plus) {
            if cursor.token.isMark(.minus) { isNegative.toggle() }
            cursor.advance()
        }
        let operand = try power()
        return isNegative ? -operand : operand
    }

    private mutating func power() throws(Diagnostic) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= ExpressionParser.deepestNesting else {
            throw cursor.failure(
                at: cursor.token, "this is nested more than \(ExpressionParser.deepestNesting) levels deep")
        }
        let start = cursor.token
        var base = try atom()
        if case .superscript(let exponent) = cursor.token.kind {
            cursor.advance()
            base = try checked(.power(base, Expression(exponent)), at: start)
        }
        guard cursor.take(.power) else { return base }
        let place = cursor.token
        let exponent = try signedPower()
        if let number = exponent.number, number.magnitude > Rational(ExpressionParser.largestExponent) {
            throw cursor.failure(at: place, ExpressionParser.exponentIsTooLarge)
        }
        let result = try checked(.power(base, exponent), at: start)
        if case .product(_, let factors) = result.content {
            let isTooLarge = factors.contains {
                ($0.exponent.number?.magnitude ?? 0) > Rational(ExpressionParser.largestExponent)
            }
            if isTooLarge {
                throw cursor.failure(at: place, "with the power inside it, " + ExpressionParser.exponentIsTooLarge)
            }
        }
        return result
    }

    private mutating func atom() throws(Diagnostic) -> Expression {
        let start = cursor.token
        switch start.kind {
        case .number(let value):
            cursor.advance()
            return Expression(value)
        case .name:
            return try named()
        case .mark(.open):
            cursor.advance()
            let inner = try sum()
            try close(.close, openedAt: start)
            return inner
        case .mark(.bar):
            cursor.advance()
            let inner = try sum()
            try close(.bar, openedAt: start)
            return abs(inner)
        case .mark(.root):
            cursor.advance()
            // A chain of roots nests as deeply as parentheses do.
            depth += 1
            defer { depth -= 1 }
            guard depth <= ExpressionParser.deepestNesting else {
                throw cursor.failure(
                    at: start, "this is nested more than \(ExpressionParser.deepestNesting) levels deep")
            }
            return try checked(sqrt(try atom()), at: start)
        default:
            throw cursor.expected("a number, a name or `(`")
        }
    }

    /// Moves past the mark that closes what was opened.
    mutating func close(_ mark: Token.Mark, openedAt opening: Token) throws(Diagnostic) {
        if cursor.take(mark) { return }
        let column = cursor.source.diagnostic(at: opening.range.lowerBound, "").column ?? 1
        throw cursor.expected(
            "an operator or the `\(mark.rawValue)` that closes the \(opening.description) in column \(column)",
            remedy: productRemedy)
    }

    /// Numbers and names that follow each other are a product only on paper.
    package var productRemedy: String? {
        switch cursor.token.kind {
        case .number, .name, .mark(.open), .mark(.root): return "A product is written with `*`."
        default: return nil
        }
    }

    /// The result of an operation, or a diagnostic where it has no value.
    func checked(_ result: Expression, at token: Token) throws(Diagnostic) -> Expression {
        guard result.isUndefined else { return result }
        throw cursor.failure(
            at: token, "this has no value",
            remedy: "A logarithm needs a positive argument, a root a nonnegative one, and zero has no negative power.")
    }
}
