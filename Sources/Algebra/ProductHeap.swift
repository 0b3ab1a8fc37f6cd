import ExactNumbers

/// The products of the terms of a quotient and of a divisor that a division has yet to subtract, the greatest on top.
///
/// Of each term of the quotient one product is held: the one that comes next.
struct ProductHeap {
    private struct Product {
        let monomial: Polynomial.Monomial
        /// The places of the factors.
        let quotient: Int
        let divisor: Int
    }

    private let divisor: [Polynomial.Term]
    private var products: [Product] = []

    init(_ divisor: Polynomial) { self.divisor = divisor.terms }

    /// The monomial on top; nil where no product is left.
    var top: Polynomial.Monomial? { products.first?.monomial }

    /// Inserts the product of a term of the quotient with one of the divisor, where the divisor has it.
    mutating func insert(_ place: Int, _ other: Int, of quotient: [Polynomial.Term]) {
        guard other < divisor.count else { return }
        let monomial = quotient[place].monomial * divisor[other].monomial
        products.append(Product(monomial: monomial, quotient: place, divisor: other))
        var child = products.count - 1
        while child > 0, products[(child - 1) / 2].monomial < products[child].monomial {
            products.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes the product on top away, puts the one after it in, and returns its coefficient; zero where there is none.
    mutating func removeTop(of quotient: [Polynomial.Term]) -> Rational {
        guard let product = products.first, let last = products.popLast() else { return .zero }
        if !products.isEmpty {
            products[0] = last
            sink()
        }
        insert(product.quotient, product.divisor + 1, of: quotient)
        return quotient[product.quotient].coefficient * divisor[product.divisor].coefficient
    }

    /// Moves the product on top down to its place.
    private mutating func sink() {
        var parent = 0
        while true {
            var largest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < products.count {
                if products[largest].monomial < products[child].monomial { largest = child }
            }
            if largest == parent { return }
            products.swapAt(largest, parent)
            parent = largest
        }
    }
}
