import Simulation

/// The table of weak errors in print, with the fitted order and the verdict.
public struct WeakErrorReport: Sendable {
    public let result: WeakErrorResult
    public let ruleName: String

    public init(_ result: WeakErrorResult, ruleName: String) {
        self.result = result
        self.ruleName = ruleName
    }

    /// A row for each step size: the errors of the ordinary differential equation and of the model.
    public var table: Table {
        let isSampled = result.method == .sampled
        var columns = ["eta", "E optimizer", "E \(result.modelName)", "ODE error", "\(result.modelName) error"].map {
            Table.Column($0, .right)
        }
        if isSampled { columns.append(Table.Column("95% interval", .right)) }
        columns.append(Table.Column("integrator", .right))
        var table = Table(columns)
        for entry in result.entries {
            var row = [
                "\(entry.stepSize)", WeakErrorReport.value(entry.optimizer), WeakErrorReport.value(entry.sde),
                WeakErrorReport.signed(entry.odeError, of: entry.optimizer),
                WeakErrorReport.signed(entry.error, of: entry.optimizer),
            ]
            if isSampled { row.append("± \(FixedPoint.text(entry.halfwidth95, significant: 2))") }
            row.append(entry.integrator)
            table.append(row)
        }
        return table
    }

    /// The table, the fit and the verdict.
    public var text: String { table.text() + "\n" + conclusion.map { $0 + "\n" }.joined() }

    public var markdown: String { table.markdown + "\n" + conclusion.map { $0 + "  \n" }.joined() }

    var conclusion: [String] {
        var lines: [String] = []
        if let fit = result.odeFit { lines.append("order without noise (ODE)   \(WeakErrorReport.interval(fit))") }
        let fit =
            result.fit.map(WeakErrorReport.interval)
            ?? "not known: that takes three errors of one sign above their uncertainty"
        lines.append("\("order of the \(result.modelName)".padded(to: 28))\(fit)")
        lines.append("verdict                     \(verdict)")
        lines += result.entries.compactMap { entry in
            entry.variance.flatMap { WeakErrorReport.gain($0, stepSize: entry.stepSize) }
        }
        lines += result.notes.map { "note: \($0)" }
        if !result.isComplete { lines.append("note: stopped before all step sizes were done") }
        return lines
    }

    /// What the methods to reduce the variance won; `nil` without a pilot, which alone compares them.
    private static func gain(_ report: VarianceReduction.Report, stepSize: Double) -> String? {
        guard !report.byMethod.isEmpty else { return nil }
        let names: [(VarianceReduction, String)] = [
            (.antithetic, "antithetic pairs"), (.control, "control variates"), (.both, "both"),
        ]
        let methods = names.compactMap { method, name in
            report.byMethod[method].map { "\(name) \(factor($0))" }
        }
        let used = names.first { $0.0 == report.used }?.1 ?? "coupling alone"
        return """
            eta = \(stepSize): \(report.paths) paths, variance \(factor(report.total)) times below \
            independent paths with \(used) (coupling \(factor(report.coupling)); on top of it \
            \(methods.joined(separator: ", ")))
            """
    }

    private static func factor(_ value: Double) -> String {
        value < 10 ? FixedPoint.text(value, significant: 2) : FixedPoint.text(value, decimals: 0)
    }

    private var verdict: String {
        let claim = "weak order \(FixedPoint.trimmed(result.claimedOrder))"
        switch result.verdict {
        case .supports: return "supports \(claim)"
        case .refutes: return "refutes \(claim)"
        case .undecided: return "undecided about \(claim)"
        }
    }

    private static func interval(_ fit: OrderFit) -> String {
        let numbers = [fit.order, fit.low, fit.high].map { FixedPoint.text($0, decimals: 2) }
        return "\(numbers[0]) (\(numbers[1]) to \(numbers[2]))"
    }

    private static func value(_ number: Double) -> String { FixedPoint.text(number, decimals: 8) }

    /// An error of a value; one of its last digits is only that of rounding.
    private static func signed(_ number: Double, of value: Double) -> String {
        if number.magnitude < 1e-12 * value.magnitude { return "rounding" }
        return (number < 0 ? "" : "+") + FixedPoint.text(number, significant: 5)
    }

    public var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("rule", .string(ruleName)), .init("order", .number(result.claimedOrder).whole),
            .init("method", .string(result.method.rawValue)), .init("test", .string(result.test)),
            .init(
                "errors",
                .array(
                    result.entries.map { entry in
                        var members: [JSONValue.Member] = [
                            .init("eta", .number(entry.stepSize)), .init("optimizer", .number(entry.optimizer)),
                            .init("sde", .number(entry.sde)), .init("error", .number(entry.error)),
                            .init("halfwidth95", .number(entry.halfwidth95)), .init("ode", .number(entry.ode)),
                            .init("odeError", .number(entry.odeError)),
                            .init("integratorError", .number(entry.integratorError)),
                            .init("integrator", .string(entry.integrator)),
                        ]
                        if let report = entry.variance {
                            members += [
                                .init("paths", .integer(report.paths)), .init("variance", WeakErrorReport.json(report)),
                            ]
                        }
                        return .object(members)
                    })),
            .init("fit", result.fit.map(WeakErrorReport.jsonFit) ?? .null),
            .init("odeFit", result.odeFit.map(WeakErrorReport.jsonFit) ?? .null),
            .init("verdict", .string(result.verdict.rawValue)),
        ]
        if !result.notes.isEmpty { members.append(.init("notes", .array(result.notes.map(JSONValue.string)))) }
        if !result.isComplete { members.append(.init("complete", false)) }
        return .object(members)
    }

    /// `{"used": "control", "coupling": 3.1, "antithetic": 1.2, "control": 9.4, "both": 9.9, "total": 29.0}`; null where
    /// nothing is left of a variance.
    private static func json(_ report: VarianceReduction.Report) -> JSONValue {
        let methods = VarianceReduction.allCases.compactMap { method in
            report.byMethod[method].map { JSONValue.Member(method.rawValue, .finite($0)) }
        }
        let head: [JSONValue.Member] = [
            .init("used", .string(report.used.rawValue)), .init("coupling", .finite(report.coupling)),
        ]
        return .object(head + methods + [.init("total", .finite(report.total))])
    }

    private static func jsonFit(_ fit: OrderFit) -> JSONValue {
        ["order": .number(fit.order), "low": .number(fit.low), "high": .number(fit.high)]
    }

    /// `eta,optimizer,sde,error,halfwidth95,ode,odeError`, in full precision.
    public var csv: String {
        var writer = CSVWriter(lineEnding: "\n")
        writer.append(["eta", "optimizer", "sde", "error", "halfwidth95", "ode", "odeError"])
        for entry in result.entries {
            let numbers = [
                entry.stepSize, entry.optimizer, entry.sde, entry.error, entry.halfwidth95, entry.ode, entry.odeError,
            ]
            writer.append(numbers.map(\.description))
        }
        return writer.text
    }
}

extension JSONValue {
    /// A number without a fraction as an integer.
    fileprivate var whole: JSONValue {
        guard case .number(let value) = self, let integer = Int(exactly: value) else { return self }
        return .integer(integer)
    }
}
