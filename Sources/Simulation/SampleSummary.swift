import Numerics

/// Mean, standard deviation and quantiles of a sample.
public struct SampleSummary: Equatable, Sendable {
    public let count: Int
    public let mean: Double
    /// The standard deviation with divisor `count - 1`; 0 for a single value.
    public let standardDeviation: Double
    public let quantile05: Double
    public let quantile95: Double

    /// The mean's standard error.
    public var standardError: Double { standardDeviation / Double(max(count, 1)).squareRoot() }
}

extension SampleSummary {
    /// Summarizes values; moments are formed in chunks and merged in order (Chan, Golub and LeVeque 1983), so that
    /// rounding does not grow with the count. Permutes the values.
    init(permuting values: UnsafeMutableBufferPointer<Double>) {
        var moments = StreamingMoments()
        for start in stride(from: 0, to: values.count, by: Ensemble.chunkLanes) {
            let chunk = UnsafeBufferPointer(rebasing: values[start..<min(start + Ensemble.chunkLanes, values.count)])
            moments.merge(StreamingMoments(of: chunk))
        }
        self.init(
            count: values.count, mean: moments.mean,
            standardDeviation: moments.count > 1 ? moments.standardDeviation : 0,
            quantile05: values.quantile(0.05), quantile95: values.quantile(0.95))
    }
}

extension UnsafeMutableBufferPointer where Element == Double {
    /// The quantile by linear interpolation between order statistics (Hyndman and Fan 1996, type 7). Permutes the
    /// values; expected linear time.
    func quantile(_ probability: Double) -> Double {
        guard count > 1 else { return first ?? .nan }
        let position = probability * Double(count - 1)
        let rank = Int(position.rounded(.down))
        let below = select(rank)
        guard rank + 1 < count else { return below }
        var above = Double.infinity
        for value in self[(rank + 1)...] where value < above { above = value }
        return below + (position - Double(rank)) * (above - below)
    }

    /// Brings the value of the given rank to its place, smaller ones before it and larger ones behind (Hoare 1961).
    private func select(_ rank: Int) -> Double {
        var low = 0
        var high = count - 1
        while low < high {
            let pivot = self[low + (high - low) / 2]
            var i = low
            var j = high
            while i <= j {
                while self[i] < pivot { i += 1 }
                while pivot < self[j] { j -= 1 }
                if i <= j {
                    swapAt(i, j)
                    i += 1
                    j -= 1
                }
            }
            if rank <= j { high = j } else if rank >= i { low = i } else { break }
        }
        return self[rank]
    }
}
