import Simulation

/// Statistics of ensembles in print.
public struct EnsembleReport: Sendable {
    public let series: [EnsembleSeries]
    public let ruleName: String

    public init(_ series: [EnsembleSeries], ruleName: String) {
        self.series = series
        self.ruleName = ruleName
    }

    private static let columns = ["process", "step", "time", "quantity", "mean", "sd", "q05", "q95"]

    /// `process,step,time,quantity,mean,sd,q05,q95`, in full precision; quantiles that are left out are empty.
    public var csv: String {
        var writer = CSVWriter(lineEnding: "\n")
        writer.append(EnsembleReport.columns)
        for series in series {
            for row in series.rows {
                let numbers = EnsembleReport.statistics(row).map { $0?.description ?? "" }
                writer.append([series.process, "\(row.step)", row.time.description, row.quantity] + numbers)
            }
        }
        return writer.text
    }

    /// An aligned table, the times of the processes side by side, and the notes.
    public var text: String {
        var table = Table(
            EnsembleReport.columns.map { Table.Column($0, $0 == "process" || $0 == "quantity" ? .left : .right) })
        for series in series {
            for row in series.rows {
                let numbers = EnsembleReport.statistics(row).map {
                    $0.map { FixedPoint.text($0, significant: 6) } ?? "-"
                }
                let time = FixedPoint.text(row.time, significant: 6)
                table.append([series.process, "\(row.step)", time, row.quantity] + numbers)
            }
        }
        let notes = series.flatMap { series in
            (series.notes + (series.isComplete ? [] : [series.stop])).map {
                "\(series.process): \($0)\n"
            }
        }
        return table.text() + (notes.isEmpty ? "" : "\n") + notes.joined()
    }

    public var json: JSONValue {
        let processes = series.map { series -> JSONValue in
            [
                "process": .string(series.process), "paths": .integer(series.paths),
                "complete": .boolean(series.isComplete), "quantiles": .string(series.quantiles.rawValue),
                "notes": .array(series.notes.map(JSONValue.string)),
                "rows": .array(
                    series.rows.map { row in
                        [
                            "step": .integer(row.step), "time": .number(row.time), "quantity": .string(row.quantity),
                            "mean": .finite(row.summary.mean), "sd": .finite(row.summary.standardDeviation),
                            "q05": row.summary.quantile05.map(JSONValue.finite) ?? .null,
                            "q95": row.summary.quantile95.map(JSONValue.finite) ?? .null,
                        ]
                    }),
            ]
        }
        return ["rule": .string(ruleName), "processes": .array(processes)]
    }

    private static func statistics(_ row: EnsembleSeries.Row) -> [Double?] {
        let summary = row.summary
        return [summary.mean, summary.standardDeviation, summary.quantile05, summary.quantile95]
    }
}

extension JSONValue {
    /// A number, or null where a statistic overflowed on the way to a blow-up.
    static func finite(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : .null }
}
