import Algebra
import Matching
import Rules

/// A published SDE beside the derived one, in print: coefficient by coefficient, with a verdict.
public struct ComparisonReport: Sendable {
    public let comparison: ModelComparison
    public let published: PublishedSDE
    public let derivation: Derivation

    public init(of published: PublishedSDE, with derivation: Derivation) {
        comparison = ModelComparison(of: published, with: derivation)
        self.published = published
        self.derivation = derivation
    }

    // MARK: Text

    /// Lines of Unicode mathematics.
    public var text: String {
        var text = "\(derivation.rule.name) against \(published.file)\n"
        text += "noise \(derivation.draw.noise), order \(comparison.order), "
        text += "diffusion \(derivation.options.diffusion.rawValue)\n"
        text += ComparisonReport.section("drift b", comparison.drift.map(lines))
        text += ComparisonReport.section("covariance S, without the factor η", comparison.covariance.map(lines))
        text += "\n"
        for note in notes { text += "note: \(note)\n" }
        return text + "\(verdict)\n"
    }

    private static func section(_ title: String, _ entries: [[String]]) -> String {
        let lines = entries.flatMap { entry in
            entry.enumerated().map { $0.offset == 0 ? $0.element : "  \($0.element)" }
        }
        return "\n\(title)\n" + lines.map { "  \($0)\n" }.joined()
    }

    private func lines(_ entry: ModelComparison.Entry) -> [String] {
        let name = "\(entry.coefficient)"
        switch entry.agreement {
        case .agrees: return ["\(name)  agrees"]
        case .undecided:
            return ["\(name)  undecided whether this is zero: \(entry.difference)", effect(of: entry)]
        case .differs:
            let parts = entry.parts.map { ComparisonReport.sentence(of: $0) }
            return ["\(name)  \(parts[0])"] + parts.dropFirst() + [effect(of: entry)]
        }
    }

    private static func sentence(of part: ModelComparison.Part) -> String {
        func shown(_ expression: Expression) -> String {
            let text = expression.text
            return text.count <= longestText ? text : "a long expression (--format json has it)"
        }
        return switch part.defect {
        case .missing: "lacks \(shown(part.difference.negated))"
        case .extra: "has \(shown(part.difference)), which does not belong there"
        case .wrong: "is off by \(shown(part.difference))"
        }
    }

    private static let longestText = 300

    /// `η b is off by O(η): condition 1 fails`.
    private func effect(of entry: ModelComparison.Entry) -> String {
        let moment = entry.condition == 1 ? "η b" : "η² S"
        var text = "\(moment) is off by \(CertificateReport.size(entry.weight ?? .zero)): "
        text += "condition \(entry.condition) of order \(comparison.order) \(entry.weakOrder)"
        if entry.matching != entry.weakOrder {
            text += ", \(ComparisonReport.level(ofOrder: comparison.order).rawValue) \(entry.matching)"
        }
        return text
    }

    private static func level(ofOrder order: Int) -> MatchingLevel { order == 2 ? .m2 : .m1c }

    /// The verdict as a sentence.
    public var verdict: String {
        let claim = "weak order \(comparison.order)"
        switch comparison.verdict {
        case .agrees: return "agrees with the derived model"
        case .agreesToOrder:
            let level =
                comparison.passes ? "" : ", but not to \(ComparisonReport.level(ofOrder: comparison.order).rawValue)"
            return "agrees to the claimed \(claim)\(level) (differences listed)"
        case .restricted: return "\(claim) \(comparison.weakOrder)"
        case .fails: return "\(claim) fails"
        case .undecided: return "undecided: a difference could be proved neither zero nor different from zero"
        }
    }

    private var notes: [String] {
        var notes = published.unscaledEntries.map { entry in
            "the noise of \(entry.state.name) with \(entry.motion) has no factor √η; it is divided by √η all the same"
        }
        if !comparison.derivedClaim.hasSuffix("holds") {
            notes.append("the derived model itself: \(comparison.derivedClaim)")
        }
        return notes
    }

    // MARK: JSON

    public var json: JSONValue {
        [
            "rule": .string(derivation.rule.name), "against": .string(published.file),
            "noise": .string("\(derivation.draw.noise)"), "order": .integer(comparison.order),
            "diffusion": .string(derivation.options.diffusion.rawValue),
            "verdict": .string(comparison.verdict.rawValue), "weakOrder": .string("\(comparison.weakOrder)"),
            "level": comparison.level.map { .string($0.rawValue) } ?? .null, "passes": .boolean(comparison.passes),
            "coefficients": .object(comparison.entries.map { .init("\($0.coefficient)", ComparisonReport.json($0)) }),
            "derivedModel": .string(comparison.derivedClaim), "notes": .array(notes.map(JSONValue.string)),
        ]
    }

    private static func json(_ entry: ModelComparison.Entry) -> JSONValue {
        func formula(_ expression: Expression) -> JSONValue {
            ["text": .string(expression.text), "latex": .string(expression.latex)]
        }
        var members: [JSONValue.Member] = [
            .init("agreement", .string(entry.agreement.rawValue)), .init("published", formula(entry.published)),
            .init("derived", formula(entry.derived)),
        ]
        guard entry.agreement != .agrees else { return .object(members) }
        members += [
            .init("difference", formula(entry.difference)), .init("leading", formula(entry.leading)),
            .init("weight", .string("\(entry.weight ?? .zero)")), .init("condition", .integer(entry.condition)),
            .init("weakOrder", .string("\(entry.weakOrder)")), .init("matching", .string("\(entry.matching)")),
            .init(
                "parts",
                .array(
                    entry.parts.map { part in
                        [
                            "defect": .string(part.defect.rawValue), "text": .string(part.difference.text),
                            "latex": .string(part.difference.latex),
                        ]
                    })),
        ]
        return .object(members)
    }
}

extension Expression {
    /// The negative, with a sign taken into a sum where there is one to absorb it.
    fileprivate var negated: Expression { (-self).commonFactored }
}
