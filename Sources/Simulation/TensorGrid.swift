import Foundation

/// Chebyshev points of a box in several variables, and the polynomial through values at them.
///
/// Point number `(i_1, ..., i_D)` stands at `i_1 n^(D-1) + ... + i_D`.
struct TensorGrid {
    let centres: [Double]
    let halfwidths: [Double]
    /// The number of points in each direction.
    let nodes: Int
    /// The points of [-1, 1], and the barycentric weights.
    private let points: [Double]
    private let weights: [Double]

    /// - Parameter nodes: at least 2.
    init(lower: [Double], upper: [Double], nodes: Int) {
        centres = zip(lower, upper).map { ($0 + $1) / 2 }
        // A box without extent in a direction gets a little, so that its points differ.
        halfwidths = zip(lower, upper).map { max(($1 - $0) / 2, 1e-6 * (1 + max($0.magnitude, $1.magnitude))) }
        self.nodes = nodes
        let last = Double(nodes - 1)
        points = (0..<nodes).map { sin(.pi * (2 * Double($0) - last) / (2 * last)) }
        weights = (0..<nodes).map { ($0.isMultiple(of: 2) ? 1 : -1) * ($0 == 0 || $0 == nodes - 1 ? 0.5 : 1) }
    }

    var dimension: Int { centres.count }
    var count: Int { (0..<dimension).reduce(1) { product, _ in product * nodes } }

    /// All points, a lane each.
    func states() -> LaneStorage {
        let storage = LaneStorage(variables: dimension, lanes: count)
        for axis in 0..<dimension {
            let stride = (axis + 1..<dimension).reduce(1) { product, _ in product * nodes }
            let values = storage.block[axis]
            for lane in 0..<count {
                values[lane] = centres[axis] + halfwidths[axis] * points[lane / stride % nodes]
            }
        }
        return storage
    }

    /// The row r with `sum_k r_k f(x_k)` the value at `x` of the polynomial through the points of one axis.
    func fillRow(_ row: UnsafeMutablePointer<Double>, axis: Int, at x: Double) {
        let s = (x - centres[axis]) / halfwidths[axis]
        var sum = 0.0
        for k in 0..<nodes {
            let distance = s - points[k]
            if distance == 0 {
                for j in 0..<nodes { row[j] = j == k ? 1 : 0 }
                return
            }
            row[k] = weights[k] / distance
            sum += row[k]
        }
        for k in 0..<nodes { row[k] /= sum }
    }
}
