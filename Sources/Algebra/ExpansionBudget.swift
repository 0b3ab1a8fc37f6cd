/// The products of terms that an expansion may form, at once and in all.
final class ExpansionBudget {
    private static let largestProduct = 200_000
    private var left = 400_000

    /// - Throws: ``AlgebraError/tooLarge(limit:)`` where a multiplication of so many terms is more than is left.
    func spend(_ products: Int) throws(AlgebraError) {
        left -= products
        guard products <= Self.largestProduct, left >= 0 else { throw .tooLarge(limit: Self.largestProduct) }
    }
}
