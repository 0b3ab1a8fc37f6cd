/// Evenly spaced points of one or two variables, between which functions are interpolated linearly.
struct StateGrid: Sendable {
    private let lower: [Double]
    private let spacing: [Double]
    private let counts: [Int]

    /// - Parameters:
    ///   - ranges: one for each variable; an empty one takes a single point.
    ///   - nodes: points in each direction, at least 2.
    init(_ ranges: [ClosedRange<Double>], nodes: Int) {
        lower = ranges.map(\.lowerBound)
        counts = ranges.map { $0.upperBound > $0.lowerBound ? nodes : 1 }
        spacing = ranges.map { ($0.upperBound - $0.lowerBound) / Double(nodes - 1) }
    }

    var count: Int { counts.reduce(1, *) }

    var points: [[Double]] {
        (0..<count).map { index in
            var rest = index
            return counts.indices.map { axis in
                defer { rest /= counts[axis] }
                return lower[axis] + spacing[axis] * Double(rest % counts[axis])
            }
        }
    }

    /// The cell of a state: its first corner and, for each axis, the step to the next corner and how far towards it the
    /// state is.
    ///
    /// - Parameter isClamped: whether states outside are taken to the edge, or the cell at the edge is continued.
    func cell(_ state: (Int) -> Double, isClamped: Bool) -> Cell {
        var cell = Cell()
        var stride = 1
        for axis in counts.indices {
            defer { stride *= counts[axis] }
            guard counts[axis] > 1 else { continue }
            let place = (state(axis) - lower[axis]) / spacing[axis]
            let node = min(max(place, 0), Double(counts[axis] - 2)).rounded(.down)
            var fraction = place - node
            if isClamped { fraction = min(max(fraction, 0), 1) }
            cell.first += Int(node) * stride
            if axis == 0 { (cell.stride0, cell.fraction0) = (stride, fraction) }
            if axis == 1 { (cell.stride1, cell.fraction1) = (stride, fraction) }
        }
        return cell
    }

    struct Cell {
        var first = 0
        var stride0 = 0
        var fraction0 = 0.0
        var stride1 = 0
        var fraction1 = 0.0

        @inline(__always)
        func interpolate(_ value: (Int) -> Double) -> Double {
            func line(_ start: Int) -> Double {
                fraction0 == 0 ? value(start) : (1 - fraction0) * value(start) + fraction0 * value(start + stride0)
            }
            return fraction1 == 0 ? line(first) : (1 - fraction1) * line(first) + fraction1 * line(first + stride1)
        }
    }
}
