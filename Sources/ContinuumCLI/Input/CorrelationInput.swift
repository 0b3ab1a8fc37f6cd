import Algebra
import Numerics
import Rules

/// The correlations of noise that coordinates share: one number for all pairs, or the matrix.
enum CorrelationInput {
    static let correlation = Option(
        "correlation", "R|MATRIX",
        "the correlations of 'gaussian correlated' noise between coordinates: a number for all pairs, or the rows of the "
            + "matrix, '1,0.5;0.5,1'")

    /// The correlations by the names of their pairs, `r1_2`.
    ///
    /// - Throws: a failure for a matrix of another size, one that is not symmetric with ones on its diagonal, and one
    ///   that no noise has.
    static func values(_ text: String, dimension: Int) throws(Failure) -> [String: Double] {
        let matrix = try matrix(text, dimension: dimension)
        for i in 0..<dimension {
            guard matrix[i, i] == 1 else {
                throw Failure("--correlation: entry \(i + 1),\(i + 1) is \(matrix[i, i].plain)\nIt must be 1.")
            }
            for j in 0..<i where matrix[i, j] != matrix[j, i] {
                throw Failure(
                    "--correlation: the matrix is not symmetric: \(matrix[j, i].plain) at \(j + 1),\(i + 1), "
                        + "\(matrix[i, j].plain) at \(i + 1),\(j + 1)")
            }
        }
        guard (try? matrix.choleskyFactor()) != nil else {
            throw Failure(
                "--correlation: no noise has these correlations: the matrix is not positive semidefinite\n"
                    + "Correlations lie in [-1, 1], and those of three coordinates must fit each other.")
        }
        var values: [String: Double] = [:]
        for i in 0..<dimension {
            for j in stride(from: i + 1, to: dimension, by: 1) {
                values["\(UpdateRule.correlation.name)\(i + 1)_\(j + 1)"] = matrix[i, j]
            }
        }
        return values
    }

    private static func matrix(_ text: String, dimension: Int) throws(Failure) -> DenseMatrix {
        var rows: [[Double]] = []
        for row in text.split(separator: ";", omittingEmptySubsequences: false) {
            var numbers: [Double] = []
            for part in String(row).splitAtCommas { numbers.append(try NumberInput.value(part, of: "--correlation")) }
            rows.append(numbers)
        }
        if rows.count == 1, rows[0].count == 1, dimension > 1 {
            let r = rows[0][0]
            return DenseMatrix((0..<dimension).map { i in (0..<dimension).map { $0 == i ? 1 : r } })
        }
        guard rows.count == dimension, rows.allSatisfy({ $0.count == dimension }) else {
            throw Failure(
                "--correlation: the landscape has \(dimension) coordinate\(dimension == 1 ? "" : "s")\n"
                    + "Give one number for all pairs, or \(dimension) rows of \(dimension), such as '1,0.5;0.5,1'.")
        }
        return DenseMatrix(rows)
    }
}

extension ParameterValues {
    /// Gives the correlations of the option to the pairs of coordinates.
    ///
    /// - Throws: a failure where the noise is not correlated, or its correlations are missing.
    mutating func setCorrelations(_ arguments: ParsedArguments, dimension: Int) throws(Failure) {
        let name = UpdateRule.correlation.name
        guard let text = arguments[CorrelationInput.correlation] else {
            if isCorrelated, dimension > 1, values[name] == nil {
                throw Failure(
                    "the correlations of the noise have no value\nGive one for all pairs with --correlation R, or the "
                        + "matrix with --correlation '1,0.5;0.5,1'.")
            }
            return
        }
        guard isCorrelated else {
            throw Failure(
                "--correlation: the noise of coordinates is independent\nAsk for --noise 'gaussian correlated' as well."
            )
        }
        guard values[name] == nil else {
            throw Failure("--correlation and \(name) of --set say the same\nGive one of them.")
        }
        for (name, value) in try CorrelationInput.values(text, dimension: dimension) { set(name, value) }
    }
}
