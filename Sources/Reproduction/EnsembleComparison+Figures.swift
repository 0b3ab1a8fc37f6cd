import Foundation
import Numerics
import Report
import Simulation

extension EnsembleComparison {
    /// The rows of a process and quantity in order of time.
    func rows(_ process: String, _ quantity: String = "loss") -> [EnsembleSeries.Row] {
        series.first { $0.process == process }?.rows.filter { $0.quantity == quantity } ?? []
    }

    /// The mean of a process over time, with a band of one standard deviation where it is wanted.
    func line(
        _ process: String, _ quantity: String = "loss", as name: String? = nil, style: Plot.Style = .solid,
        isBanded: Bool = false
    ) -> Plot.Line {
        Plot.Line(
            name ?? process,
            rows(process, quantity).map { row in
                let (mean, deviation) = (row.summary.mean, row.summary.standardDeviation)
                let isDrawn = isBanded && mean.isFinite && deviation.isFinite
                return Plot.Point(row.time, mean, band: isDrawn ? mean - deviation...mean + deviation : nil)
            }, style: style)
    }

    /// How far a model's curve is from the optimizer's: the mean over the saved times of |E model - E optimizer| beyond the 95%
    /// interval of the difference, in units of E optimizer.
    func relativeDeviation(of process: String, _ quantity: String = "loss") -> Double {
        let optimizer = Dictionary(
            rows(series[0].process, quantity).map { ($0.step, $0.summary.mean) }, uniquingKeysWith: { $1 })
        let deviations = differences.compactMap { difference -> Double? in
            guard difference.process == process, difference.quantity == quantity, difference.step > 0,
                let mean = optimizer[difference.step], mean != 0
            else { return nil }
            return max(0, difference.mean.magnitude - difference.halfwidth95) / mean.magnitude
        }
        return deviations.isEmpty ? .nan : deviations.reduce(0, +) / Double(deviations.count)
    }

    /// The mean of a quantity over the last saved times from a share on, with the half-width of its 95% interval: the times
    /// of a path go together, so that the interval is that of a single time.
    func level(_ process: String, _ quantity: String = "loss", from share: Double = 0.8) -> (
        mean: Double, halfwidth: Double
    ) {
        let all = rows(process, quantity)
        let late = all.suffix(max(1, Int(Double(all.count) * (1 - share))))
        let mean = late.reduce(0) { $0 + $1.summary.mean } / Double(late.count)
        let width = late.map { 1.96 * $0.summary.standardError }.max() ?? .nan
        return (mean, width)
    }

    /// The statistics of every process as comma-separated values.
    var csv: String { EnsembleReport(series, ruleName: "").csv }
}

extension ReproducedFigure.Claim {
    /// That a curve stays within a share of another.
    static func follows(_ statement: String, deviation: Double, within bound: Double) -> ReproducedFigure.Claim {
        ReproducedFigure.Claim(
            statement: statement, predicted: "within \(percent(bound))",
            measured: "\(percent(deviation)) apart on average, beyond the interval",
            holds: deviation <= bound)
    }

    /// That one model is closer than another.
    static func closer(_ statement: String, _ first: Double, than second: Double) -> ReproducedFigure.Claim {
        ReproducedFigure.Claim(
            statement: statement, predicted: "closer than the other",
            measured: "\(percent(first)) against \(percent(second))",
            holds: first < second)
    }

    /// That a sampled number is what the theory has, up to the interval and a share for what the theory leaves out.
    static func agrees(
        _ statement: String, predicted: Double, measured: Double, halfwidth: Double, share: Double = 0.02
    ) -> ReproducedFigure.Claim {
        ReproducedFigure.Claim(
            statement: statement, predicted: number(predicted), measured: "\(number(measured)) ± \(number(halfwidth))",
            holds: (measured - predicted).magnitude <= halfwidth + share * predicted.magnitude)
    }

    private static func percent(_ value: Double) -> String { String(format: "%.2g%%", 100 * value) }

    static func number(_ value: Double) -> String { String(format: "%.4g", value) }
}
