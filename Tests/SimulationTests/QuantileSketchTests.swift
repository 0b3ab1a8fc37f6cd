import Foundation
import Numerics
import Testing

@testable import Simulation

@Suite struct QuantileSketchTests {
    private let stream = RandomStream(seed: 3)

    private func sketch(_ values: [Double]) -> QuantileSketch {
        var sketch = QuantileSketch()
        sketch.add(values)
        return sketch
    }

    @Test("quantiles are within the stated relative error, whatever the law", arguments: [0.001, 0.05, 0.5, 0.95, 1])
    func error(probability: Double) {
        let normals = (0..<20_000).map { stream.normal(path: $0, step: 0, component: 0) }
        let samples = [
            normals, normals.map { 3 + 0.01 * $0 }, normals.map { exp(5 * $0) }, normals.map { -exp(20 * $0) },
            normals.map { 1e-300 * $0 }, normals.map { ($0 * 2).rounded() },
        ]
        for sample in samples {
            let exact = Quantiles.quantile(probability, of: sample)
            let found = sketch(sample).quantile(probability)
            #expect(abs(found - exact) <= QuantileMethod.sketchError * abs(exact) + 1e-306, "\(exact)")
        }
    }

    @Test("sketches merge to the same in every order")
    func merge() {
        let parts = (0..<5).map { part in
            (0..<(100 * part)).map { stream.normal(path: $0, step: part, component: 0) }
        }
        let whole = sketch(parts.flatMap(\.self))
        for order in [[0, 1, 2, 3, 4], [4, 2, 0, 1, 3]] {
            var merged = QuantileSketch()
            for part in order { merged.merge(sketch(parts[part])) }
            #expect(merged == whole)
        }
        #expect(whole.count == 1000)
    }

    @Test("the extremes of the numbers, one value and none")
    func edges() {
        #expect(QuantileSketch().quantile(0.5).isNaN)
        #expect(abs(sketch([-2]).quantile(0.95) + 2) <= 2 * QuantileMethod.sketchError)
        let greatest = Double.greatestFiniteMagnitude
        #expect(sketch([-greatest, greatest]).quantile(1) >= greatest * (1 - QuantileMethod.sketchError))
        #expect(sketch([0.0, -0.0, 0.0]).quantile(0.5).magnitude < 1e-307)
    }
}
