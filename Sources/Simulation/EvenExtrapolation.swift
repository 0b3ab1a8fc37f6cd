/// Extrapolation to step 0 of values whose errors are a series in even powers of the step, by the scheme of Neville.
struct EvenExtrapolation {
    private var squares: [Double] = []
    /// The values extrapolated from the last 1, 2, ... values.
    private var row: [Double] = []
    /// The extrapolation from all values.
    private(set) var value = Double.nan
    /// How much the last value has changed it.
    private(set) var change = Double.nan

    mutating func append(_ next: Double, step: Double) {
        squares.append(step * step)
        var extended = [next]
        for (order, previous) in row.enumerated() {
            let ratio = squares[squares.count - 2 - order] / squares[squares.count - 1]
            extended.append(extended[order] + (extended[order] - previous) / (ratio - 1))
        }
        change = ((extended.last ?? next) - value).magnitude
        value = extended.last ?? next
        row = extended
    }
}
