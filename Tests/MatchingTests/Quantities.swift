import Algebra
import BuiltInRules
import Matching
import Rules
import Testing

/// The quantities of coordinate i under short names, for formulas entered by hand.
enum Quantity {
    static let i = Index.free("i")
    static let x = Expression(Symbol("x", role: .position, indices: [i]))
    static let m = Expression(Symbol("m", indices: [i]))
    static let v = Expression(Symbol("v", indices: [i], bounds: .nonnegative))
    static let gradient = Expression(Symbol("f", role: .field, derivatives: [i]))
    static let sigma = Expression(UpdateRule.noiseScale)
    static let t = Expression(UpdateRule.time)
    static let eta = Expression(Symbol("eta", bounds: .positive))
    static let epsilon = Expression(Symbol("epsilon", bounds: .nonnegative))
    static let gamma = Expression(Symbol("gamma", bounds: .nonnegative))
    static let rho = Expression(Symbol("rho", bounds: .positive))
    static let rho1 = Expression(Symbol("rho1", bounds: .positive))
    static let rho2 = Expression(Symbol("rho2", bounds: .positive))

    /// The Hessian row applied to a vector: sum_j d_ij f w_j, with w written for coordinate i.
    static func hessian(_ vector: Expression) -> Expression {
        let row = Expression(Symbol("f", role: .field, derivatives: [i, .bound(0)]))
        return Expression.indexSum(body: row * vector.mapIndices { $0 == i ? .bound(0) : $0 })
    }
}

/// Expects that two expressions are proved equal.
func expectEqual(
    _ a: Expression, _ b: Expression, _ comment: Comment = "", at location: SourceLocation = #_sourceLocation
) {
    #expect(a.equals(b) == .zero, "\(comment) \(a) should be \(b)", sourceLocation: location)
}
