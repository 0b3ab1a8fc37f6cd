/// Why a matrix computation has no answer.
public enum DenseMatrixError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The matrix of a linear system is singular to working precision.
    case singular
    /// A matrix that should be positive semidefinite has this negative pivot.
    case notSemidefinite(pivot: Double)
    /// An entry is infinite or not a number.
    case notFinite

    public var description: String {
        switch self {
        case .singular: "the matrix is singular"
        case .notSemidefinite(let pivot): "the matrix is not positive semidefinite: it has the pivot \(pivot)"
        case .notFinite: "the matrix has an entry that is not finite"
        }
    }
}

extension DenseMatrix {
    /// The solution X of A X = B, by LU decomposition with partial pivoting.
    ///
    /// - Precondition: the matrix is square, and B has as many rows.
    /// - Throws: ``DenseMatrixError/singular``, ``DenseMatrixError/notFinite``.
    /// - Complexity: O(n^3).
    public func solve(_ right: DenseMatrix) throws(DenseMatrixError) -> DenseMatrix {
        precondition(rows == columns && rows == right.rows, "a linear system has a square matrix")
        guard isFinite, right.isFinite else { throw .notFinite }
        let (n, width) = (rows, right.columns)
        var (a, x) = (entries, right.entries)
        for k in 0..<n {
            var pivot = k
            for i in k..<n where a[i * n + k].magnitude > a[pivot * n + k].magnitude { pivot = i }
            guard a[pivot * n + k] != 0 else { throw .singular }
            if pivot != k {
                for j in 0..<n { a.swapAt(k * n + j, pivot * n + j) }
                for j in 0..<width { x.swapAt(k * width + j, pivot * width + j) }
            }
            for i in k + 1..<max(k + 1, n) {
                let factor = a[i * n + k] / a[k * n + k]
                if factor == 0 { continue }
                for j in k..<n { a[i * n + j] -= factor * a[k * n + j] }
                for j in 0..<width { x[i * width + j] -= factor * x[k * width + j] }
            }
        }
        for k in (0..<n).reversed() {
            for j in 0..<width {
                var sum = x[k * width + j]
                for i in k + 1..<max(k + 1, n) { sum -= a[k * n + i] * x[i * width + j] }
                x[k * width + j] = sum / a[k * n + k]
            }
        }
        let result = DenseMatrix(rows: n, columns: width, entries: x)
        guard result.isFinite else { throw .singular }
        return result
    }

    /// The solution x of A x = b; see ``solve(_:)-(DenseMatrix)``.
    public func solve(_ right: [Double]) throws(DenseMatrixError) -> [Double] {
        try solve(DenseMatrix(rows: right.count, columns: 1, entries: right)).entries
    }

    /// The lower triangular L with A = L L^T of a positive semidefinite matrix.
    ///
    /// A pivot within rounding of zero, `tolerance` times its diagonal entry, counts as zero and leaves a zero column.
    ///
    /// - Precondition: the matrix is square; only its lower triangle is read.
    /// - Throws: ``DenseMatrixError/notSemidefinite(pivot:)``, ``DenseMatrixError/notFinite``.
    /// - Complexity: O(n^3).
    public func choleskyFactor(tolerance: Double = 1e-13) throws(DenseMatrixError) -> DenseMatrix {
        precondition(rows == columns, "a matrix with a Cholesky factor is square")
        guard isFinite else { throw .notFinite }
        var factor = DenseMatrix(rows: rows, columns: rows)
        for j in 0..<rows {
            var pivot = self[j, j]
            for k in 0..<j { pivot -= factor[j, k] * factor[j, k] }
            let threshold = tolerance * self[j, j].magnitude
            guard pivot >= -threshold else { throw .notSemidefinite(pivot: pivot) }
            if pivot <= threshold {
                // A semidefinite matrix has a zero column below a zero pivot.
                for i in j + 1..<max(j + 1, rows) {
                    var rest = self[i, j]
                    for k in 0..<j { rest -= factor[i, k] * factor[j, k] }
                    let scale = (self[i, i].magnitude * self[j, j].magnitude).squareRoot()
                    guard rest.magnitude <= tolerance.squareRoot() * scale else { throw .notSemidefinite(pivot: pivot) }
                }
                continue
            }
            let root = pivot.squareRoot()
            factor[j, j] = root
            for i in j + 1..<max(j + 1, rows) {
                var sum = self[i, j]
                for k in 0..<j { sum -= factor[i, k] * factor[j, k] }
                factor[i, j] = sum / root
            }
        }
        return factor
    }
}
