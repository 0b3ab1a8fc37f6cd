/// A sum that carries its rounding error along, as accurate as if formed in twice the precision.
///
/// Source: Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974.
public struct CompensatedSum: Sendable {
    private var sum: Double
    private var correction = 0.0

    public init(_ value: Double = 0) { sum = value }

    public var value: Double {
        let total = sum + correction
        // An infinite sum has a correction that is not a number.
        return total.isNaN ? sum : total
    }

    public mutating func add(_ term: Double) {
        let total = sum + term
        if sum.magnitude >= term.magnitude {
            correction += (sum - total) + term
        } else {
            correction += (term - total) + sum
        }
        sum = total
    }

    /// Adds another sum with its correction.
    public mutating func add(_ other: CompensatedSum) {
        add(other.sum)
        correction += other.correction
    }
}
