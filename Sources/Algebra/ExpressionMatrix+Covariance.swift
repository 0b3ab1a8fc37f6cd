extension ExpressionMatrix {
    /// A matrix s with `self = s s^T`, for a symmetric positive semidefinite matrix; lower trapezoidal but for the order of
    /// the rows.
    ///
    /// A variance with a special function in it, which may come to zero as `1 - erf(u)^2` does in its tails, is no pivot
    /// while there is one that is positive without: the entries beside it are divided by its root.
    ///
    /// A pivot that is zero gives no column, so that a matrix of rank r has r columns. Columns are fixed up to their sign:
    /// where a pivot is a perfect square its root is written without a root sign. A pivot with a named expectation in it
    /// is a variance of which only the law would tell that it vanishes: it counts as positive. (Golub and Van Loan 2013, Matrix
    /// Computations, section 4.2.8.)
    ///
    /// - Throws: ``MatrixError/undecided(_:)`` where it could not be told whether a pivot is zero, and
    ///   ``MatrixError/notSemidefinite(row:)`` where one is negative, or zero beside entries that are not.
    public func choleskyFactor() throws(MatrixError) -> ExpressionMatrix {
        guard isSquare else { throw .shape("a Cholesky factor needs a square matrix") }
        let isFirst = (0..<rowCount).map { self[$0, $0].bounds.isPositive && !self[$0, $0].mayFade }
        let order = (0..<rowCount).filter { isFirst[$0] } + (0..<rowCount).filter { !isFirst[$0] }
        var columns: [[Expression]] = []
        for (step, pivotRow) in order.enumerated() {
            let rest = order[(step + 1)...]
            let pivot = residual(pivotRow, pivotRow, columns)
            let below = rest.map { residual($0, pivotRow, columns) }
            switch pivot.isZeroTest() {
            case .unknown
            where !pivot.containsExpectation && !below.allSatisfy(\.isZero):
                throw .undecided(pivot)
            case .zero:
                for entry in below {
                    switch entry.isZeroTest() {
                    case .zero: continue
                    case .nonzero: throw .notSemidefinite(row: pivotRow)
                    case .unknown: throw .undecided(entry)
                    }
                }
            case .nonzero, .unknown:
                // A pivot beside zeros only may vanish or not: its root is a column either way.
                if pivot.bounds.isNegative { throw .notSemidefinite(row: pivotRow) }
                let direct = sqrt(pivot)
                // Bringing a pivot over one denominator may find its root, or blow it up.
                let perfect = pivot.size <= Self.largestEntry ? pivot.perfectSquareRoot() : direct
                let square = perfect.isUndefined || perfect.size <= 2 * direct.size ? perfect : direct
                if square.isUndefined { throw .notSemidefinite(row: pivotRow) }
                let root = square.bounds.isNonpositive ? -square : square
                var column = [Expression](repeating: .zero, count: rowCount)
                column[pivotRow] = root
                for (row, entry) in zip(rest, below) where !entry.isZero { column[row] = Self.simplified(entry / root) }
                columns.append(column)
            }
        }
        return ExpressionMatrix(rowCount: rowCount, columnCount: columns.count) { columns[$1][$0] }
    }

    /// The size of an entry beyond which no simpler form of it is searched for.
    private static let largestEntry = 1000

    /// What the columns found so far leave of an entry.
    private func residual(_ row: Int, _ column: Int, _ columns: [[Expression]]) -> Expression {
        let products = columns.filter { !$0[row].isZero && !$0[column].isZero }.map { $0[row] * $0[column] }
        if products.isEmpty { return self[row, column] }
        return Self.simplified(self[row, column] - Expression.sum(of: products))
    }

    private static func simplified(_ entry: Expression) -> Expression {
        entry.size <= largestEntry ? entry.simplified() : entry
    }

    /// The symmetric matrix P with `J P + P J^T + Q = 0`, for J = self and symmetric Q: the stationary covariance of
    /// `dY = J Y dt + s dW`, `s s^T = Q`, where J is stable.
    ///
    /// - Throws: ``MatrixError/singular`` where two eigenvalues of J add up to zero.
    public func lyapunovSolution(_ source: ExpressionMatrix) throws(MatrixError) -> ExpressionMatrix {
        guard isSquare, source.isSquare, source.rowCount == rowCount else {
            throw .shape("a Lyapunov equation needs two square matrices of one size")
        }
        let pairs = (0..<rowCount).flatMap { a in (a..<rowCount).map { (a, $0) } }
        func position(_ a: Int, _ b: Int) -> Int {
            let (low, high) = (Swift.min(a, b), Swift.max(a, b))
            return low * rowCount - low * (low - 1) / 2 + high - low
        }
        var system = [[Expression]](repeating: Array(repeating: .zero, count: pairs.count), count: pairs.count)
        for (equation, (a, b)) in pairs.enumerated() {
            for c in 0..<rowCount {
                system[equation][position(c, b)] = system[equation][position(c, b)] + self[a, c]
                system[equation][position(a, c)] = system[equation][position(a, c)] + self[b, c]
            }
        }
        let right = ExpressionMatrix(rows: pairs.map { [-source[$0.0, $0.1]] }, columnCount: 1)
        let solution = try ExpressionMatrix(rows: system, columnCount: pairs.count).solution(of: right)
        return ExpressionMatrix(rowCount: rowCount, columnCount: rowCount) { solution[position($0, $1), 0] }
    }
}

extension Expression {
    /// Whether a function that may come to its limit, as `erf` does, stands in the expression.
    fileprivate var mayFade: Bool {
        var isFound = false
        forEachNode { node in
            switch node.content {
            case .function(.abs, _), .function(.max, _): break
            case .function: isFound = true
            default: break
            }
        }
        return isFound
    }
}
