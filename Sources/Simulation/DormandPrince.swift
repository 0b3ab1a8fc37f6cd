import Foundation

/// The explicit Runge-Kutta pair of orders 5 and 4 of Dormand and Prince (1980), with step-size control.
///
/// For a stiff linear system (a diffusion on a grid) the control settles at the border of stability and stays accurate.
struct DormandPrince {
    /// Largest admitted error of a step, relative to the largest component of the solution (or to 1).
    var tolerance = 1e-11
    /// Most steps before giving up.
    var maximumSteps = 200_000

    /// Integrates `y' = f(t, y)`.
    ///
    /// - Returns: `nil` when the solution is not finite or the steps run out.
    func solve(
        _ start: [Double], from t0: Double, to t1: Double, _ f: (_ t: Double, _ y: [Double]) -> [Double]
    ) -> [Double]? {
        guard t1 > t0 else { return start }
        var y = start
        var t = t0
        var slope = f(t, y)
        var h = firstStep(y, slope, span: t1 - t0)
        for _ in 0..<maximumSteps {
            let isLast = t + h >= t1 * (1 - 1e-15)
            if isLast { h = t1 - t }
            let (next, nextSlope, error) = step(y, slope, t, h, f)
            guard error.isFinite else {
                h /= 10
                if h < 1e-14 * (t1 - t0) { return nil }
                continue
            }
            let ratio = error / tolerance
            if ratio <= 1 {
                (t, y, slope) = (t + h, next, nextSlope)
                if isLast { return y }
            }
            h *= min(5, max(0.2, 0.9 / pow(ratio, 0.2)))
        }
        return nil
    }

    private func firstStep(_ y: [Double], _ slope: [Double], span: Double) -> Double {
        let speed = slope.reduce(0) { max($0, $1.magnitude) }
        guard speed.isFinite, speed > 0 else { return span / 10 }
        return min(span / 10, 0.01 * max(1, y.reduce(0) { max($0, $1.magnitude) }) / speed)
    }

    private func step(
        _ y: [Double], _ k1: [Double], _ t: Double, _ h: Double, _ f: (Double, [Double]) -> [Double]
    ) -> (next: [Double], slope: [Double], error: Double) {
        var stages = [k1]
        for (node, row) in zip(Self.nodes, Self.rows) { stages.append(f(t + node * h, combine(y, stages, row, h))) }
        // The last row is the solution of order 5 itself ("first same as last").
        let next = combine(y, stages, Self.rows[Self.rows.count - 1], h)
        let difference = combine([Double](repeating: 0, count: y.count), stages, Self.errorRow, h)
        let scale = next.reduce(1) { max($0, $1.magnitude) }
        let error = difference.reduce(0) { $1.isFinite ? max($0, $1.magnitude) : .infinity } / scale
        return (next, stages[stages.count - 1], error)
    }

    private func combine(_ y: [Double], _ stages: [[Double]], _ row: [Double], _ h: Double) -> [Double] {
        var sum = y
        sum.withUnsafeMutableBufferPointer { sum in
            guard let target = sum.baseAddress else { return }
            for (weight, stage) in zip(row, stages) where weight != 0 {
                let factor = weight * h
                stage.withUnsafeBufferPointer { stage in
                    guard let source = stage.baseAddress else { return }
                    var index = 0
                    while index < stage.count {
                        target[index] += factor * source[index]
                        index += 1
                    }
                }
            }
        }
        return sum
    }

    private static let nodes: [Double] = [1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1]
    private static let rows: [[Double]] = [
        [1.0 / 5],
        [3.0 / 40, 9.0 / 40],
        [44.0 / 45, -56.0 / 15, 32.0 / 9],
        [19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729],
        [9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656],
        [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84],
    ]
    /// The solution of order 5 less that of order 4.
    private static let errorRow: [Double] = [
        71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40,
    ]
}
