import Algebra
import Foundation

extension UpdateRule {
    /// The rule that a text in the rule language states.
    ///
    /// - Throws: a diagnostic with the file, the place, what was expected and a remedy.
    public init(parsing text: String, file: String = "rule") throws(Diagnostic) {
        self = try RuleParser.rule(in: SourceText(text, file: file))
    }

    /// The rule in a file.
    ///
    /// - Throws: a diagnostic where the file cannot be read, is no text, is larger than ``SourceText/largestSize``, or
    ///   states no rule.
    public init(contentsOf url: URL) throws(Diagnostic) {
        self = try RuleParser.rule(in: SourceText(contentsOf: url))
    }
}
