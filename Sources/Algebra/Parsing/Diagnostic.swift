/// What is wrong with a text, where, and what would put it right.
///
/// Printed as compilers do: `file:line:column: message`, the line, a caret below the place, and the remedy.
public struct Diagnostic: Error, Hashable, Sendable {
    /// The name of the file, or of the argument, that the text came from.
    public let file: String
    /// The line, 1 for the first; nil where the text as a whole is at fault.
    public let line: Int?
    /// The character in the line, 1 for the first.
    public let column: Int?
    /// What was found and what was expected, as a sentence without a capital or a full stop.
    public let message: String
    /// What would put it right, where that can be said.
    public let remedy: String?
    /// The line shortened around the place, and the line with the caret below it.
    let excerpt: String?

    init(file: String, line: Int?, column: Int?, message: String, remedy: String?, excerpt: String?) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.remedy = remedy
        self.excerpt = excerpt
    }

    /// A diagnostic of a text as a whole.
    public init(file: String, message: String, remedy: String? = nil) {
        self.init(file: file, line: nil, column: nil, message: message, remedy: remedy, excerpt: nil)
    }
}

extension Diagnostic: CustomStringConvertible {
    public var description: String {
        var place = file
        if let line, let column { place += ":\(line):\(column)" }
        var text = "\(place): \(message)"
        if let excerpt { text += "\n\(excerpt)" }
        if let remedy { text += "\n\(remedy)" }
        return text
    }
}
