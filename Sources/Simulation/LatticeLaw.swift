/// The exact law of an optimizer whose steps have a few outcomes that meet again, such as those of SignSGD, which moves by
/// one step size up or down: it stays on a lattice, whatever the law of the noise.
struct LatticeLaw {
    /// The points that are reached, ascending, with their probabilities.
    private(set) var points: [(value: Double, probability: Double)]

    private static let mostOutcomes = 4
    private static let mostPoints = 4096
    /// Relative to the largest of 1 and the value: sums of the same steps in another order differ by rounding.
    private static let separation = 1e-11

    /// - Returns: `nil` where a step has many outcomes or they do not meet again.
    init?(of optimizer: ScalarOptimizer, from start: Double, steps: Int, quadrature: NoiseQuadrature?) {
        points = [(start, 1)]
        for step in 0..<steps {
            let outcomes = optimizer.outcomes(at: points.map(\.value), step: step + 1, quadrature: quadrature)
            var next: [(value: Double, probability: Double)] = []
            for (index, point) in points.enumerated() {
                let range = outcomes.range(index)
                guard range.count <= Self.mostOutcomes else { return nil }
                for k in range where outcomes.weights[k] > 0 {
                    guard outcomes.values[k].isFinite else { return nil }
                    next.append((outcomes.values[k], point.probability * outcomes.weights[k]))
                }
            }
            points = Self.merged(next)
            guard points.count <= Self.mostPoints else { return nil }
        }
    }

    func expectation(of test: (Double) -> Double) -> Double {
        points.reduce(0) { $0 + $1.probability * test($1.value) }
    }

    private static func merged(
        _ points: [(value: Double, probability: Double)]
    ) -> [(value: Double, probability: Double)] {
        var result: [(value: Double, probability: Double)] = []
        for point in points.sorted(by: { $0.value < $1.value }) {
            if let last = result.last, point.value - last.value <= separation * max(1, last.value.magnitude) {
                result[result.count - 1].probability += point.probability
            } else {
                result.append(point)
            }
        }
        return result
    }
}
