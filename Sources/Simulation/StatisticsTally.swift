import Numerics

/// The statistics of one quantity at one time over consecutive chunks of paths, ready for the next ones.
struct StatisticsTally: Codable, Equatable, Sendable {
    private let method: QuantileMethod
    private var moments = MomentTree()
    /// What quantiles are found from, as the method asks.
    private var values = PackedNumbers()
    private var sketch = QuantileSketch()

    init(_ method: QuantileMethod) { self.method = method }

    /// Adds the values of paths that follow all others, chunk by chunk.
    ///
    /// - Parameter firstPath: the index of the first path.
    mutating func append(_ next: UnsafeBufferPointer<Double>, firstPath: Int) {
        for start in stride(from: 0, to: next.count, by: Ensemble.chunkLanes) {
            let chunk = next[start..<min(start + Ensemble.chunkLanes, next.count)]
            moments.append(
                StreamingMoments(of: UnsafeBufferPointer(rebasing: chunk)),
                chunk: (firstPath + start) / Ensemble.chunkLanes)
        }
        switch method {
        case .exact: values.values += next
        case .sketch: sketch.add(next)
        case .none: break
        }
    }

    /// Adds chunks that follow all others.
    mutating func append(_ next: StatisticsTally) {
        moments.append(next.moments)
        values.values += next.values.values
        sketch.merge(next.sketch)
    }

    var summary: SampleSummary {
        let total = moments.total
        let quantiles: (Double, Double)?
        switch method {
        case .exact:
            var permuted = values.values
            quantiles = permuted.withUnsafeMutableBufferPointer { ($0.quantile(0.05), $0.quantile(0.95)) }
        case .sketch: quantiles = (sketch.quantile(0.05), sketch.quantile(0.95))
        case .none: quantiles = nil
        }
        return SampleSummary(
            count: total.count, mean: total.mean, standardDeviation: total.count > 1 ? total.standardDeviation : 0,
            quantile05: quantiles?.0, quantile95: quantiles?.1)
    }
}
