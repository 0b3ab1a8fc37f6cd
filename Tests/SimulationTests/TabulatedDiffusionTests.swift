import Numerics
import Testing

@testable import Simulation

struct TabulatedDiffusionTests {
    @Test func `a table has the coefficients of its model, and outside those of the ends`() {
        let model = ClosureDiffusion(stepSize: 0.1, dimension: 1, stateCount: 1, columnCount: 2) { states, time, b, s in
            for lane in 0..<states.lanes {
                let x = states[0][lane]
                b[0][lane] = time - x * x * x
                s[0][lane] = 1 + x
                s[1][lane] = 0.5 * x * x
            }
        }
        let table = TabulatedDiffusion(model, time: 0.3, on: PanelGrid(edges: [-1, 0, 2], nodes: 6))
        #expect((table.stepSize, table.columnCount) == (0.1, 2))
        for (x, inside) in [(-1, -1), (-0.37, -0.37), (0, 0), (1.6, 1.6), (2, 2), (5.0, 2.0), (-4, -1)] {
            let (drift, factor) = table.coefficients(at: [x], time: 0)
            let expected = model.coefficients(at: [inside], time: 0.3)
            #expect(abs(drift[0] - expected.drift[0]) < 1e-13)
            for column in 0..<2 { #expect(abs(factor[column] - expected.factor[column]) < 1e-13) }
        }
    }
}

struct EvenExtrapolationTests {
    @Test func `as many steps as there are terms give the limit of a series in even powers`() {
        var extrapolation = EvenExtrapolation()
        for step in [1.0, 0.5, 1.0 / 3, 0.25] {
            let square = step * step
            extrapolation.append(3 + 0.7 * square - 2 * square * square + square * square * square, step: step)
        }
        #expect(abs(extrapolation.value - 3) < 1e-12)
        extrapolation.append(3 + 0.7 / 36 - 2.0 / (36 * 36) + 1.0 / (36 * 36 * 36), step: 1.0 / 6)
        #expect(abs(extrapolation.value - 3) < 1e-12)
        #expect(extrapolation.change < 1e-12)
    }
}
