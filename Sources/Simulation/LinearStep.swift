import Numerics

/// The exact step of `dX = (A X + c) dt + sqrt(eta) S dW`, coupled to the Brownian increment.
///
///     X(t + h) = e^(Ah) X + F c + F G dW/h + R xi,   F = int_0^h e^(As) ds,   G = sqrt(eta) S
///
/// The noise `int e^(A(h - s)) G dW_s` has covariance `C = int_0^h e^(As) G G^T e^(A^T s) ds` (Van Loan 1978) and `F G`
/// with the increment; what the increment does not tell is normal with covariance `R R^T = C - F G G^T F^T / h`.
struct LinearStep: IntegratorStep {
    static let largestVariableCount = 128

    private let variableCount: Int
    /// `[e^(Ah), F G / sqrt(h), R]`, which act on the states, the standardized increments and the auxiliary numbers.
    private let matrix: DenseMatrix
    private let shift: [Double]

    /// - Precondition: the form of the model is linear.
    /// - Throws: ``SimulationError/schemeDoesNotApply(_:reason:)`` where a matrix is not finite.
    init(_ model: any DiffusionKernel, length h: Double) throws(SimulationError) {
        let n = model.variableCount
        let motions = model.brownianCount
        variableCount = n
        // An affine function is known from its values at 0 and at the unit vectors.
        let (constant, factor) = model.coefficients(at: Array(repeating: 0, count: n), time: 0)
        var a = DenseMatrix(rows: n, columns: n)
        for column in 0..<n {
            var unit = [Double](repeating: 0, count: n)
            unit[column] = 1
            let value = model.coefficients(at: unit, time: 0).drift
            for row in 0..<n { a[row, column] = value[row] - constant[row] }
        }
        var g = DenseMatrix(rows: n, columns: motions)
        for state in 0..<model.stateCount {
            for motion in 0..<motions {
                g[state * model.dimension + motion % model.dimension, motion] =
                    model.stepSize.squareRoot() * factor[state * motions + motion]
            }
        }
        do {
            (matrix, shift) = try Self.solution(a, g, constant, h)
        } catch {
            throw .schemeDoesNotApply(.linear, reason: "\(error)")
        }
    }

    private static func solution(
        _ a: DenseMatrix, _ g: DenseMatrix, _ constant: [Double], _ h: Double
    ) throws(DenseMatrixError) -> (DenseMatrix, [Double]) {
        let n = a.rows
        // exp of [A Q; 0 -A^T] h holds e^(Ah) and, times e^(Ah)^T, the covariance; exp of [A I; 0 0] h holds F.
        var van = DenseMatrix(rows: 2 * n, columns: 2 * n)
        var sum = DenseMatrix(rows: 2 * n, columns: 2 * n)
        let q = g * g.transposed
        for i in 0..<n {
            for j in 0..<n {
                van[i, j] = h * a[i, j]
                van[i, n + j] = h * q[i, j]
                van[n + i, n + j] = -h * a[j, i]
                sum[i, j] = h * a[i, j]
            }
            sum[i, n + i] = h
        }
        let (vanExponential, sumExponential) = (try van.exponential(), try sum.exponential())
        var (e, b, f) = (
            DenseMatrix(rows: n, columns: n), DenseMatrix(rows: n, columns: n), DenseMatrix(rows: n, columns: n)
        )
        for i in 0..<n {
            for j in 0..<n {
                e[i, j] = vanExponential[i, j]
                b[i, j] = vanExponential[i, n + j]
                f[i, j] = sumExponential[i, n + j]
            }
        }
        let coupled = (1 / h.squareRoot()) * (f * g)
        let rest = b * e.transposed - coupled * coupled.transposed
        let (values, vectors) = try rest.symmetricEigenvalues()
        var matrix = DenseMatrix(rows: n, columns: 2 * n + g.columns)
        for i in 0..<n {
            for j in 0..<n {
                matrix[i, j] = e[i, j]
                // Rounding leaves eigenvalues a trifle below 0.
                matrix[i, n + g.columns + j] = vectors[i, j] * max(0, values[j]).squareRoot()
            }
            for j in 0..<g.columns { matrix[i, n + j] = coupled[i, j] }
        }
        return (matrix, f * constant)
    }

    var auxiliaryCount: Int { variableCount }
    var scratchCount: Int { variableCount }
    var evaluationCount: Int { 1 }

    func advance(_ states: LaneBlock, normals: LaneBlock, time: Double, by length: Double, scratch: LaneBlock) {
        for row in 0..<variableCount {
            let result = scratch[row]
            result.update(repeating: shift[row])
            for column in 0..<matrix.columns {
                let entry = matrix[row, column]
                if entry == 0 { continue }
                let source = column < variableCount ? states[column] : normals[column - variableCount]
                for lane in result.indices { result[lane] += entry * source[lane] }
            }
        }
        states.base.update(from: scratch.base, count: variableCount * states.lanes)
    }
}
