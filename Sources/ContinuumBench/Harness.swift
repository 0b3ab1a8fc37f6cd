/// Times benchmarks: a warm-up, then samples of as many calls as make a sample long enough for the clock.
struct Harness {
    /// How long a case is run for before it is measured, and how long each sample takes at least.
    var warmUp = Duration.milliseconds(50)
    var leastSample = Duration.milliseconds(5)
    /// The number of samples, fewer where they would take longer than the budget.
    var samples = 15
    var budget = Duration.seconds(5)

    private(set) var blackHole = 0.0
    private let clock = ContinuousClock()

    struct Measurement {
        let benchmark: Benchmark
        /// What the operation returned.
        let result: Double
        /// Seconds a call, sorted.
        let seconds: [Double]

        var minimum: Double { seconds.first ?? .nan }
        var maximum: Double { seconds.last ?? .nan }
        var median: Double {
            guard !seconds.isEmpty else { return .nan }
            let middle = seconds.count / 2
            return seconds.count.isMultiple(of: 2) ? (seconds[middle - 1] + seconds[middle]) / 2 : seconds[middle]
        }
    }

    mutating func measure(_ benchmark: Benchmark) throws -> Measurement {
        let operation = try benchmark.prepare()
        var calls = 0
        let start = clock.now
        var result = 0.0
        repeat {
            result = try operation()
            blackHole += result
            calls += 1
        } while clock.now - start < warmUp
        let perCall = (clock.now - start) / calls
        let callsPerSample = max(1, Int(Harness.ratio(leastSample, perCall).rounded(.up)))
        var seconds: [Double] = []
        let begin = clock.now
        while seconds.count < samples && (seconds.count < 3 || clock.now - begin < budget) {
            let elapsed = try clock.measure {
                for _ in 0..<callsPerSample { blackHole += try operation() }
            }
            seconds.append(Harness.ratio(elapsed, .seconds(1)) / Double(callsPerSample))
        }
        return Measurement(benchmark: benchmark, result: result, seconds: seconds.sorted())
    }

    private static func ratio(_ a: Duration, _ b: Duration) -> Double {
        let scale = { (duration: Duration) in
            Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
        }
        return scale(a) / max(scale(b), 1e-12)
    }
}
