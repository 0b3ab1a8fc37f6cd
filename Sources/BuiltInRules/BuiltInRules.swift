import Algebra
import Rules

/// The rules of the folder `Derivations/` and the SDEs that others have published for them, embedded when the package is
/// built.
public enum BuiltInRules {
    /// The names of the files without their extension, in alphabetical order: the names of the rules in lower case.
    public static let keys: [String] = rules.map { key(ofFile: $0.file) }

    /// Every rule, in the order of ``keys``.
    ///
    /// - Throws: a diagnostic where a file states no rule.
    public static var all: [UpdateRule] {
        get throws(Diagnostic) {
            var rules: [UpdateRule] = []
            for (file, text) in Self.rules { rules.append(try UpdateRule(parsing: text, file: file)) }
            return rules
        }
    }

    /// The rule with a name, letter case, hyphens, underscores and spaces aside.
    ///
    /// - Throws: a diagnostic with the nearest name where there is no such rule.
    public static func rule(named name: String) throws(Diagnostic) -> UpdateRule {
        let wanted = name.lowercased().filter { !"-_ ".contains($0) }
        guard let (file, text) = rules.first(where: { key(ofFile: $0.file) == wanted }) else {
            let nearest = nearestName(to: wanted, among: keys)
            throw Diagnostic(
                file: "rule", message: "there is no built-in rule `\(name)`",
                remedy: nearest.map { "Did you mean `\($0)`?" }
                    ?? "The built-in rules are \(keys.joined(separator: ", ")).")
        }
        return try UpdateRule(parsing: text, file: file)
    }

    /// The text of each rule file, by the name of the file.
    public static var texts: [(file: String, text: String)] { rules }

    /// The names of the published SDEs, such as `malladi-adam`, in alphabetical order.
    public static let publishedModelNames: [String] = publishedModels.map { key(ofFile: $0.file) }

    /// The text of a published SDE by its name, letter case aside; nil where there is none.
    public static func publishedModel(named name: String) -> (file: String, text: String)? {
        publishedModels.first { key(ofFile: $0.file) == name.lowercased() }
    }

    private static let rules = embeddedFiles.filter { $0.file.hasSuffix(".rule") }
    private static let publishedModels = embeddedFiles.filter { $0.file.hasSuffix(".sde") }

    private static func key(ofFile file: String) -> String { String(file.prefix { $0 != "." }) }
}
