import Numerics

/// A model of one state whose coefficients are polynomials on the panels of a grid, through their values at its points.
///
/// A grid that resolves the expectations resolves the coefficients as well; outside they keep the values at its ends.
struct TabulatedDiffusion: DiffusionKernel {
    let stepSize: Double
    let columnCount: Int
    private let grid: PanelGrid
    /// The drift at the points, then each column of the factor.
    private let table: [Double]

    var dimension: Int { 1 }
    var stateCount: Int { 1 }

    /// - Parameter model: with one state of one coordinate.
    init(_ model: any DiffusionKernel, time: Double, on grid: PanelGrid) {
        (stepSize, columnCount, self.grid) = (model.stepSize, model.columnCount, grid)
        let points = LaneStorage(variables: 1, lanes: grid.points.count)
        for (lane, point) in grid.points.enumerated() { points.block.base[lane] = point }
        let values = LaneStorage(variables: 1 + columnCount, lanes: points.block.lanes)
        let (drift, factor) = values.block.split(at: 1)
        model.evaluate(points.block, time: time, drift: drift, factor: factor)
        table = Array(values.block.values)
    }

    func evaluate(_ states: LaneBlock, time: Double, drift: LaneBlock, factor: LaneBlock) {
        grid.interpolate(table, at: UnsafeBufferPointer(states[0])) { function, lane, value in
            if function == 0 {
                drift.base[lane] = value
            } else {
                factor.base[(function - 1) * factor.lanes + lane] = value
            }
        }
    }
}
