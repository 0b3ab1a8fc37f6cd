import BuiltInRules
import Matching
import Testing

@testable import Compilation

/// Expectations over the noise of all coordinates that are computed by an integral over the length of the gradient.
struct NormExpectationValueTests {
    // At x = (0.7, 0.2) on (x1^2 + 2 x2^2)/2 with sigma = 0.5: in polar coordinates, Gauss and Legendre's rule with 80
    // nodes on each of eleven intervals of the radius and the trapezoidal rule with 400 angles.
    @Test(arguments: [
        (
            "normclippedsgd", ["c": 0.8], [-0.4886622593197155, -0.2792355767541232],
            [0.08882319234594382, -0.024349599224963298, 0.11752093428965057]
        ),
        (
            "lars", ["gamma": 0.1], [-0.5085070299965091, -0.27288734780582985],
            [0.06679213903128184, -0.029588012206153688, 0.1033488498152618]
        ),
    ])
    func `drift and covariance are those of the rule`(
        name: String, own: [String: Double], drift: [Double], covariance: [Double]
    ) throws {
        let derivation = try Derivation(of: BuiltInRules.rule(named: name), noise: .gaussian)
        let model = try derivation.sde.compiled(
            on: .quadratic([1, 2]), parameters: own.merging(["eta": 0.01, "sigma": 0.5]) { $1 },
            draw: derivation.draw)
        let values = model.drift([0.7, 0.2], 0)
        for (value, reference) in zip(values, drift) { #expect(abs(value - reference) < 1e-10) }
        let s = model.covariance([0.7, 0.2], 0)
        for (value, reference) in zip([s[0, 0], s[0, 1], s[1, 1]], covariance) {
            #expect(abs(value - reference) < 1e-10)
        }
    }

    // The first is read from a table in the length of the mean, the second integrated: its function depends on the state.
    @Test(arguments: [("normclippedsgd", ["c": 0.8]), ("lars", ["gamma": 0.1]), ("lars", ["gamma": 0])])
    func `many states have the expectations of each`(name: String, own: [String: Double]) throws {
        let derivation = try Derivation(of: BuiltInRules.rule(named: name), noise: .gaussian)
        let model = try derivation.sde.compiled(
            on: .quadratic([1, 2]), parameters: own.merging(["eta": 0.01, "sigma": 0.3]) { $1 },
            draw: derivation.draw)
        let columns = [[0.7, 0.1, -0.3, 0.02, 1.9], [0.2, -0.1, 0.4, 0.01, -0.8]]
        var results = [[Double]](
            repeating: [Double](repeating: 0, count: 5), count: 2 + 2 * model.diffusionEntries.count)
        try withTables(columns, &results) { states, result in
            model.evaluate(states: states, time: 0, drift: result, diffusion: result.dropping(rows: 2), count: 5)
        }
        for lane in 0..<5 {
            let drift = model.drift(columns.map { $0[lane] }, 0)
            for i in 0..<2 { #expect(abs(results[i][lane] - drift[i]) < 1e-11) }
        }
    }

    @Test func `a gradient that is always clipped is normalized, one that never is stays as it is`() throws {
        let clipped = try Derivation(of: BuiltInRules.rule(named: "normclippedsgd"), noise: .gaussian)
        let normalized = try Derivation(of: BuiltInRules.rule(named: "normalizedsgd"), noise: .gaussian)
        let parameters = ["eta": 0.01, "sigma": 0.5]
        let state = [0.7, 0.2, -0.4]
        func drift(_ derivation: Derivation, c: Double?) throws -> [Double] {
            try derivation.sde.compiled(
                on: .quadratic([1, 2, 3]), parameters: parameters.merging(c.map { ["c": $0] } ?? [:]) { $1 },
                draw: derivation.draw
            ).drift(state, 0)
        }
        for (a, b) in zip(try drift(clipped, c: 1e-3), try drift(normalized, c: nil)) {
            #expect(abs(a - 1e-3 * b) < 1e-11)
        }
        for (a, b) in zip(try drift(clipped, c: 100), [0.7, 0.4, -1.2]) { #expect(abs(a + b) < 1e-11) }
    }
}
