import Simulation

/// The evidence for one rule on a page.
extension EvidenceReport {
    /// The table, and for each rule with numbers its weak errors in tables and plots.
    var html: String {
        var text = table.html
        for (rule, finding) in findings {
            if let reason = finding.reason { text += HTML.paragraph("\(rule): \(reason)") }
            if let evidence = finding.result {
                for paragraph in EvidenceReport.introduction(evidence) { text += HTML.paragraph(paragraph) }
                for (landscape, result) in evidence.weakErrors {
                    text += HTML.heading("On \(landscape)", level: 3)
                    text += WeakErrorReport(result, ruleName: rule).html
                }
            }
        }
        return text
    }
}

extension WeakErrorReport {
    /// The plot, the table and the conclusions.
    var html: String {
        "<div class=\"wide\">\n\(Figure([plot]).svg)</div>\n" + table.html + HTML.lines(conclusion)
    }

    /// The size of the errors of the model, and of the equation without noise, against the step size.
    public var plot: Plot {
        func points(_ error: (WeakErrorResult.Entry) -> Double, _ halfwidth: (WeakErrorResult.Entry) -> Double) -> [Plot
            .Point]
        {
            result.entries.map { entry in
                let size = error(entry).magnitude
                let half = halfwidth(entry)
                return Plot.Point(
                    entry.stepSize, size, band: half > 0 ? max(size - half, size / 100)...(size + half) : nil)
            }
        }
        return Plot(
            "error of E[\(result.test)]", horizontal: .init("step size", .logarithmic),
            vertical: .init("size of the error", .logarithmic),
            lines: [
                .init("ODE", points({ $0.odeError }, { _ in 0 }), style: .dashed),
                .init(result.modelName, points({ $0.error }, { $0.halfwidth95 })),
            ])
    }
}
