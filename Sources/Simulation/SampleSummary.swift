/// Mean, standard deviation and quantiles of a sample.
public struct SampleSummary: Equatable, Sendable {
    public let count: Int
    public let mean: Double
    /// The standard deviation with divisor `count - 1`; 0 for a single value.
    public let standardDeviation: Double
    /// `nil` where quantiles are left out.
    public let quantile05: Double?
    public let quantile95: Double?

    /// The mean's standard error.
    public var standardError: Double { standardDeviation / Double(max(count, 1)).squareRoot() }
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
