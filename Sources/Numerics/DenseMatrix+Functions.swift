import Foundation

extension DenseMatrix {
    /// The exponential of a square matrix, by scaling, Padé approximation of degree 13 and squaring.
    ///
    /// Source: Higham, "The scaling and squaring method for the matrix exponential revisited", 2005, algorithm 2.3.
    ///
    /// - Throws: ``DenseMatrixError/notFinite`` where an entry is not finite or the result overflows.
    /// - Complexity: O(n^3 (6 + log2 of the norm)).
    public func exponential() throws(DenseMatrixError) -> DenseMatrix {
        precondition(rows == columns, "only a square matrix has an exponential")
        guard isFinite else { throw .notFinite }
        let norm = infinityNorm
        let squarings = norm > 5.37 ? max(0, Int(log2(norm / 5.37).rounded(.up))) : 0
        let a = exp2(-Double(squarings)) * self
        let unit = DenseMatrix.identity(rows)
        let a2 = a * a
        let a4 = a2 * a2
        let a6 = a4 * a2
        let b = Self.padeCoefficients
        let oddHead = a6 * (b[13] * a6 + b[11] * a4 + b[9] * a2)
        let odd = a * (oddHead + b[7] * a6 + b[5] * a4 + b[3] * a2 + b[1] * unit)
        let evenHead = a6 * (b[12] * a6 + b[10] * a4 + b[8] * a2)
        let even = evenHead + b[6] * a6 + b[4] * a4 + b[2] * a2 + b[0] * unit
        var result = try (even - odd).solve(even + odd)
        for _ in 0..<squarings { result = result * result }
        guard result.isFinite else { throw .notFinite }
        return result
    }

    private static let padeCoefficients: [Double] = [
        64_764_752_532_480_000, 32_382_376_266_240_000, 7_771_770_303_897_600, 1_187_353_796_428_800,
        129_060_195_264_000, 10_559_470_521_600, 670_442_572_800, 33_522_128_640, 1_323_241_920, 40_840_800, 960_960,
        16_380, 182, 1,
    ]

    /// The eigenvalues of a symmetric matrix, ascending, and the orthonormal eigenvectors as the columns of a matrix.
    ///
    /// Jacobi's cyclic rotations (Golub and Van Loan, section 8.5): slow for large matrices, accurate for all.
    ///
    /// - Precondition: the matrix is square; its symmetric part is used.
    /// - Throws: ``DenseMatrixError/notFinite``.
    /// - Complexity: O(n^3) a sweep, about ten sweeps.
    public func symmetricEigenvalues() throws(DenseMatrixError) -> (values: [Double], vectors: DenseMatrix) {
        precondition(rows == columns, "only a square matrix has eigenvalues")
        guard isFinite else { throw .notFinite }
        let n = rows
        var a = 0.5 * (self + transposed)
        var vectors = DenseMatrix.identity(n)
        for _ in 0..<60 {
            var moved = false
            for p in 0..<n {
                for q in p + 1..<max(p + 1, n) {
                    let off = a[p, q]
                    let scale = (a[p, p] * a[q, q]).magnitude.squareRoot()
                    if off == 0 || off.magnitude <= 1e-17 * scale || off.magnitude < 1e-300 { continue }
                    moved = true
                    let theta = (a[q, q] - a[p, p]) / (2 * off)
                    let t = (theta < 0 ? -1 : 1) / (theta.magnitude + hypot(theta, 1))
                    let c = 1 / (t * t + 1).squareRoot()
                    let s = t * c
                    for k in 0..<n {
                        (a[k, p], a[k, q]) = (c * a[k, p] - s * a[k, q], s * a[k, p] + c * a[k, q])
                        (vectors[k, p], vectors[k, q]) = (
                            c * vectors[k, p] - s * vectors[k, q], s * vectors[k, p] + c * vectors[k, q]
                        )
                    }
                    for k in 0..<n {
                        (a[p, k], a[q, k]) = (c * a[p, k] - s * a[q, k], s * a[p, k] + c * a[q, k])
                    }
                    (a[p, q], a[q, p]) = (0, 0)
                }
            }
            if !moved { break }
        }
        let order = (0..<n).sorted { a[$0, $0] < a[$1, $1] }
        var sorted = DenseMatrix(rows: n, columns: n)
        for (j, source) in order.enumerated() { for i in 0..<n { sorted[i, j] = vectors[i, source] } }
        return (order.map { a[$0, $0] }, sorted)
    }
}
