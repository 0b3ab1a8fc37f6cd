import Numerics

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
