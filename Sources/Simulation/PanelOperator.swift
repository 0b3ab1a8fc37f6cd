import Numerics

/// The operator that takes a function on a grid to its expectation one step earlier.
struct PanelOperator {
    private let matrix: DenseMatrix

    /// The step of an optimizer from every point of the grid.
    init(_ outcomes: StepOutcomes, on grid: PanelGrid) {
        var values = outcomes.values
        for row in 0..<outcomes.count {
            for index in outcomes.range(row) { values[index] = grid.inside(values[index], from: grid.points[row]) }
        }
        let count = grid.points.count
        var matrix = DenseMatrix(rows: count, columns: count)
        matrix.entries.withUnsafeMutableBufferPointer { entries in
            values.withUnsafeBufferPointer { values in
                outcomes.weights.withUnsafeBufferPointer { weights in
                    for row in 0..<count {
                        let range = outcomes.range(row)
                        guard let target = entries.baseAddress, !range.isEmpty else { continue }
                        grid.add(
                            UnsafeBufferPointer(rebasing: values[range]),
                            weights: UnsafeBufferPointer(rebasing: weights[range]), to: target + row * count)
                    }
                }
            }
        }
        self.matrix = matrix
    }

    /// The step of a chain from every point of the grid.
    init(_ chain: some GridChain, step: Int, on grid: PanelGrid) {
        let lanes = grid.points.count
        let states = LaneStorage(variables: 1, lanes: lanes)
        for (lane, point) in grid.points.enumerated() { states.block.base[lane] = point }
        let outcomes = chain.outcomes(of: states.block, step: step)
        let weights = chain.weights(ofStep: step)
        let values = (0..<lanes).flatMap { lane in weights.indices.map { outcomes.block.base[$0 * lanes + lane] } }
        self.init(
            StepOutcomes(
                values: values, weights: Array(repeatElement(weights, count: lanes).joined()),
                starts: (0...lanes).map { $0 * weights.count }),
            on: grid)
    }

    func applied(to values: [Double]) -> [Double] { matrix.applied(to: values) }
}

extension PanelGrid {
    /// A value as it is, or the end of the grid on the side of the point from which it left the finite numbers.
    fileprivate func inside(_ value: Double, from point: Double) -> Double {
        if value.isFinite { return value }
        let (lower, upper) = (edges[0], edges[edges.count - 1])
        return point - lower < upper - point ? lower : upper
    }
}
