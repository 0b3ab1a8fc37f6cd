import Synchronization

/// A bar on standard error that grows with the completed fraction; nothing where standard error is not a terminal.
final class ProgressBar: Sendable {
    private static let width = 40
    private let console: Console
    private let title: String
    private let shown = Mutex(-1)

    init(_ title: String, on console: Console) {
        self.title = title
        self.console = console
    }

    /// - Parameter fraction: from 0 to 1.
    func update(_ fraction: Double) {
        guard console.showsProgress, fraction.isFinite else { return }
        let percent = Int((100 * min(max(fraction, 0), 1)).rounded(.down))
        let isNew = shown.withLock { shown in
            defer { shown = max(shown, percent) }
            return percent > shown
        }
        guard isNew else { return }
        let filled = percent * Self.width / 100
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
        try? console.error.write("\r\(title) \(bar) \(percent)%")
    }

    /// Takes the bar away.
    func clear() {
        guard console.showsProgress, shown.withLock({ $0 >= 0 }) else { return }
        try? console.error.write("\r\u{1B}[K")
    }
}
