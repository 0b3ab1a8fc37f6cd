/// How far an ensemble has come: statistics of the paths that are done, ready to be continued or merged with others'.
///
/// Statistics are merged by chunks of paths in an order that the indices of the paths fix, so that the result has the
/// same bits in one run, in parts, and after any number of interruptions.
public struct EnsembleState: Codable, Equatable, Sendable {
    struct Row: Codable, Equatable, Sendable {
        let step: Int
        let time: Double
        let quantity: String
        var tally: StatisticsTally

        fileprivate var place: String { "\(step) \(time) \(quantity)" }
    }

    /// Paths that are on their way through the saved times.
    struct Batch: Codable, Equatable, Sendable {
        let count: Int
        /// The number of times at which statistics were taken.
        var savedTimes = 0
        var rows: [Row] = []
        /// The number of completed steps of each piece of the paths, and its states one after the other.
        var pieceSteps: [Int] = []
        var states = PackedNumbers()
    }

    /// `optimizer`, `sde` or the name of another model.
    public let process: String
    /// The paths that were asked for.
    public private(set) var paths: Range<Int>
    let quantiles: QuantileMethod
    let notes: [String]
    /// The number of paths that went through all times.
    private(set) var finishedPaths = 0
    /// Statistics of the finished paths.
    private(set) var rows: [Row] = []
    /// The paths after the finished ones, where they were begun.
    var batch: Batch?

    init(process: String, paths: Range<Int>, quantiles: QuantileMethod, notes: [String]) {
        self.process = process
        self.paths = paths
        self.quantiles = quantiles
        self.notes = notes
    }

    /// Whether all paths went through all times.
    public var isComplete: Bool { finishedPaths == paths.count }

    /// Counts the batch as finished.
    mutating func finish(_ batch: Batch) {
        append(batch.rows)
        finishedPaths += batch.count
        self.batch = nil
    }

    /// Adds the paths that follow.
    ///
    /// - Throws: ``SimulationError/doesNotFit(process:)`` unless both are complete and of the same run, and the first path
    ///   of the next one follows the last one here.
    public mutating func append(_ next: EnsembleState) throws(SimulationError) {
        let isSameRun =
            process == next.process && notes == next.notes && quantiles == next.quantiles
            && (rows.isEmpty || next.rows.isEmpty || rows.map(\.place) == next.rows.map(\.place))
        guard isSameRun, isComplete, next.isComplete, next.paths.lowerBound == paths.upperBound else {
            throw .doesNotFit(process: process)
        }
        append(next.rows)
        paths = paths.lowerBound..<next.paths.upperBound
        finishedPaths = paths.count
    }

    private mutating func append(_ next: [Row]) {
        if rows.isEmpty {
            rows = next
        } else {
            for (index, row) in next.enumerated() { rows[index].tally.append(row.tally) }
        }
    }

    /// The statistics: of the finished paths at all times, or else of the first paths at the times that they reached.
    public var series: EnsembleSeries {
        guard finishedPaths == 0, let batch else { return series(paths: finishedPaths, rows) }
        var series = series(paths: batch.count, batch.rows)
        if batch.count < paths.count {
            series.stop = "stopped before the last time, with the first \(batch.count) of \(paths.count) paths"
        }
        return series
    }

    /// Statistics of the finished paths and the given ones, at the times that all of them reached.
    func series(with batch: Batch) -> EnsembleSeries {
        var all = self
        all.rows = Array(rows.prefix(batch.rows.count))
        all.append(batch.rows)
        return series(paths: finishedPaths + batch.count, all.rows)
    }

    private func series(paths shown: Int, _ rows: [Row]) -> EnsembleSeries {
        var series = EnsembleSeries(process: process, paths: shown, notes: notes)
        if let note = quantiles.note { series.notes.append(note) }
        series.quantiles = quantiles
        series.rows = rows.map { row in
            EnsembleSeries.Row(step: row.step, time: row.time, quantity: row.quantity, summary: row.tally.summary)
        }
        series.isComplete = isComplete
        if shown < paths.count { series.stop = "stopped after the first \(shown) of \(paths.count) paths" }
        return series
    }
}
