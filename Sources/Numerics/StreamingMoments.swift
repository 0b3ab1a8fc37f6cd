/// The count, mean and variance of numbers seen one at a time, in constant memory.
///
/// Sources: Welford 1962; Chan, Golub and LeVeque 1983 for the merge. A merge is not associative to the last bit:
/// merge in a fixed order where results must be reproducible.
public struct StreamingMoments: Hashable, Sendable, Codable {
    public private(set) var count = 0
    public private(set) var mean = 0.0
    /// The sum of squared deviations from the mean.
    private var squares = 0.0

    public init() {}

    public init(_ values: some Sequence<Double>) { for value in values { add(value) } }

    /// The moments of numbers in memory, in two passes over eight running sums.
    package init(of values: UnsafeBufferPointer<Double>) {
        guard let base = values.baseAddress, !values.isEmpty else { return }
        count = values.count
        mean = VectorUnits.current.sum(base, count) / Double(count)
        squares = VectorUnits.current.sumOfSquares(base, from: mean, count)
    }

    public mutating func add(_ value: Double) {
        count += 1
        let deviation = value - mean
        mean += deviation / Double(count)
        squares += deviation * (value - mean)
    }

    public mutating func merge(_ other: StreamingMoments) {
        guard other.count > 0 else { return }
        guard count > 0 else {
            self = other
            return
        }
        let total = Double(count + other.count)
        let deviation = other.mean - mean
        squares += other.squares + deviation * deviation * (Double(count) * Double(other.count) / total)
        mean += deviation * (Double(other.count) / total)
        count += other.count
    }

    /// The unbiased variance; NaN for fewer than two numbers.
    public var variance: Double { count > 1 ? squares / Double(count - 1) : .nan }

    public var standardDeviation: Double { variance.squareRoot() }

    /// The standard deviation of the mean.
    public var standardError: Double { (variance / Double(count)).squareRoot() }

    /// Half the width of the 95% interval of the mean by Student's law.
    public var halfwidth95: Double {
        guard count > 1 else { return .nan }
        return SpecialFunctions.studentQuantile(0.975, degrees: Double(count - 1)) * standardError
    }
}

/// Quantiles of a sample that is kept.
public enum Quantiles {
    /// The p-quantile of the sample by linear interpolation between order statistics (Hyndman and Fan 1996, type 7).
    ///
    /// - Returns: NaN for an empty sample or one with a NaN, or p outside of [0, 1].
    /// - Complexity: O(n log n).
    public static func quantile(_ p: Double, of sample: [Double]) -> Double {
        quantiles([p], of: sample)[0]
    }

    /// Several quantiles at the cost of one sort.
    public static func quantiles(_ probabilities: [Double], of sample: [Double]) -> [Double] {
        guard !sample.isEmpty, !sample.contains(where: \.isNaN) else { return probabilities.map { _ in .nan } }
        let sorted = sample.sorted()
        return probabilities.map { p in
            guard p >= 0, p <= 1 else { return .nan }
            let position = p * Double(sorted.count - 1)
            let index = min(Int(position), sorted.count - 1)
            let fraction = position - Double(index)
            if fraction == 0 || index + 1 == sorted.count { return sorted[index] }
            return sorted[index] + fraction * (sorted[index + 1] - sorted[index])
        }
    }
}
