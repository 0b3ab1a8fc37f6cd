/// A place in a list of tokens, with the questions a parser asks there.
package struct TokenCursor: Sendable {
    package let source: SourceText
    private let tokens: [Token]
    private var position = 0

    package init(_ source: SourceText, in range: Range<Int>) throws(Diagnostic) {
        self.source = source
        tokens = try Lexer.tokens(of: source, in: range)
    }

    /// The token at the cursor.
    package var token: Token { tokens[position] }
    /// The token after it; the end has no next.
    package var next: Token { tokens[min(position + 1, tokens.count - 1)] }
    package var isAtEnd: Bool { token.kind == .end }

    package mutating func advance() { position = min(position + 1, tokens.count - 1) }

    /// Moves past the mark where it stands at the cursor.
    package mutating func take(_ mark: Token.Mark) -> Bool {
        guard token.isMark(mark) else { return false }
        advance()
        return true
    }

    /// The name at the cursor, past which it moves; nil where there is none.
    package mutating func takeName() -> (name: String, token: Token)? {
        guard case .name(let name) = token.kind else { return nil }
        let token = token
        advance()
        return (name, token)
    }

    /// Moves past the mark, or throws what was expected.
    package mutating func expect(
        _ mark: Token.Mark, _ purpose: String = "", remedy: String? = nil
    ) throws(Diagnostic) {
        guard take(mark) else {
            throw expected("`\(mark.rawValue)`\(purpose.isEmpty ? "" : " " + purpose)", remedy: remedy)
        }
    }

    /// Throws where something stands before the end.
    package func expectEnd(after what: String) throws(Diagnostic) {
        guard isAtEnd else { throw expected("nothing more after \(what)") }
    }

    /// A diagnostic at the cursor: what was expected, and what was found.
    package func expected(_ what: String, remedy: String? = nil) -> Diagnostic {
        failure(at: token, "expected \(what), found \(token.description)", remedy: remedy)
    }

    package func failure(at token: Token, _ message: String, remedy: String? = nil) -> Diagnostic {
        source.diagnostic(at: token.range.lowerBound, message, remedy: remedy)
    }
}
