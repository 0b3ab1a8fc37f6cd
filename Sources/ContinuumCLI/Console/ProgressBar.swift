import Synchronization

/// A bar on standard error that grows with the completed fraction, with an estimate of the time left; nothing where
/// standard error is not a terminal.
final class ProgressBar: Sendable {
    private static let width = 40
    private let console: Console
    private let title: String
    private let state = Mutex(State())

    private struct State {
        /// When the first fraction came, and which one: what lies before was not done in this run.
        var first: (moment: ContinuousClock.Instant, fraction: Double)?
        var shown: (moment: ContinuousClock.Instant, percent: Int)?
    }

    init(_ title: String, on console: Console) {
        self.title = title
        self.console = console
    }

    /// - Parameter fraction: from 0 to 1; it does not decrease.
    func update(_ fraction: Double) {
        guard console.showsProgress, fraction.isFinite else { return }
        let fraction = min(max(fraction, 0), 1)
        let percent = Int((100 * fraction).rounded(.down))
        let line = state.withLock { state -> String? in
            let now = ContinuousClock.now
            let first = state.first ?? (now, fraction)
            state.first = first
            if let shown = state.shown {
                guard percent > shown.percent || now - shown.moment >= .seconds(1) else { return nil }
            }
            let percent = max(percent, state.shown?.percent ?? 0)
            state.shown = (now, percent)
            let left = Self.timeLeft(after: now - first.moment, from: first.fraction, to: fraction)
            return drawing(percent, left)
        }
        if let line { try? console.error.write(line) }
    }

    private func drawing(_ percent: Int, _ left: String?) -> String {
        let filled = percent * Self.width / 100
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
        return "\r\(title) \(bar) \(percent)%\(left.map { ", \($0) left" } ?? "")\u{1B}[K"
    }

    /// The time left in words if the rest goes as what is done; `nil` in the first second, from which nothing follows.
    static func timeLeft(after elapsed: Duration, from first: Double, to fraction: Double) -> String? {
        let seconds = elapsed / .seconds(1)
        guard seconds >= 1, fraction > first, fraction < 1 else { return nil }
        let left = seconds * (1 - fraction) / (fraction - first)
        switch left {
        case ..<59.5: return "\(max(1, Int(left.rounded()))) s"
        case ..<3570: return "\(Int((left / 60).rounded())) min"
        case ..<(48 * 3600): return "\(Int(left / 3600)) h \(Int(left / 60) % 60) min"
        default: return left < 1e9 ? "\(Int((left / 86400).rounded())) days" : "years"
        }
    }

    /// Takes the bar away.
    func clear() {
        guard console.showsProgress, state.withLock({ $0.shown != nil }) else { return }
        try? console.error.write("\r\u{1B}[K")
    }
}
