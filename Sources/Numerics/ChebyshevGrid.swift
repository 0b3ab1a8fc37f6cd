import Foundation

/// The Chebyshev points of the second kind on an interval, ends included, with their interpolating polynomial.
///
/// Source: Berrut and Trefethen, "Barycentric Lagrange interpolation", SIAM Review 46, 2004.
public struct ChebyshevGrid: Sendable {
    public let lower: Double
    public let upper: Double
    /// The points, ascending.
    public let nodes: [Double]
    /// The barycentric weights: +-1, halved at the ends.
    private let weights: [Double]

    /// - Precondition: count >= 2 and lower < upper.
    public init(from lower: Double, to upper: Double, count: Int) {
        precondition(count >= 2 && lower < upper, "a Chebyshev grid has two points or more on an interval")
        self.lower = lower
        self.upper = upper
        let n = Double(count - 1)
        nodes = (0..<count).map { j in
            // The sine of a centred angle makes the points symmetric to the last bit; the ends are given exactly.
            if j == 0 { return lower }
            if j == count - 1 { return upper }
            return 0.5 * (lower + upper) + 0.5 * (upper - lower) * sin(.pi * (2 * Double(j) - n) / (2 * n))
        }
        weights = (0..<count).map { j in
            (j.isMultiple(of: 2) ? 1.0 : -1.0) * (j == 0 || j == count - 1 ? 0.5 : 1)
        }
    }

    /// The row r with sum_j r_j f(x_j) the value at x of the polynomial through all points; x may lie outside.
    public func interpolationRow(at x: Double) -> [Double] {
        if let hit = nodes.firstIndex(of: x) {
            return nodes.indices.map { $0 == hit ? 1 : 0 }
        }
        var row = zip(nodes, weights).map { node, weight in weight / (x - node) }
        let sum = row.reduce(0, +)
        for j in row.indices { row[j] /= sum }
        return row
    }

    /// The matrix that takes values at the points to the derivative of the interpolating polynomial there.
    ///
    /// Each diagonal entry is minus the sum of its row, so that constants have derivative zero exactly.
    public var differentiationMatrix: DenseMatrix {
        let n = nodes.count
        var matrix = DenseMatrix(rows: n, columns: n)
        for i in 0..<n {
            var sum = CompensatedSum()
            for j in 0..<n where j != i {
                let entry = weights[j] / weights[i] / (nodes[i] - nodes[j])
                matrix[i, j] = entry
                sum.add(entry)
            }
            matrix[i, i] = -sum.value
        }
        return matrix
    }
}
