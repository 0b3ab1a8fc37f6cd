import Foundation
import Numerics

extension ChebyshevGrid {
    /// The interpolating polynomial's value.
    func value(of values: [Double], at x: Double) -> Double {
        zip(interpolationRow(at: x), values).reduce(0) { $0 + $1.0 * $1.1 }
    }
}

/// The operator that takes a function on a grid to its expectation one optimizer step earlier.
///
/// Row `x` holds `E T_k(X')` for the Chebyshev polynomials `T_k` and the next iterate `X'` from `x`; the function enters
/// by its Chebyshev coefficients.
struct StepMatrix {
    private let moments: DenseMatrix

    init(optimizer: ScalarOptimizer, step: Int, grid: ChebyshevGrid, box: Box) {
        let count = grid.nodes.count
        var moments = DenseMatrix(rows: count, columns: count)
        moments.entries.withUnsafeMutableBufferPointer { entries in
            for (row, x) in grid.nodes.enumerated() {
                let target = UnsafeMutableBufferPointer(rebasing: entries[row * count..<(row + 1) * count])
                let outcomes = optimizer.outcomes(at: x, step: step)
                let mean = outcomes.reduce(0) { $0 + $1.weight * ($1.value - x) }
                let centre = x + box.increment(mean, at: x)
                let fade = box.fade(x)
                for (value, weight) in outcomes where weight != 0 {
                    // Beyond the fade the iterate may not even be finite.
                    let next = fade < 1e-15 ? centre : centre + fade * (value - x - mean)
                    Self.addPolynomials(at: box.scaled(box.clamp(next)), weight: weight, to: target)
                }
            }
        }
        self.moments = moments
    }

    /// - Parameter coefficients: see ``ChebyshevTransform``.
    func applied(toCoefficients coefficients: [Double]) -> [Double] { moments.applied(to: coefficients) }

    /// Adds `weight T_k(s)` for every `k`, by `T_(k+1) = 2 s T_k - T_(k-1)`.
    private static func addPolynomials(at s: Double, weight: Double, to row: UnsafeMutableBufferPointer<Double>) {
        var (previous, current) = (weight * s, weight)
        for k in 0..<row.count {
            row[k] += current
            (previous, current) = (current, 2 * s * current - previous)
        }
    }
}

/// The matrix from values at the points of a ``ChebyshevGrid`` to the coefficients of their Chebyshev polynomials.
///
/// With `N` intervals, `c_k = (2 - [k = 0] - [k = N])/N sum''_j f(x_j) T_k(s_j)`, the first and last term halved.
struct ChebyshevTransform {
    private let matrix: DenseMatrix

    init(count: Int) {
        let last = count - 1
        var matrix = DenseMatrix(rows: count, columns: count)
        for k in 0..<count {
            for j in 0..<count {
                // The points ascend: s_j = -cos(pi j/N). Reducing k j keeps the angle small and the cosine exact.
                let angle = Double(k * j % (2 * last)) * .pi / Double(last)
                let sign: Double = k.isMultiple(of: 2) ? 1 : -1
                let halves: Double = (k == 0 || k == last ? 0.5 : 1) * (j == 0 || j == last ? 0.5 : 1)
                matrix[k, j] = sign * halves * 2 / Double(last) * cos(angle)
            }
        }
        self.matrix = matrix
    }

    func coefficients(of values: [Double]) -> [Double] { matrix.applied(to: values) }
}

/// The generator `b d/dx + (eta/2) S d^2/dx^2` on a grid.
struct ScalarGenerator {
    private let model: ScalarDiffusion
    private let box: Box
    private let nodes: [Double]
    private let first: DenseMatrix
    private let second: DenseMatrix
    /// The whole operator where it does not depend on time.
    private let constant: DenseMatrix?

    init(model: ScalarDiffusion, grid: ChebyshevGrid, box: Box) {
        self.model = model
        self.box = box
        nodes = grid.nodes
        first = grid.differentiationMatrix
        second = first * first
        constant = model.dependsOnTime ? nil : Self.combine(model, box, nodes, first, second)
    }

    func applied(to values: [Double], time: Double) -> [Double] {
        if let constant { return constant.applied(to: values) }
        let slopes = first.applied(to: values)
        let curvatures = second.applied(to: values)
        return nodes.indices.map { index in
            let (drift, diffusion) = Self.coefficients(model, box, at: nodes[index], time: time)
            return drift * slopes[index] + diffusion * curvatures[index]
        }
    }

    private static func coefficients(
        _ model: ScalarDiffusion, _ box: Box, at x: Double, time: Double
    ) -> (drift: Double, diffusion: Double) {
        let covariance = box.covariance(model.covariance(x, time), at: x)
        return (box.drift(model.drift(x, time), at: x), model.stepSize / 2 * covariance)
    }

    private static func combine(
        _ model: ScalarDiffusion, _ box: Box, _ nodes: [Double], _ first: DenseMatrix, _ second: DenseMatrix
    ) -> DenseMatrix {
        var result = first
        let count = nodes.count
        for row in 0..<count {
            let (drift, diffusion) = coefficients(model, box, at: nodes[row], time: 0)
            for index in row * count..<(row + 1) * count {
                result.entries[index] = drift * first.entries[index] + diffusion * second.entries[index]
            }
        }
        return result
    }
}

extension DenseMatrix {
    /// The product with a vector, in four partial sums so that additions need not wait for one another.
    ///
    /// - Precondition: the vector has one entry for each column.
    func applied(to vector: [Double]) -> [Double] {
        precondition(vector.count == columns, "the vector's length is not the number of columns")
        return entries.withUnsafeBufferPointer { entries in
            vector.withUnsafeBufferPointer { vector in
                guard let matrix = entries.baseAddress, let x = vector.baseAddress else { return [] }
                return [Double](unsafeUninitializedCapacity: rows) { result, count in
                    for i in 0..<rows {
                        let row = matrix + i * columns
                        var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
                        var j = 0
                        while j + 4 <= columns {
                            a += row[j] * x[j]
                            b += row[j + 1] * x[j + 1]
                            c += row[j + 2] * x[j + 2]
                            d += row[j + 3] * x[j + 3]
                            j += 4
                        }
                        while j < columns {
                            a += row[j] * x[j]
                            j += 1
                        }
                        result.initializeElement(at: i, to: (a + b) + (c + d))
                    }
                    count = rows
                }
            }
        }
    }
}
