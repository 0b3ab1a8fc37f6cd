import Numerics
import Testing

@Suite struct PanelGridTests {
    private let grid = PanelGrid(edges: [-1, 0.5, 0.75, 4], nodes: 7)

    /// Of the degree that seven points fix.
    private func polynomial(_ x: Double) -> Double { ((((x - 2) * x + 1) * x - 3) * x + 0.5) * x * x - 1 }

    @Test func `neighbouring panels share the point between them`() {
        #expect(grid.points.count == 3 * 6 + 1)
        #expect(grid.points == grid.points.sorted())
        for edge in grid.edges { #expect(grid.points.contains { abs($0 - edge) < 1e-15 }) }
    }

    @Test func `a polynomial is its own interpolation, at points and between them`() {
        let values = grid.points.map(polynomial)
        for x in [-1, -0.3, 0.5, 0.6, 0.75, 1.9, 4] + grid.points {
            #expect(abs(grid.place(x).value(values) - polynomial(x)) < 1e-10 * max(1, abs(polynomial(x))), "\(x)")
        }
    }

    @Test func `outside of the panels a function has the value of the nearest end`() {
        let values = grid.points.map(polynomial)
        #expect(grid.place(-7).value(values) == values[0])
        #expect(grid.place(90).value(values) == values[values.count - 1])
    }

    @Test func `sums over places and tables of functions are those of single places`() {
        let places = [-3, -0.9, 0.5, 0.61, 3.2]
        let weights = [0.1, 0.2, 0.3, 0.15, 0.25]
        let values = grid.points.map(polynomial)
        var row = [Double](repeating: 0, count: grid.points.count)
        row.withUnsafeMutableBufferPointer { row in
            places.withUnsafeBufferPointer { places in
                weights.withUnsafeBufferPointer { weights in
                    if let row = row.baseAddress { grid.add(places, weights: weights, to: row) }
                }
            }
        }
        let sum = zip(row, values).reduce(0) { $0 + $1.0 * $1.1 }
        let expected = zip(places, weights).reduce(0) { $0 + $1.1 * grid.place($1.0).value(values) }
        #expect(abs(sum - expected) < 1e-12 * abs(expected))

        var table = [Double](repeating: .nan, count: 2 * places.count)
        places.withUnsafeBufferPointer { places in
            grid.interpolate(values + values.map { 2 * $0 }, at: places) { function, place, value in
                table[function * places.count + place] = value
            }
        }
        for (index, place) in places.enumerated() {
            let value = grid.place(place).value(values)
            #expect(abs(table[index] - value) < 1e-12 * max(1, abs(value)))
            #expect(abs(table[places.count + index] - 2 * value) < 1e-12 * max(1, abs(value)))
        }
    }
}
