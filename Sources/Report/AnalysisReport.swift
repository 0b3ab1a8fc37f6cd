import Algebra
import Analysis
import Matching
import Rules

/// What follows from an SDE, in print: the parts of its analysis, each with its steps, its results and what they assume.
public struct AnalysisReport: Sendable {
    /// A part, or why the model has none.
    public struct Part: Sendable {
        public let part: AnalysisPart
        public let outcome: Result<AnalysisSection, AnalysisError>

        public init(_ part: AnalysisPart, _ outcome: Result<AnalysisSection, AnalysisError>) {
            self.part = part
            self.outcome = outcome
        }
    }

    /// The name of the rule.
    public let rule: String
    /// The law of the noise and the other choices behind the model, in a line.
    public let settings: String
    public let parts: [Part]

    public init(rule: String, settings: String, parts: [Part]) {
        self.rule = rule
        self.settings = settings
        self.parts = parts
    }

    private static let longestText = 600

    // MARK: Text

    /// Unicode mathematics under headings.
    public var text: String {
        var text = "\(rule)\n\(settings)\n"
        for part in parts {
            text += "\n\(part.part.title)\n"
            switch part.outcome {
            case .failure(let error): text += AnalysisReport.indented("\(error)", by: 2)
            case .success(let section): text += AnalysisReport.text(section)
            }
        }
        return text
    }

    private static func text(_ section: AnalysisSection) -> String {
        var text = ""
        for (number, step) in section.steps.enumerated() {
            text += "  \(number + 1). \(step.title): \(step.explanation)\n"
            text += lines(step.formulas, indent: 5)
        }
        if !section.results.isEmpty { text += "  result\n" + lines(section.results, indent: 5) }
        if !section.numbers.isEmpty {
            let width = section.numbers.map(\.name.count).max() ?? 0
            text += "  numbers\n"
            for number in section.numbers {
                let gap = String(repeating: " ", count: width - number.name.count)
                text += "     \(number.name)\(gap) = \(number.value)\n"
            }
        }
        for note in section.notes { text += indented("note: \(note)", by: 2) }
        return text
    }

    private static func lines(_ formulas: [DerivationStep.Formula], indent: Int) -> String {
        formulas.map { formula in
            let value = formula.expression.text
            let shown = value.count <= longestText ? value : "a long expression (--format json has it)"
            return String(repeating: " ", count: indent) + "\(formula.name)\(equals(formula)) \(shown)\n"
        }.joined()
    }

    /// A name that ends with a relation needs no equals sign.
    private static func equals(_ formula: DerivationStep.Formula) -> String {
        "≤≥→≈≲∝".contains(formula.name.last ?? " ") ? "" : " ="
    }

    private static func indented(_ text: String, by indent: Int) -> String {
        text.split(separator: "\n").map { String(repeating: " ", count: indent) + "\($0)\n" }.joined()
    }

    // MARK: Markdown

    /// Markdown with mathematics, a heading for each part.
    public var markdown: String {
        var text = "# What the SDE of \(rule) says\n\n\(settings).\n"
        for part in parts {
            text += "\n## \(part.part.title.prefix(1).uppercased())\(part.part.title.dropFirst())\n\n"
            switch part.outcome {
            case .failure(let error): text += "There is none: \(error).\n"
            case .success(let section): text += AnalysisReport.markdown(section)
            }
        }
        return text
    }

    private static func markdown(_ section: AnalysisSection) -> String {
        var text = ""
        for (number, step) in section.steps.enumerated() {
            text += "\(number + 1). **\(step.title).** \(step.explanation)\n"
            for formula in step.formulas {
                text += "   - \(formula.name)\(equals(formula)) $\(formula.expression.latex)$\n"
            }
        }
        if !section.results.isEmpty {
            var table = Table([Table.Column("result"), Table.Column("formula", isMathematics: true)])
            for formula in section.results { table.append([formula.name, formula.expression.latex]) }
            text += "\n\(table.markdown)"
        }
        if !section.numbers.isEmpty {
            var table = Table([Table.Column("number"), Table.Column("value", .right)])
            for number in section.numbers { table.append([number.name, "\(number.value)"]) }
            text += "\n\(table.markdown)"
        }
        if !section.notes.isEmpty { text += "\n" + section.notes.map { "- \($0)\n" }.joined() }
        return text
    }

    // MARK: JSON

    public var json: JSONValue {
        let members = parts.map { part in
            switch part.outcome {
            case .failure(let error): JSONValue.Member(part.part.rawValue, ["error": .string("\(error)")])
            case .success(let section): JSONValue.Member(part.part.rawValue, AnalysisReport.json(section))
            }
        }
        return ["rule": .string(rule), "settings": .string(settings), "parts": .object(members)]
    }

    private static func json(_ section: AnalysisSection) -> JSONValue {
        func formulas(_ list: [DerivationStep.Formula]) -> JSONValue {
            .object(
                list.map { formula in
                    let value = formula.expression
                    return .init(
                        formula.name,
                        ["text": .string(value.text), "ascii": .string(value.ascii), "latex": .string(value.latex)])
                })
        }
        return [
            "title": .string(section.part.title),
            "steps": .array(
                section.steps.map { step in
                    [
                        "title": .string(step.title), "explanation": .string(step.explanation),
                        "formulas": formulas(step.formulas),
                    ]
                }),
            "results": formulas(section.results),
            "numbers": .object(section.numbers.map { .init($0.name, .number($0.value)) }),
            "notes": .array(section.notes.map(JSONValue.string)),
        ]
    }
}
