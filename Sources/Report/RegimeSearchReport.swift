import Algebra
import ExactNumbers
import Matching

/// The scalings of a rule in print: those with a limit of their own with its SDE, and why the others have none.
public struct RegimeSearchReport: Sendable {
    public let search: RegimeSearch

    public init(_ search: RegimeSearch) { self.search = search }

    private static func sizes(_ scaling: RegimeSearch.Scaling) -> String {
        scaling.sizes.map { "\(Expression($0.symbol).text) = \(RegimeReport.size($0.weight))" }.joined(separator: ", ")
    }

    private static func states(_ derivation: Derivation) -> String {
        let quantities = derivation.regime?.quantities.filter { $0.origin == .balance } ?? []
        return quantities.map(RegimeReport.line).joined(separator: ", ")
    }

    private static func stepTime(_ derivation: Derivation) -> String {
        RegimeReport.stepTime(derivation.certificate.stepTime ?? 1)
    }

    private var rest: [(scaling: RegimeSearch.Scaling, reason: String)] {
        search.scalings.compactMap { scaling in
            guard case .none(let reason) = scaling.outcome else { return nil }
            return (scaling, reason)
        }
    }

    private var limits: [(scaling: RegimeSearch.Scaling, derivation: Derivation)] {
        search.scalings.compactMap { scaling in
            guard case .limit(let derivation) = scaling.outcome else { return nil }
            return (scaling, derivation)
        }
    }

    public var text: String {
        var text = "\(search.rule.name): scalings with a limit of their own\n"
        for (number, entry) in limits.enumerated() {
            let balance = RegimeSearchReport.states(entry.derivation)
            text += "\n\(number + 1). \(entry.scaling.title): \(RegimeSearchReport.sizes(entry.scaling))\n"
            if !balance.isEmpty { text += "   by balance: \(balance)\n" }
            text += "   one step takes the time h = \(RegimeSearchReport.stepTime(entry.derivation))\n"
            text += SDEReport(entry.derivation.sde).text().split(separator: "\n").map { "   \($0)\n" }.joined()
            text += "   \(entry.derivation.certificate.verdict)\n"
        }
        text += rest.isEmpty ? "" : "\nno limit of their own\n"
        for entry in rest { text += "   \(RegimeSearchReport.sizes(entry.scaling)): \(entry.reason)\n" }
        return text
    }

    public var markdown: String {
        var text = "# \(search.rule.name): scalings with a limit of their own\n\n"
        for entry in limits {
            text += "## \(entry.scaling.title.prefix(1).uppercased())\(entry.scaling.title.dropFirst())\n\n"
            let sizes = entry.scaling.sizes.map { RegimeSearchReport.latex($0.symbol, $0.weight) }
            let balance = (entry.derivation.regime?.quantities.filter { $0.origin == .balance } ?? []).map {
                RegimeSearchReport.latex($0.symbol, $0.size)
            }
            let step = Expression(entry.derivation.certificate.stepTime ?? 1).latex
            text += "\((sizes + balance).joined(separator: ", ")); one step takes the time $h = \\eta^{\(step)}$.\n\n"
            text += "$$\n\(SDEReport(entry.derivation.sde).latex())$$\n\n"
            text += "Certificate: \(entry.derivation.certificate.verdict).\n\n"
        }
        guard !rest.isEmpty else { return text }
        text += "## No limit of their own\n\n"
        for entry in rest { text += "- \(RegimeSearchReport.sizes(entry.scaling)): \(entry.reason)\n" }
        return text
    }

    private static func latex(_ symbol: Symbol, _ size: Weight) -> String {
        size.isZero
            ? "$\(Expression(symbol).latex) = O(1)$"
            : "$\(Expression(symbol).latex) = O(\\eta^{\(size.expression.latex)})$"
    }

    public var json: JSONValue {
        func members(_ scaling: RegimeSearch.Scaling) -> [JSONValue.Member] {
            [
                .init(
                    "sizes",
                    .object(scaling.sizes.map { .init($0.symbol.name, .string("\($0.weight)")) }))
            ]
        }
        return [
            "rule": .string(search.rule.name),
            "limits": .array(
                limits.map { entry in
                    .object(
                        [.init("title", .string(entry.scaling.title))] + members(entry.scaling) + [
                            .init(
                                "states",
                                .object(
                                    (entry.derivation.regime?.quantities ?? []).filter { $0.origin == .balance }
                                        .map { .init($0.symbol.name, .string("\($0.size)")) })),
                            .init("stepTime", .string("\(entry.derivation.certificate.stepTime ?? 1)")),
                            .init("sde", SDEReport(entry.derivation.sde).json),
                            .init("verdict", .string(entry.derivation.certificate.verdict)),
                        ])
                }),
            "others": .array(
                rest.map { entry in .object(members(entry.scaling) + [.init("reason", .string(entry.reason))]) }),
        ]
    }
}
