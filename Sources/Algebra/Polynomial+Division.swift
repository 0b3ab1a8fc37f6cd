import ExactNumbers

extension Polynomial {
    /// The size beyond which a common divisor is not searched for.
    private static let largestDividend = 400

    /// The quotient where the division leaves no remainder; otherwise nil.
    ///
    /// The products of the quotient and the divisor are merged by a heap (Johnson 1974; Monagan and Pearce 2011).
    ///
    /// - Complexity: O(q d log q) for q terms of the quotient and d of the divisor.
    func exactQuotient(_ divisor: Polynomial) -> Polynomial? {
        guard let lead = divisor.terms.first, let scale = lead.coefficient.reciprocal else { return nil }
        var quotient: [Term] = []
        var products = ProductHeap(divisor)
        var next = 0
        while true {
            let own = next < terms.count ? terms[next].monomial : nil
            guard let top = [own, products.top].compactMap(\.self).max() else { break }
            var coefficient = Rational.zero
            if own == top {
                coefficient = terms[next].coefficient
                next += 1
            }
            while products.top == top { coefficient = coefficient - products.removeTop(of: quotient) }
            if coefficient.isZero { continue }
            guard let monomial = top.dividing(by: lead.monomial) else { return nil }
            quotient.append(Term(monomial: monomial, coefficient: coefficient * scale))
            products.insert(quotient.count - 1, 1, of: quotient)
        }
        return Polynomial(descending: quotient)
    }

    /// The part with coprime integer coefficients and a positive leading one.
    var primitivePart: Polynomial { content.reciprocal.map { scaled(by: $0) } ?? self }

    /// A common divisor with coprime integer coefficients: the greatest one, by primitive polynomial remainder sequences
    /// (Knuth 1997, section 4.6.1), except that 1 is returned where the operands are large.
    static func gcd(_ a: Polynomial, _ b: Polynomial) -> Polynomial {
        if a.isZero { return b.primitivePart }
        if b.isZero { return a.primitivePart }
        if a.constant != nil || b.constant != nil { return .one }
        let (first, second) = (a.monomialContent, b.monomialContent)
        let common = Polynomial(monomial: first.gcd(second))
        let x = (a.exactQuotient(Polynomial(monomial: first)) ?? a).primitivePart
        let y = (b.exactQuotient(Polynomial(monomial: second)) ?? b).primitivePart
        if x.constant != nil || y.constant != nil { return common }
        if x == y { return common * x }
        if areCertainlyCoprime(x, y) { return common }
        guard x.terms.count <= largestDividend, y.terms.count <= largestDividend else { return common }
        return common * gcdWithoutMonomials(x, y)
    }

    private static func gcdWithoutMonomials(_ a: Polynomial, _ b: Polynomial) -> Polynomial {
        let (p, q) = (a.variables, b.variables)
        // An indeterminate of one alone cannot occur in the divisor, which therefore divides every coefficient.
        if let variable = p.subtracting(q).min() { return gcd(content(of: a, in: variable), b) }
        if let variable = q.subtracting(p).min() { return gcd(a, content(of: b, in: variable)) }
        guard
            let variable = p.min(by: {
                let (m, n) = (max(a.degree(in: $0), b.degree(in: $0)), max(a.degree(in: $1), b.degree(in: $1)))
                return m != n ? m < n : $0 < $1
            })
        else { return .one }
        let (contentA, contentB) = (content(of: a, in: variable), content(of: b, in: variable))
        var x = a.exactQuotient(contentA) ?? a
        var y = b.exactQuotient(contentB) ?? b
        if x.degree(in: variable) < y.degree(in: variable) { swap(&x, &y) }
        while y.degree(in: variable) > 0 {
            guard let remainder = pseudoRemainder(x, y, in: variable) else { return gcd(contentA, contentB) }
            if remainder.isZero { return (gcd(contentA, contentB) * y).primitivePart }
            (x, y) = (y, remainder.exactQuotient(content(of: remainder, in: variable)) ?? remainder)
        }
        return gcd(contentA, contentB)
    }

    /// The common divisor of the coefficients by one indeterminate.
    private static func content(of a: Polynomial, in variable: Int) -> Polynomial {
        var result = Polynomial.zero
        for (_, coefficient) in a.coefficients(in: variable).sorted(by: { $0.key < $1.key }) {
            result = gcd(result, coefficient)
            if result.isOne { break }
        }
        return result
    }

    /// The remainder of a multiple of a by b in one indeterminate; nil where it grows too large.
    private static func pseudoRemainder(_ a: Polynomial, _ b: Polynomial, in variable: Int) -> Polynomial? {
        let degree = b.degree(in: variable)
        guard let lead = b.coefficients(in: variable)[degree] else { return nil }
        var rest = a
        while !rest.isZero {
            let top = rest.degree(in: variable)
            guard top >= degree else { break }
            guard let coefficient = rest.coefficients(in: variable)[top] else { return nil }
            let shift = Monomial.one.replacing(variable, by: top - degree)
            rest = lead * rest - (coefficient * b).multiplied(by: shift)
            if rest.terms.count > 4 * largestDividend { return nil }
        }
        return rest.isZero ? rest : rest.primitivePart
    }

    /// The polynomial whose square this is, with a positive leading coefficient; nil where there is none.
    var squareRoot: Polynomial? {
        guard let lead = terms.first else { return .zero }
        guard let coefficient = lead.coefficient.squareRoot, lead.monomial.exponents.allSatisfy({ $0 & 1 == 0 }) else {
            return nil
        }
        let top = Polynomial(monomial: Monomial(lead.monomial.exponents.map { $0 / 2 }), coefficient: coefficient)
        let twice = top.scaled(by: 2)
        var root = top
        var rest = self - top * top
        var last = top.terms[0].monomial
        while let next = rest.terms.first {
            guard
                let quotient = Polynomial(monomial: next.monomial, coefficient: next.coefficient).exactQuotient(twice),
                quotient.terms[0].monomial < last, root.terms.count <= terms.count
            else { return nil }
            rest = rest - root.scaled(by: 2) * quotient - quotient * quotient
            root = root + quotient
            last = quotient.terms[0].monomial
        }
        return root
    }
}

extension Rational {
    /// The square root where it is rational.
    var squareRoot: Rational? {
        guard !isNegative, let n = numerator.exactRoot(2), let d = denominator.exactRoot(2) else { return nil }
        return Rational(n, d)
    }
}
