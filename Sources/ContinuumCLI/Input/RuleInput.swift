import Algebra
import BuiltInRules
import Foundation
import Rules

/// The rule that a command acts on.
enum RuleInput {
    /// The built-in rule of that name in any letter case, or the rule in the file of that path.
    static func rule(_ operand: String) throws(Failure) -> UpdateRule {
        let isPath = operand.contains("/") || operand.hasSuffix(".rule")
        do {
            if !isPath {
                let isFile = FileManager.default.fileExists(atPath: operand)
                if !isFile || isBuiltIn(operand) { return try BuiltInRules.rule(named: operand) }
            }
            return try UpdateRule(contentsOf: URL(filePath: operand))
        } catch {
            let isUnknownName = !isPath && !isBuiltIn(operand)
            throw Failure(
                isUnknownName ? "\(error)\nSee 'continuum list', or give the path of a rule file." : "\(error)")
        }
    }

    private static func isBuiltIn(_ name: String) -> Bool {
        (try? BuiltInRules.rule(named: name)) != nil
    }
}
