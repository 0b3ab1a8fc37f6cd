/// An operation on matrices of expressions that cannot be carried out.
public enum MatrixError: Error, Hashable, Sendable {
    /// The operation needs other numbers of rows and columns.
    case shape(String)
    /// The matrix has no inverse.
    case singular
    /// The matrix has a negative direction: the entry on the diagonal, counted from 0, that shows it.
    case notSemidefinite(row: Int)
    /// Whether this expression is zero could not be decided.
    case undecided(Expression)
}

extension MatrixError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .shape(let reason): return reason
        case .singular: return "the matrix is singular"
        case .notSemidefinite(let row): return "the matrix is not positive semidefinite: see row \(row + 1)"
        case .undecided(let expression): return "whether \(expression) is zero could not be decided"
        }
    }
}
