import Report
import Simulation

/// What a command writes to and listens to.
struct Console: Sendable {
    /// Receives the results.
    let output: any TextSink
    /// Receives failures, notes and progress.
    let error: any TextSink
    /// Whether progress may be drawn.
    let showsProgress: Bool
    /// Stops simulations when the user interrupts.
    let cancellation: Cancellation
    /// Is told that from now on a request to stop is heeded.
    let simulationBegins: @Sendable () -> Void

    init(
        output: any TextSink, error: any TextSink, showsProgress: Bool = false,
        cancellation: Cancellation = Cancellation(), simulationBegins: @escaping @Sendable () -> Void = {}
    ) {
        self.output = output
        self.error = error
        self.showsProgress = showsProgress
        self.cancellation = cancellation
        self.simulationBegins = simulationBegins
    }

    /// The same with results written elsewhere.
    func with(output: any TextSink, isQuiet: Bool) -> Console {
        Console(
            output: output, error: isQuiet ? SilentSink() : error, showsProgress: showsProgress && !isQuiet,
            cancellation: cancellation, simulationBegins: simulationBegins)
    }

    func print(_ text: String) throws(Failure) {
        try output.write(text.hasSuffix("\n") ? text : text + "\n")
    }

    func print(json value: JSONValue) throws(Failure) {
        let text: String
        do { text = try value.encoded(.indented) } catch { throw Failure("\(error)") }
        try print(text)
    }

    /// A remark beside the results, on standard error.
    func note(_ text: String) {
        // A remark that cannot be written changes no result.
        try? error.write("note: \(text)\n")
    }

    func report(_ failure: Failure) {
        try? error.write("continuum: \(failure.message)\n")
    }
}

/// Drops what it receives.
struct SilentSink: TextSink {
    func write(_ text: String) throws(Failure) {}
}
