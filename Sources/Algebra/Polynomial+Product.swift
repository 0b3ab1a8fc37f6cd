import ExactNumbers

/// Products.
extension Polynomial {
    static func * (a: Polynomial, b: Polynomial) -> Polynomial {
        if a.terms.count == 1 { return b.multiplied(by: a.terms[0].monomial).scaled(by: a.terms[0].coefficient) }
        if b.terms.count == 1 { return a.multiplied(by: b.terms[0].monomial).scaled(by: b.terms[0].coefficient) }
        if let places = MonomialPlaces(ofProductOf: a, b) {
            if let product = packedProduct(a, b, places, Int.self) { return product }
            if let product = packedProduct(a, b, places, Rational.self) { return product }
        }
        var map: [Monomial: Rational] = [:]
        for x in a.terms {
            for y in b.terms {
                map[x.monomial * y.monomial, default: .zero] += x.coefficient * y.coefficient
            }
        }
        return Polynomial(map)
    }

    /// The product with words in place of monomials; nil where a coefficient does not fit.
    private static func packedProduct<Coefficient: PackedCoefficient>(
        _ a: Polynomial, _ b: Polynomial, _ places: MonomialPlaces, _ type: Coefficient.Type
    ) -> Polynomial? {
        func packed(_ polynomial: Polynomial) -> PackedPolynomial<Coefficient>? {
            var terms: [PackedPolynomial<Coefficient>.Term] = []
            terms.reserveCapacity(polynomial.terms.count)
            for term in polynomial.terms {
                guard let coefficient = Coefficient(term.coefficient) else { return nil }
                terms.append(.init(monomial: places.word(of: term.monomial), coefficient: coefficient))
            }
            return PackedPolynomial(distinct: terms)
        }
        guard let left = packed(a), let right = packed(b),
            let product = try? left.times(right, limit: a.terms.count * b.terms.count)
        else { return nil }
        let terms = product.terms.sorted { $1.monomial < $0.monomial }
        return Polynomial(
            descending: terms.map {
                Term(monomial: places.monomial(of: $0.monomial), coefficient: $0.coefficient.rational)
            })
    }

    /// A power by a nonnegative integer, by squaring; the caller bounds its size.
    func power(_ exponent: Int) -> Polynomial {
        var result = Polynomial.one
        var square = self
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result = result * square }
            rest >>= 1
            if rest > 0 { square = square * square }
        }
        return result
    }
}

/// The places of the exponents in a word, the first indeterminate highest, so that words are ordered as monomials are.
private struct MonomialPlaces {
    private let widths: [Int]

    /// - Returns: nil where the exponents of the product do not fit in a word.
    init?(ofProductOf a: Polynomial, _ b: Polynomial) {
        let (first, second) = (a.degrees, b.degrees)
        var widths: [Int] = []
        for variable in 0..<max(first.count, second.count) {
            let own = variable < first.count ? first[variable] : 0
            let (degree, overflow) = own.addingReportingOverflow(variable < second.count ? second[variable] : 0)
            if overflow { return nil }
            widths.append(Int.bitWidth - degree.leadingZeroBitCount)
        }
        guard widths.reduce(0, +) <= UInt128.bitWidth else { return nil }
        self.widths = widths
    }

    func word(of monomial: Polynomial.Monomial) -> UInt128 {
        var word: UInt128 = 0
        for (variable, width) in widths.enumerated() {
            word = word << UInt128(width) | UInt128(truncatingIfNeeded: monomial[variable])
        }
        return word
    }

    func monomial(of word: UInt128) -> Polynomial.Monomial {
        var exponents = [Int](repeating: 0, count: widths.count)
        var rest = word
        for (variable, width) in widths.enumerated().reversed() {
            exponents[variable] = Int(truncatingIfNeeded: rest & ((1 << UInt128(width)) - 1))
            rest >>= UInt128(width)
        }
        return Polynomial.Monomial(exponents)
    }
}

extension Polynomial {
    /// The largest exponent of each indeterminate.
    fileprivate var degrees: [Int] {
        var result: [Int] = []
        for term in terms {
            for (variable, exponent) in term.monomial.exponents.enumerated() {
                if variable == result.count { result.append(0) }
                result[variable] = max(result[variable], exponent)
            }
        }
        return result
    }
}
