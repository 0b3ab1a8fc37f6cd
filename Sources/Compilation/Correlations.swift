import Algebra
import Numerics

/// The correlations between coordinates, as numbers.
public struct Correlations: Sendable {
    /// The symmetric matrix with ones on its diagonal.
    public let matrix: DenseMatrix
    /// The lower triangular L with L L^T the matrix.
    public let factor: DenseMatrix

    /// - Parameters:
    ///   - symbol: the correlation `r_ij` of a pair of coordinates.
    ///   - parameters: `r` for all pairs, or `r1_2`, `r1_3`, ... for each.
    /// - Throws: ``CompilationError`` for a correlation that is missing or out of [-1, 1], and for correlations that no
    ///   noise can have.
    public init(of symbol: Symbol, parameters: [String: Double], dimension: Int) throws(CompilationError) {
        let table = try ParameterTable(
            parameters, symbols: [symbol], accepted: Set(parameters.keys), dimension: dimension)
        let values = try table.pairValues(of: symbol)
        var matrix = DenseMatrix.identity(dimension)
        var pair = 0
        for i in 0..<dimension {
            for j in stride(from: i + 1, to: dimension, by: 1) {
                matrix[i, j] = values[pair]
                matrix[j, i] = values[pair]
                pair += 1
            }
        }
        self.matrix = matrix
        do { factor = try matrix.choleskyFactor() } catch { throw .notCorrelations("\(symbol.label)") }
    }
}
