/// A matrix of expressions, meant for the few states that an optimizer has: up to about 6 by 6.
public struct ExpressionMatrix: Hashable, Sendable {
    public let rowCount: Int
    public let columnCount: Int
    /// The entries, row by row.
    public let rows: [[Expression]]

    /// - Throws: ``MatrixError/shape(_:)`` where the rows differ in length.
    public init(_ rows: [[Expression]]) throws(MatrixError) {
        let columnCount = rows.first?.count ?? 0
        guard rows.allSatisfy({ $0.count == columnCount }) else {
            throw .shape("the rows of a matrix have different lengths")
        }
        self.init(rows: rows, columnCount: columnCount)
    }

    init(rows: [[Expression]], columnCount: Int) {
        self.rows = rows
        self.rowCount = rows.count
        self.columnCount = columnCount
    }

    /// The matrix with these entries.
    public init(rowCount: Int, columnCount: Int, entry: (_ row: Int, _ column: Int) -> Expression) {
        self.init(
            rows: (0..<rowCount).map { row in (0..<columnCount).map { entry(row, $0) } }, columnCount: columnCount)
    }

    public static func identity(_ size: Int) -> ExpressionMatrix {
        ExpressionMatrix(rowCount: size, columnCount: size) { $0 == $1 ? .one : .zero }
    }

    public static func diagonal(_ entries: [Expression]) -> ExpressionMatrix {
        ExpressionMatrix(rowCount: entries.count, columnCount: entries.count) { $0 == $1 ? entries[$0] : .zero }
    }

    public subscript(_ row: Int, _ column: Int) -> Expression { rows[row][column] }

    public var isSquare: Bool { rowCount == columnCount }

    public func map(_ transform: (Expression) -> Expression) -> ExpressionMatrix {
        ExpressionMatrix(rows: rows.map { $0.map(transform) }, columnCount: columnCount)
    }

    public var transposed: ExpressionMatrix {
        ExpressionMatrix(rowCount: columnCount, columnCount: rowCount) { self[$1, $0] }
    }

    /// The sum, entry by entry.
    public func adding(_ other: ExpressionMatrix) throws(MatrixError) -> ExpressionMatrix {
        guard rowCount == other.rowCount, columnCount == other.columnCount else {
            throw .shape("the operands of a sum of matrices have different shapes")
        }
        return ExpressionMatrix(rowCount: rowCount, columnCount: columnCount) { self[$0, $1] + other[$0, $1] }
    }

    /// The matrix product.
    public func multiplied(by other: ExpressionMatrix) throws(MatrixError) -> ExpressionMatrix {
        guard columnCount == other.rowCount else {
            throw .shape("a matrix with \(columnCount) columns times one with \(other.rowCount) rows")
        }
        return ExpressionMatrix(rowCount: rowCount, columnCount: other.columnCount) { row, column in
            Expression.sum(of: (0..<columnCount).map { self[row, $0] * other[$0, column] })
        }
    }

    /// The determinant, by elimination, as one fraction in lowest terms.
    public func determinant() throws(MatrixError) -> Expression {
        guard isSquare else { throw .shape("a determinant needs a square matrix") }
        do {
            let elimination = try Elimination(rows)
            return elimination.determinant.together()
        } catch .singular {
            return .zero
        }
    }

    /// The inverse, its entries as fractions in lowest terms.
    public func inverse() throws(MatrixError) -> ExpressionMatrix {
        guard isSquare else { throw .shape("an inverse needs a square matrix") }
        return try solution(of: .identity(rowCount))
    }

    /// The matrix X for which `self X = right`, its entries as fractions in lowest terms.
    public func solution(of right: ExpressionMatrix) throws(MatrixError) -> ExpressionMatrix {
        guard isSquare, right.rowCount == rowCount else {
            throw .shape("a linear system needs a square matrix with as many rows as its right-hand side")
        }
        let elimination = try Elimination(zip(rows, right.rows).map { $0 + $1 })
        return ExpressionMatrix(
            rows: elimination.rows.map { Array($0[rowCount...]) }, columnCount: right.columnCount)
    }
}

/// Gauss-Jordan elimination; every entry is kept as a fraction in lowest terms, which holds its size down.
private struct Elimination {
    private(set) var rows: [[Expression]]
    private(set) var determinant = Expression.one

    init(_ rows: [[Expression]]) throws(MatrixError) {
        self.rows = rows
        for column in rows.indices { try eliminate(column) }
    }

    private mutating func eliminate(_ column: Int) throws(MatrixError) {
        let position = try pivot(in: column)
        if position != column {
            rows.swapAt(position, column)
            determinant = -determinant
        }
        let pivot = rows[column][column]
        determinant = determinant * pivot
        rows[column] = rows[column].map { $0.isZero ? $0 : ($0 / pivot).together() }
        for row in rows.indices where row != column {
            let factor = rows[row][column]
            if factor.isZero { continue }
            rows[row] = zip(rows[row], rows[column]).map { $1.isZero ? $0 : ($0 - factor * $1).together() }
        }
    }

    /// The row with the smallest entry in the column that is certainly not zero.
    private func pivot(in column: Int) throws(MatrixError) -> Int {
        let candidates = (column..<rows.count).sorted { rows[$0][column].size < rows[$1][column].size }
        var doubtful: Expression?
        for row in candidates {
            switch rows[row][column].isZeroTest() {
            case .nonzero: return row
            case .zero: continue
            case .unknown: doubtful = rows[row][column]
            }
        }
        if let doubtful { throw .undecided(doubtful) }
        throw .singular
    }
}
