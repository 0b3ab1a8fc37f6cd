import Simulation

/// An optimizer beside several models, in print and as a figure.
public struct EnsembleComparisonReport: Sendable {
    public let comparison: EnsembleComparison
    public let ruleName: String

    public init(_ comparison: EnsembleComparison, ruleName: String) {
        self.comparison = comparison
        self.ruleName = ruleName
    }

    /// The statistics of every process at every time.
    private var ensembles: EnsembleReport { EnsembleReport(comparison.series, ruleName: ruleName) }

    /// A row for each model and quantity at the last time: means, and the weak error with its interval.
    public var table: Table {
        var table = Table([
            Table.Column("model"), Table.Column("quantity"), Table.Column("E model", .right),
            Table.Column("E optimizer", .right), Table.Column("weak error", .right),
            Table.Column("95% interval", .right),
            Table.Column("relative", .right),
        ])
        guard let last = comparison.differences.last?.step else { return table }
        for difference in comparison.differences where difference.step == last {
            guard let optimizer = mean(of: comparison.series[0].process, difference) else { continue }
            table.append([
                difference.process, difference.quantity,
                FixedPoint.text(optimizer + difference.mean, significant: 7),
                FixedPoint.text(optimizer, significant: 7),
                (difference.mean < 0 ? "" : "+") + FixedPoint.text(difference.mean, significant: 4),
                "± \(FixedPoint.text(difference.halfwidth95, significant: 2))",
                optimizer == 0
                    ? "" : FixedPoint.text(100 * difference.mean / optimizer.magnitude, significant: 3) + "%",
            ])
        }
        return table
    }

    /// The weak errors at the last time, and the notes.
    public var text: String {
        var notes: [(text: String, processes: [String])] = []
        for series in comparison.series {
            for note in series.notes + (series.isComplete ? [] : ["stopped before the last time"]) {
                if let known = notes.firstIndex(where: { $0.text == note }) {
                    notes[known].processes.append(series.process)
                } else {
                    notes.append((note, [series.process]))
                }
            }
        }
        let lines = notes.map { "\($0.processes.joined(separator: ", ")): \($0.text)\n" }
        return table.text() + "\n" + lines.joined()
    }

    public var markdown: String { table.markdown }

    /// `process,step,time,quantity,mean,sd,q05,q95`, as simulate writes it.
    public var csv: String { ensembles.csv }

    public var json: JSONValue {
        let differences = comparison.differences.map { difference -> JSONValue in
            [
                "process": .string(difference.process), "step": .integer(difference.step),
                "time": .number(difference.time), "quantity": .string(difference.quantity),
                "error": .finite(difference.mean), "halfwidth95": .finite(difference.halfwidth95),
            ]
        }
        guard case .object(let members) = ensembles.json else { return .null }
        return .object(members + [.init("errors", .array(differences))])
    }

    /// A panel for each quantity: the mean of each process over time, with a band of one standard deviation around the
    /// optimizer's; on a logarithmic axis where every mean is positive and they spread over more than a decade.
    public func figure(quantities: [String]) -> Figure {
        Figure(
            quantities.map { quantity in
                let lines = comparison.series.enumerated().map { index, series in
                    let points = series.rows.filter { $0.quantity == quantity }.map { row in
                        let (mean, deviation) = (row.summary.mean, row.summary.standardDeviation)
                        let isBanded = index == 0 && deviation.isFinite && mean.isFinite
                        return Plot.Point(
                            row.time, mean, band: isBanded ? mean - deviation...mean + deviation : nil)
                    }
                    return Plot.Line(series.process, points, style: index == 0 ? .solid : .dashed)
                }
                let means = lines.flatMap(\.points).map(\.y)
                let isSpread = (means.min() ?? 0) > 0 && (means.max() ?? 0) > 10 * (means.min() ?? 1)
                return Plot(
                    "\(ruleName) and its models", horizontal: Plot.Axis("time t"),
                    vertical: Plot.Axis("E[\(quantity)]", isSpread ? .logarithmic : .linear), lines: lines)
            })
    }

    private func mean(of process: String, _ difference: EnsembleComparison.Difference) -> Double? {
        comparison.series.first { $0.process == process }?.rows
            .first { $0.step == difference.step && $0.quantity == difference.quantity }?.summary.mean
    }
}
