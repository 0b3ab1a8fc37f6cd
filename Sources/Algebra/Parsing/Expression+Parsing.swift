extension Expression {
    /// The expression that a text means.
    ///
    /// - Parameters:
    ///   - scope: what the names stand for; by default every unknown name is a new symbol.
    ///   - file: the name under which errors report the text.
    /// - Throws: a diagnostic with the place, the line and a caret. A text of any content and size gives an expression
    ///   or a diagnostic.
    public init(parsing text: String, in scope: Scope = .free, file: String = "expression") throws(Diagnostic) {
        let source = try SourceText(text.map { $0.isNewline ? " " : String($0) }.joined(), file: file)
        var parser = ExpressionParser(try TokenCursor(source, in: source.wholeRange), scope: scope)
        self = try parser.expression()
        guard parser.cursor.isAtEnd else {
            throw parser.cursor.expected("an operator or the end", remedy: parser.productRemedy)
        }
    }
}
