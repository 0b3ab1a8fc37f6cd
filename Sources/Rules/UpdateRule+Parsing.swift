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
        let file = url.relativePath
        let bytes: [UInt8]
        do {
            let handle = try FileHandle(forReadingFrom: url)
            defer { try? handle.close() }
            // One byte more than is read at most tells a file that is too large, however large it is.
            bytes = Array(try handle.read(upToCount: SourceText.largestSize + 1) ?? Data())
        } catch {
            throw Diagnostic(
                file: file, message: "the file cannot be read", remedy: "Check that it exists and may be read.")
        }
        self = try RuleParser.rule(in: SourceText(bytes: bytes, file: file))
    }
}
