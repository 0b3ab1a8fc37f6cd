import Algebra
import BuiltInRules
import Foundation
import Matching
import Rules

/// The SDEs of the literature in `docs/examples`.
enum PublishedFile {
    static func url(_ name: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Derivations/\(name).sde")
    }

    /// A file beside the derivation for a built-in rule.
    static func comparison(
        _ file: String, with rule: String, options: DerivationOptions = DerivationOptions()
    ) throws -> ModelComparison {
        let rule = try BuiltInRules.rule(named: rule)
        let published = try PublishedSDE(contentsOf: url(file), for: rule)
        return ModelComparison(of: published, with: try Derivation(of: rule, options: options))
    }
}
