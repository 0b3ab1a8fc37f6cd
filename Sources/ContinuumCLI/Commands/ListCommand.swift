import Algebra
import BuiltInRules
import Report
import Rules

/// `continuum list`: the built-in rules.
enum ListCommand: Command {
    enum Format: String, CaseIterable { case text, json, names }

    private static let format = Option("format", "text|json|names", "a table (default), JSON, or the names alone")

    static let syntax = CommandSyntax(
        name: "list", summary: "the built-in rules, a line each", options: [format],
        examples: [.init(purpose: "every rule with its source", arguments: "list")])

    static func run(_ arguments: ParsedArguments, _ console: Console) throws(Failure) -> ExitStatus {
        let format = try arguments.choice(format, default: Format.text)
        let rules = try rules()
        switch format {
        case .text:
            var table = Table([Table.Column("rule"), Table.Column("what it is"), Table.Column("source")])
            for rule in rules { table.append([rule.name, rule.about, rule.source]) }
            try console.print(table.text())
        case .names:
            try console.print(rules.map(\.name).joined(separator: "\n"))
        case .json:
            try console.print(
                json: .array(
                    rules.map { rule in
                        ["name": .string(rule.name), "about": .string(rule.about), "source": .string(rule.source)]
                    }))
        }
        return .done
    }

    private static func rules() throws(Failure) -> [UpdateRule] {
        do { return try BuiltInRules.all } catch { throw Failure(error) }
    }
}
