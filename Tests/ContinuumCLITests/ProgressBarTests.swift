import Testing

@testable import ContinuumCLI

@Suite struct ProgressBarTests {
    @Test("the time left follows from what was done in this run")
    func timeLeft() {
        func left(_ seconds: Double, _ first: Double, _ fraction: Double) -> String? {
            ProgressBar.timeLeft(after: .seconds(seconds), from: first, to: fraction)
        }
        #expect(left(10, 0, 0.5) == "10 s")
        #expect(left(10, 0.5, 0.6) == "40 s")
        #expect(left(60, 0, 0.25) == "3 min")
        #expect(left(3600, 0, 0.25) == "3 h 0 min")
        #expect(left(86400, 0, 0.1) == "9 days")
        #expect(left(0.5, 0, 0.5) == nil)
        #expect(left(5, 0.5, 0.5) == nil)
        #expect(left(5, 0, 1) == nil)
        #expect(left(1e8, 0, 1e-12) == "years")
    }

    @Test("the bar is drawn where progress may be shown, and taken away")
    func drawing() {
        let (error, silent) = (MemorySink(), MemorySink())
        let bar = ProgressBar("simulating", on: Console(output: MemorySink(), error: error, showsProgress: true))
        bar.update(0.25)
        bar.update(0.255)
        bar.update(0.2)
        bar.update(.nan)
        #expect(error.text.contains("simulating ██████████░"))
        #expect(error.text.contains("25%"))
        #expect(error.text.split(separator: "\r").count == 1)
        bar.clear()
        #expect(error.text.hasSuffix("\r\u{1B}[K"))
        let unseen = ProgressBar("simulating", on: Console(output: MemorySink(), error: silent))
        unseen.update(0.5)
        unseen.clear()
        #expect(silent.text.isEmpty)
    }
}
