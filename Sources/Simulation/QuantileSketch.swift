/// Counts of values in classes of nearly equal relative width, from which quantiles are read.
///
/// A class holds the numbers that share sign, exponent and the first 11 binary digits behind the point. Counts add up to
/// the same whatever the order and the grouping, so that parts merge exactly, and a quantile errs by at most the width of
/// a class, ``relativeError`` (numbers below 1e-307 count as one class). After the idea of DDSketch (Masson, Rim and Lee
/// 2019), with classes that need no logarithm.
///
/// Memory is 16 bytes for every class that occurs, 2048 for a factor of two.
struct QuantileSketch: Codable, Equatable, Sendable {
    /// The largest error of a quantile, relative to it: `2^-11`, rounded up.
    static let relativeError = 0.0005

    private static let digits = 11
    private static let shift = Int64(52 - digits)

    /// The classes that occur, in order, and their counts.
    private var classes: [Int64] = []
    private var counts: [Int] = []

    var count: Int { counts.reduce(0, +) }

    /// - Complexity: O(n log n) for n values, and linear in the number of classes.
    mutating func add(_ values: some Sequence<Double>) {
        var next = QuantileSketch()
        for value in values.map(Self.index).sorted() {
            if next.classes.last == value {
                next.counts[next.counts.count - 1] += 1
            } else {
                next.classes.append(value)
                next.counts.append(1)
            }
        }
        merge(next)
    }

    mutating func merge(_ other: QuantileSketch) {
        guard !other.classes.isEmpty else { return }
        var result = QuantileSketch()
        var (i, j) = (0, 0)
        while i < classes.count || j < other.classes.count {
            let mine = i < classes.count ? classes[i] : .max
            let theirs = j < other.classes.count ? other.classes[j] : .max
            result.classes.append(min(mine, theirs))
            result.counts.append((mine <= theirs ? counts[i] : 0) + (theirs <= mine ? other.counts[j] : 0))
            if mine <= theirs { i += 1 }
            if theirs <= mine { j += 1 }
        }
        self = result
    }

    /// The quantile by linear interpolation between order statistics, each taken from its place in its class; not a
    /// number for an empty sketch.
    func quantile(_ probability: Double) -> Double {
        let count = count
        guard count > 0 else { return .nan }
        let position = probability * Double(count - 1)
        let rank = Int(position.rounded(.down))
        let below = orderStatistic(rank)
        guard rank + 1 < count else { return below }
        return below + (position - Double(rank)) * (orderStatistic(rank + 1) - below)
    }

    private func orderStatistic(_ rank: Int) -> Double {
        var before = 0
        for (index, count) in zip(classes, counts) {
            if rank < before + count {
                let (low, high) = (Self.lowerBound(index), Self.lowerBound(index + 1))
                return low + (high - low) * ((Double(rank - before) + 0.5) / Double(count))
            }
            before += count
        }
        return .nan
    }

    /// The class of a number; in the order of the numbers.
    private static func index(_ value: Double) -> Int64 { ordered(Int64(bitPattern: value.bitPattern)) >> shift }

    private static func lowerBound(_ index: Int64) -> Double {
        Double(bitPattern: UInt64(bitPattern: ordered(index << shift)))
    }

    /// Carries the bits of numbers to integers in the same order, and back.
    private static func ordered(_ bits: Int64) -> Int64 { bits < 0 ? bits ^ .max : bits }
}
