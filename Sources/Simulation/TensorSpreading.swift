/// Spreads weights at points of a box over the points of its grid, so that `sum_k w_k f(x_k)` is the sum of the weights times the
/// values at the points of the polynomial through f.
///
/// What is spread is the product of the rows of all axes. Points are collected and added four at a time, which reads and writes the
/// sums once for four of them. Used by one thread at a time.
final class TensorSpreading {
    private static let batch = 4

    private let grid: TensorGrid
    /// The rows of the first axis, and the products of the others times the weight, of the points collected.
    private let first: LaneStorage
    private let others: LaneStorage
    private let row: LaneStorage
    private var collected = 0

    init(_ grid: TensorGrid) {
        self.grid = grid
        first = LaneStorage(variables: Self.batch, lanes: grid.nodes)
        others = LaneStorage(variables: Self.batch, lanes: max(1, grid.count / grid.nodes))
        row = LaneStorage(variables: 1, lanes: grid.nodes)
    }

    /// - Parameters:
    ///   - point: the coordinates, `stride` apart.
    ///   - sum: the weights at all points of the grid.
    func add(_ weight: Double, at point: UnsafePointer<Double>, stride: Int, to sum: UnsafeMutablePointer<Double>) {
        let nodes = grid.nodes
        grid.fillRow(first.block.base + collected * nodes, axis: 0, at: point[0])
        let product = others.block.base + collected * others.block.lanes
        product[0] = weight
        var count = 1
        for axis in Swift.stride(from: grid.dimension - 1, to: 0, by: -1) {
            let row = row.block.base
            grid.fillRow(row, axis: axis, at: point[axis * stride])
            // From the last one on, as the first is what all are multiplied with.
            var k = nodes - 1
            while k >= 0 {
                let factor = row[k]
                let target = product + k * count
                var index = 0
                while index < count {
                    target[index] = factor * product[index]
                    index += 1
                }
                k -= 1
            }
            count *= nodes
        }
        collected += 1
        if collected == Self.batch { flush(to: sum) }
    }

    /// Adds what is collected.
    func flush(to sum: UnsafeMutablePointer<Double>) {
        guard collected > 0 else { return }
        let (nodes, length) = (grid.nodes, others.block.lanes)
        (first.block.base + collected * nodes).update(repeating: 0, count: (Self.batch - collected) * nodes)
        let (a, b) = (others.block.base, others.block.base + length)
        let (c, d) = (b + length, b + 2 * length)
        for k in 0..<nodes {
            let target = sum + k * length
            let rows = first.block.base + k
            let (p, q, r, s) = (rows[0], rows[nodes], rows[2 * nodes], rows[3 * nodes])
            var index = 0
            while index < length {
                target[index] += p * a[index] + q * b[index] + r * c[index] + s * d[index]
                index += 1
            }
        }
        collected = 0
    }
}
