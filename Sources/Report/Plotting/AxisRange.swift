import Foundation

/// The part of an axis that a plot shows, with its ticks.
struct AxisRange: Hashable, Sendable {
    let scale: Plot.Scale
    let lower: Double
    let upper: Double

    /// The smallest range of round numbers that holds the values; 0 to 1 where there are none.
    init(holding values: some Sequence<Double>, scale: Plot.Scale) {
        let shown = values.filter { $0.isFinite && (scale == .linear || $0 > 0) }
        let low = shown.min() ?? (scale == .linear ? 0 : 0.1)
        let high = shown.max() ?? 1
        self.scale = scale
        switch scale {
        case .linear:
            let margin = high > low ? 0.04 * (high - low) : max(0.5 * low.magnitude, 0.5)
            (lower, upper) = (low - margin, high + margin)
        case .logarithmic:
            let (first, last) = (log10(low), log10(high))
            let margin = max(0.04 * (last - first), 0.1)
            (lower, upper) = (pow(10, first - margin), pow(10, last + margin))
        }
    }

    /// Where a value stands: 0 at the lower end, 1 at the upper; nil where the axis has no place for it.
    func position(of value: Double) -> Double? {
        guard value.isFinite else { return nil }
        switch scale {
        case .linear: return (value - lower) / (upper - lower)
        case .logarithmic: return value > 0 ? log(value / lower) / log(upper / lower) : nil
        }
    }

    /// Round numbers in the range: about five on a linear axis, powers of ten on a logarithmic one.
    var ticks: [Double] {
        switch scale {
        case .linear: return AxisRange.roundNumbers(from: lower, to: upper)
        case .logarithmic:
            let first = Int(log10(lower).rounded(.up))
            let last = Int(log10(upper).rounded(.down))
            guard last > first else { return AxisRange.roundNumbers(from: lower, to: upper) }
            return stride(from: first, through: last, by: max(1, (last - first) / 6)).map { pow(10, Double($0)) }
        }
    }

    /// Multiples of 1, 2 or 5 times a power of ten.
    private static func roundNumbers(from lower: Double, to upper: Double) -> [Double] {
        let rough = (upper - lower) / 5
        let power = pow(10, log10(rough).rounded(.down))
        let step = ([1, 2, 5, 10].first { $0 * power >= rough } ?? 10) * power
        let first = (lower / step).rounded(.up)
        let last = (upper / step).rounded(.down)
        guard first.isFinite, last.isFinite, last >= first, last - first < 50 else { return [] }
        return stride(from: first, through: last, by: 1).map { $0 * step }
    }

    /// A tick as a reader writes it.
    func label(_ tick: Double) -> String {
        let text = String(format: "%.6g", tick == 0 ? 0 : tick)
        guard let exponent = text.firstIndex(of: "e") else { return text }
        let mantissa = text[..<exponent]
        let power = Int(text[text.index(after: exponent)...]) ?? 0
        return mantissa == "1" ? "10\(AxisRange.superscript(power))" : "\(mantissa)·10\(AxisRange.superscript(power))"
    }

    private static func superscript(_ number: Int) -> String {
        String(
            number.description.map { digit in
                guard let value = digit.wholeNumberValue else { return "⁻" }
                return Array("⁰¹²³⁴⁵⁶⁷⁸⁹")[value]
            })
    }
}
