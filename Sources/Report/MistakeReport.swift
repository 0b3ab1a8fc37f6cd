import Simulation

/// What weak errors say of models that are wrong in one place, for several rules.
public struct MistakeReport: Sendable {
    public let findings: [(rule: String, finding: RuleFinding<MistakeCheck>)]

    public init(_ findings: [(rule: String, finding: RuleFinding<MistakeCheck>)]) { self.findings = findings }

    /// Whether no wrong model was supported, and no right one refuted.
    public var passes: Bool {
        checks.allSatisfy(\.check.passes)
    }

    private var checks: [(rule: String, check: MistakeCheck)] {
        findings.compactMap { rule, finding in finding.result.map { (rule, $0) } }
    }

    /// A row for each rule; for a single rule one for each mistake.
    public var table: Table { checks.count == 1 ? details(checks[0].check) : summary }

    private func details(_ check: MistakeCheck) -> Table {
        var table = Table([
            Table.Column("model"), Table.Column("order 2 tolerates it"), Table.Column("verdict"),
            Table.Column("moment"), Table.Column("order", .right),
        ])
        for entry in check.entries {
            table.append([
                entry.mistake?.description ?? "as derived",
                entry.mistake == nil ? "" : entry.isTolerated ? "yes" : "no",
                entry.verdict.rawValue, entry.decisive?.test ?? "", MistakeReport.order(entry.decisive),
            ])
        }
        for mistake in check.withoutNumbers { table.append([mistake.description, "", "no numbers", "", ""]) }
        return table
    }

    private static func order(_ result: WeakErrorResult?) -> String {
        guard let fit = result?.fit else { return "" }
        let numbers = [fit.order, fit.low, fit.high].map { FixedPoint.text($0, decimals: 2) }
        return "\(numbers[0]) (\(numbers[1]) to \(numbers[2]))"
    }

    private var summary: Table {
        var table = Table(
            [Table.Column("rule"), Table.Column("numbers"), Table.Column("as derived")]
                + ["wrong", "refuted", "undecided", "supported", "tolerated", "no numbers"].map {
                    Table.Column($0, .right)
                })
        for (rule, check) in checks {
            guard let derived = check.entries.first else { continue }
            let wrong = [OrderFit.Verdict.refutes, .undecided, .supports].map { check.count($0, tolerated: false) }
            table.append(
                [rule, derived.method == .deterministic ? "grid" : "sampled", derived.verdict.rawValue]
                    + [
                        wrong.reduce(0, +), wrong[0], wrong[1], wrong[2],
                        check.entries.count { $0.mistake != nil && $0.isTolerated }, check.withoutNumbers.count,
                    ].map(String.init))
        }
        return table
    }

    /// The sum over all rules, in a sentence, and why rules are not in the table.
    private var remarks: [String] {
        func total(_ verdict: OrderFit.Verdict) -> Int {
            checks.reduce(0) { $0 + $1.check.count(verdict, tolerated: false) }
        }
        let (refuted, undecided, supported) = (total(.refutes), total(.undecided), total(.supports))
        let sum =
            "\(refuted + undecided + supported) wrong models: \(refuted) refuted, \(undecided) undecided, "
            + "\(supported) supported"
        return (checks.isEmpty ? [] : [sum])
            + findings.compactMap { rule, finding in
                finding.reason.map { reason in "\(rule): \(reason.prefix { $0 != "\n" })" }
            }
    }

    public var text: String { (checks.isEmpty ? "" : table.text() + "\n") + remarks.map { $0 + "\n" }.joined() }

    public var markdown: String { (checks.isEmpty ? "" : table.markdown + "\n") + remarks.map { "- \($0)\n" }.joined() }

    public var json: JSONValue {
        .array(
            findings.map { rule, finding in
                switch finding {
                case .noModel(let reason): ["rule": .string(rule), "noModel": .string(reason)]
                case .noNumbers(let reason): ["rule": .string(rule), "noNumbers": .string(reason)]
                case .found(let check):
                    [
                        "rule": .string(rule),
                        "models": .array(check.entries.map(MistakeReport.json)),
                        "withoutNumbers": .array(check.withoutNumbers.map { .string($0.description) }),
                    ]
                }
            })
    }

    private static func json(_ entry: MistakeCheck.Entry) -> JSONValue {
        [
            "mistake": entry.mistake.map { JSONValue.string($0.description) } ?? .null,
            "tolerated": .boolean(entry.isTolerated), "verdict": .string(entry.verdict.rawValue),
            "method": .string(entry.method.rawValue),
            "moment": entry.decisive.map { JSONValue.string($0.test) } ?? .null,
            "order": entry.decisive?.fit.map { JSONValue.number($0.order) } ?? .null,
        ]
    }
}
