import Matching
import Simulation

/// The evidence for the SDEs of several rules, a row for each.
public struct EvidenceReport: Sendable {
    public typealias Finding = RuleFinding<Evidence>

    public let findings: [(rule: String, finding: Finding)]

    public init(_ findings: [(rule: String, finding: Finding)]) { self.findings = findings }

    /// Whether nothing contradicts any model.
    public var passes: Bool { findings.allSatisfy { EvidenceReport.passes($0.finding) } }

    private static func passes(_ finding: Finding) -> Bool {
        switch finding {
        case .found(let evidence): evidence.passes
        case .noModel: true
        case .noNumbers: false
        }
    }

    private static func verdict(_ finding: Finding) -> String {
        switch finding {
        case .found(let evidence): evidence.passes ? "holds" : "FAILS"
        case .noModel: "no diffusion limit"
        case .noNumbers: "no numbers"
        }
    }

    public var table: Table {
        var table = Table([
            Table.Column("rule"), Table.Column("level"), Table.Column("one-step moments to", .right),
            Table.Column("order on a quadratic", .right), Table.Column("order on the saddle", .right),
            Table.Column("verdict"),
        ])
        for (rule, finding) in findings {
            let verdict = EvidenceReport.verdict(finding)
            guard let evidence = finding.result else {
                table.append([rule, "", "", "", "", verdict])
                continue
            }
            let moments = FixedPoint.bound(evidence.oneStep.largest)
            table.append(
                [rule, evidence.level.rawValue, moments] + evidence.weakErrors.map { EvidenceReport.order($0.result) }
                    + [verdict]
            )
        }
        return table
    }

    private static func order(_ result: WeakErrorResult) -> String {
        guard let fit = result.fit else { return result.verdict.rawValue }
        let numbers = [fit.order, fit.low, fit.high].map { FixedPoint.text($0, decimals: 2) }
        return "\(numbers[0]) (\(numbers[1]) to \(numbers[2])) \(result.verdict.rawValue)"
    }

    private var reasons: [String] {
        findings.compactMap { rule, finding in
            if let reason = finding.reason { return "\(rule): \(reason.prefix { $0 != "\n" })" }
            guard let evidence = finding.result, !evidence.oneStep.passes,
                let worst = evidence.oneStep.entries.max(by: { $0.relative < $1.relative })
            else { return nil }
            return "\(rule): \(worst.coefficient) is \(worst.model), off by \(worst.difference)"
        }
    }

    public var text: String {
        let reasons = reasons
        return table.text() + (reasons.isEmpty ? "" : "\n" + reasons.map { $0 + "\n" }.joined())
    }

    /// The table; for a single rule with all that it sums up.
    public var markdown: String {
        if findings.count == 1, let evidence = findings[0].finding.result {
            return table.markdown + "\n"
                + (reasons + EvidenceReport.details(evidence, rule: findings[0].rule))
                .joined(separator: "\n\n")
        }
        return table.markdown + (reasons.isEmpty ? "" : "\n" + reasons.map { "- \($0)\n" }.joined())
    }

    public var json: JSONValue {
        .array(
            findings.map { rule, finding in
                var members: [JSONValue.Member] = [
                    .init("rule", .string(rule)), .init("verdict", .string(EvidenceReport.verdict(finding))),
                ]
                if let reason = finding.reason { members.append(.init("reason", .string(reason))) }
                if let evidence = finding.result {
                    members.append(.init("level", .string(evidence.level.rawValue)))
                    members.append(
                        .init(
                            "oneStep",
                            .array(
                                evidence.oneStep.entries.map {
                                    [
                                        "coefficient": .string($0.coefficient), "model": .finite($0.model),
                                        "difference": .finite($0.difference),
                                    ]
                                })))
                    for (landscape, result) in evidence.weakErrors {
                        members.append(.init(landscape, WeakErrorReport(result, ruleName: rule).json))
                    }
                }
                return .object(members)
            })
    }
}
