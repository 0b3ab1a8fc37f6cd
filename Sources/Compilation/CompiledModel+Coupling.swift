import Matching
import Numerics

/// Noise that coordinates share.
extension CompiledModel {
    /// The number of rows that ``evaluateCovariance(states:time:into:count:)`` fills, with those of the pairs.
    var covarianceRowCount: Int {
        stateCount * stateCount * (dimension + (pairs?.pairCount ?? 0))
    }

    /// The covariance of pairs of coordinates i < j: entry (a, c) is (a n + c) times the number of pairs, plus the number
    /// of the pair.
    func crossCovariance(at state: State, time: Double) -> [Double] {
        guard let pairs else { return [] }
        var state = state
        var result = [Double](repeating: 0, count: pairs.outputCount * pairs.pairCount)
        state.withUnsafeMutableBufferPointer { states in
            result.withUnsafeMutableBufferPointer { values in
                guard let source = states.baseAddress, let target = values.baseAddress else { return }
                pairs.evaluate(
                    states: LaneRows(source, stride: 1), uniforms: [time], into: LaneRows(target, stride: 1), count: 1)
            }
        }
        return result
    }

    /// Puts together the covariance of one lane from the rows of the coordinates and those of the pairs after them.
    func fillCovariance(_ matrix: inout Matrix, from rows: LaneRows, lane: Int) {
        let (n, d) = (stateCount, dimension)
        for a in 0..<n {
            for c in 0..<n {
                for i in 0..<d { matrix[a * d + i, c * d + i] = rows[(a * n + c) * d + i][lane] }
            }
        }
        guard let count = pairs?.pairCount else { return }
        for a in 0..<n {
            for c in 0..<n {
                var row = n * n * d + (a * n + c) * count
                for i in 0..<d {
                    for j in i + 1..<max(i + 1, d) {
                        let value = rows[row][lane]
                        matrix[a * d + i, c * d + j] = value
                        matrix[c * d + j, a * d + i] = value
                        row += 1
                    }
                }
            }
        }
    }

    /// One step of Euler and Maruyama's scheme with the Cholesky factor of the whole covariance.
    ///
    /// A lane whose covariance is not positive semidefinite becomes NaN.
    func advanceCoupled(
        states: LaneRows, normals: LaneRows, time: Double, by length: Double, into result: LaneRows, count: Int
    ) {
        guard let pairs else { return }
        let size = stateCount * dimension
        let rows = covarianceRowCount
        let entryRows = diffusionEntries.count * dimension
        let root = (stepSize * length).squareRoot()
        withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, max(rows, entryRows) * count)) { memory in
            guard let base = memory.baseAddress else { return }
            let values = LaneRows(base, stride: count)
            coefficients.evaluate(
                states: states, uniforms: [time], into: result, and: values, split: stateCount, count: count)
            covarianceKernel.evaluate(states: states, uniforms: [time], into: values, count: count)
            pairs.evaluate(
                states: states, uniforms: [time], into: values.dropping(rows: stateCount * stateCount * dimension),
                count: count)
            var covariance = Matrix(rows: size, columns: size)
            for lane in 0..<count {
                fillCovariance(&covariance, from: values, lane: lane)
                let factor = try? covariance.choleskyFactor()
                for row in 0..<size {
                    var noise = factor == nil ? Double.nan : 0
                    if let factor { for column in 0...row { noise += factor[row, column] * normals[column][lane] } }
                    result[row][lane] = states[row][lane] + length * result[row][lane] + root * noise
                }
            }
        }
    }
}
