import ExactNumbers

/// A quick proof that two polynomials have no common divisor, from their images modulo a prime.
extension Polynomial {
    /// Whether the polynomials certainly have no common divisor but constants.
    ///
    /// All indeterminates but one are replaced by numbers. A common divisor of positive degree in the one that is left
    /// survives in the images as long as a leading coefficient does (Brown 1971); so images without a common divisor,
    /// for each indeterminate in turn, prove that there is none. A false answer says nothing.
    static func areCertainlyCoprime(_ a: Polynomial, _ b: Polynomial) -> Bool {
        a.variables.intersection(b.variables).allSatisfy { variable in
            guard let p = a.image(in: variable), let q = b.image(in: variable) else { return false }
            guard p.count == a.degree(in: variable) + 1, q.count == b.degree(in: variable) + 1 else { return false }
            return ModularPolynomial.degreeOfCommonDivisor(p, q) == 0
        }
    }

    /// The coefficients, lowest first, of the image in one indeterminate; nil where a coefficient is not an integer.
    private func image(in variable: Int) -> [UInt64]? {
        var result = [UInt64](repeating: 0, count: degree(in: variable) + 1)
        for term in terms {
            guard term.coefficient.isInteger, var value = ModularPolynomial.residue(term.coefficient.numerator) else {
                return nil
            }
            for (other, exponent) in term.monomial.exponents.enumerated() where other != variable {
                // Fixed arguments without small relations between them.
                let argument = (UInt64(other) &+ 1) &* 0x9e37_79b9_7f4a_7c15 % ModularPolynomial.prime
                value = ModularPolynomial.product(value, ModularPolynomial.power(argument, exponent))
            }
            let position = term.monomial[variable]
            result[position] = (result[position] + value) % ModularPolynomial.prime
        }
        return ModularPolynomial.trimmed(result)
    }
}

/// Polynomials in one indeterminate over the integers modulo 2^61 - 1, coefficients lowest first.
private enum ModularPolynomial {
    static let prime: UInt64 = (1 << 61) - 1

    static func product(_ a: UInt64, _ b: UInt64) -> UInt64 {
        // 2^61 = 1 modulo the prime: the two halves of the product add up.
        let (high, low) = a.multipliedFullWidth(by: b)
        let sum = (low & prime) + (high << 3 | low >> 61)
        return sum >= prime ? sum - prime : sum
    }

    static func power(_ base: UInt64, _ exponent: Int) -> UInt64 {
        var (result, square, rest) = (UInt64(1), base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result = product(result, square) }
            square = product(square, square)
            rest >>= 1
        }
        return result
    }

    static func residue(_ value: BigInteger) -> UInt64? {
        if let small = value.asInt, small.magnitude < prime {
            return small >= 0 ? UInt64(small) : prime - UInt64(-small)
        }
        guard let (_, remainder) = value.divMod(BigInteger(Int(prime))), let small = remainder.asInt else { return nil }
        return small >= 0 ? UInt64(small) : prime - UInt64(-small)
    }

    static func trimmed(_ a: [UInt64]) -> [UInt64] {
        var result = a
        while result.last == 0 { result.removeLast() }
        return result
    }

    /// By Euclid's algorithm.
    static func degreeOfCommonDivisor(_ a: [UInt64], _ b: [UInt64]) -> Int {
        var (x, y) = a.count >= b.count ? (a, b) : (b, a)
        while let lead = y.last {
            if y.count == 1 { return 0 }
            let inverse = power(lead, Int(prime) - 2)
            while x.count >= y.count {
                let shift = x.count - y.count
                let factor = product(x[x.count - 1], inverse)
                for (position, coefficient) in y.enumerated() {
                    x[shift + position] = (x[shift + position] + prime - product(factor, coefficient)) % prime
                }
                x = trimmed(x)
            }
            (x, y) = (y, x)
        }
        return x.count - 1
    }
}
