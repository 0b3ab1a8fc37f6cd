import Algebra
import ExactNumbers

/// A root of a covariance with a correction that is small beside it, `s s^T = S0 + S1` up to squares of S1.
///
/// Where S0 has a root with a column for each state that moves, the sum has one as well. Where all states share the noise of one
/// gradient S0 is singular, and what was left out of S1 decides whether the sum is positive semidefinite: then the root is expanded
/// instead, `s = s0 + s1` with `s0 s1^T + s1 s0^T = S1`, and the covariance is what it makes.
struct CorrectedRoot {
    let factor: ExpressionMatrix
    let covariance: [[Expression]]
    /// Whether the covariance is the sum itself.
    let isExact: Bool

    /// - Parameters:
    ///   - leading: S0, with a correction at most as large as its smallest variances.
    ///   - covariance: S0 + S1.
    /// - Throws: where there is no such root, or none was found.
    init(leading: [[Expression]], corrected covariance: [[Expression]]) throws(DerivationError) {
        do {
            let root = try ExpressionMatrix(leading).choleskyFactor()
            let moving = covariance.count { row in !row.allSatisfy(\.isZero) }
            let isUncorrected = covariance == leading
            if root.columnCount == moving || isUncorrected {
                factor = isUncorrected ? root : try ExpressionMatrix(covariance).choleskyFactor()
                self.covariance = covariance
                isExact = true
                return
            }
            let states = covariance.indices
            guard root.columnCount == 1, let pivot = states.first(where: { !root[$0, 0].isZero }) else {
                throw MatrixError.notSemidefinite(row: 0)
            }
            let first = states.map { root[$0, 0] }
            func correction(_ a: Int, _ c: Int) -> Expression { covariance[a][c] - leading[a][c] }
            let own = correction(pivot, pivot) / (2 * first[pivot])
            let second = states.map { a in
                a == pivot ? own : ((correction(a, pivot) - first[a] * own) / first[pivot]).simplified()
            }
            for a in states {
                for c in a..<states.count
                where (first[a] * second[c] + second[a] * first[c]).equals(correction(a, c)) != .zero {
                    throw MatrixError.notSemidefinite(row: a)
                }
            }
            let sum = zip(first, second).map { ($0 + $1).tidied }
            factor = try ExpressionMatrix(sum.map { [$0] })
            self.covariance = sum.map { a in sum.map { (a * $0).tidied } }
            isExact = false
        } catch {
            throw .noDiffusionFactor(reason: "\(error)")
        }
    }
}
