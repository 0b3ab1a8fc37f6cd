/// A dense matrix of doubles, stored by rows.
public struct DenseMatrix: Hashable, Sendable {
    public let rows: Int
    public let columns: Int
    /// The entries, row after row.
    public var entries: [Double]

    /// The zero matrix.
    public init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        entries = [Double](repeating: 0, count: rows * columns)
    }

    /// A matrix from its entries, row after row.
    ///
    /// - Precondition: there are rows * columns entries.
    public init(rows: Int, columns: Int, entries: [Double]) {
        precondition(entries.count == rows * columns, "a matrix has rows * columns entries")
        self.rows = rows
        self.columns = columns
        self.entries = entries
    }

    /// A matrix from its rows.
    ///
    /// - Precondition: all rows have the same length.
    public init(_ rows: [[Double]]) {
        let columns = rows.first?.count ?? 0
        precondition(rows.allSatisfy { $0.count == columns }, "the rows of a matrix have the same length")
        self.init(rows: rows.count, columns: columns, entries: rows.flatMap { $0 })
    }

    public static func identity(_ n: Int) -> DenseMatrix { diagonal([Double](repeating: 1, count: n)) }

    public static func diagonal(_ values: [Double]) -> DenseMatrix {
        var result = DenseMatrix(rows: values.count, columns: values.count)
        for (i, value) in values.enumerated() { result[i, i] = value }
        return result
    }

    @inlinable
    public subscript(_ row: Int, _ column: Int) -> Double {
        get { entries[row * columns + column] }
        set { entries[row * columns + column] = newValue }
    }

    public func row(_ i: Int) -> [Double] { Array(entries[i * columns..<(i + 1) * columns]) }

    public func column(_ j: Int) -> [Double] { (0..<rows).map { self[$0, j] } }

    public var transposed: DenseMatrix {
        var result = DenseMatrix(rows: columns, columns: rows)
        for i in 0..<rows { for j in 0..<columns { result[j, i] = self[i, j] } }
        return result
    }

    /// The largest sum of magnitudes in a row.
    public var infinityNorm: Double {
        (0..<rows).reduce(0) { max($0, row($1).reduce(0) { $0 + $1.magnitude }) }
    }

    public var isFinite: Bool { entries.allSatisfy(\.isFinite) }

    // MARK: Arithmetic. The operands' sizes must agree, a precondition as in the arithmetic of collections.

    public static func + (a: DenseMatrix, b: DenseMatrix) -> DenseMatrix {
        precondition(a.rows == b.rows && a.columns == b.columns, "matrices of different sizes have no sum")
        var result = a
        for k in result.entries.indices { result.entries[k] += b.entries[k] }
        return result
    }

    public static func - (a: DenseMatrix, b: DenseMatrix) -> DenseMatrix { a + (-1 * b) }

    public static func * (scale: Double, a: DenseMatrix) -> DenseMatrix {
        var result = a
        for k in result.entries.indices { result.entries[k] *= scale }
        return result
    }

    public static func * (a: DenseMatrix, x: [Double]) -> [Double] {
        precondition(a.columns == x.count, "the vector's length is not the number of columns")
        return a.entries.withUnsafeBufferPointer { entries in
            (0..<a.rows).map { i in
                var sum = 0.0
                for j in 0..<x.count { sum += entries[i * a.columns + j] * x[j] }
                return sum
            }
        }
    }

    /// - Complexity: O(rows * columns * the inner dimension), the inner loop along rows.
    public static func * (a: DenseMatrix, b: DenseMatrix) -> DenseMatrix {
        precondition(a.columns == b.rows, "the inner dimensions of a matrix product differ")
        var result = DenseMatrix(rows: a.rows, columns: b.columns)
        let (inner, width) = (a.columns, b.columns)
        result.entries.withUnsafeMutableBufferPointer { target in
            a.entries.withUnsafeBufferPointer { left in
                b.entries.withUnsafeBufferPointer { right in
                    for i in 0..<a.rows {
                        for k in 0..<inner {
                            let factor = left[i * inner + k]
                            if factor == 0 { continue }
                            for j in 0..<width { target[i * width + j] += factor * right[k * width + j] }
                        }
                    }
                }
            }
        }
        return result
    }
}
