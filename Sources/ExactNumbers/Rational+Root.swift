extension Rational {
    /// The primes up to 1000, in order.
    private static let primes: [Int] = (2...1000).filter { n in
        !(2...32).contains { $0 < n && n.isMultiple(of: $0) }
    }

    /// The number of bits beyond which the denominator is left under the root.
    private static let largestRadicand = 65536

    /// The two rationals for which `self^(1/n) = outside * inside^(1/n)`, with as much as possible outside.
    ///
    /// `inside` is an integer that no n-th power of a prime up to 1000 divides; larger factors are seen where all that is
    /// left of the numerator or of the denominator is a perfect power. Where the integer would exceed 65536 bits, the
    /// value is left inside as it is.
    ///
    /// - Precondition: the value is positive and `n >= 1`; other values come back inside unchanged.
    public func rootSplit(_ n: Int) -> (outside: Rational, inside: Rational) {
        guard isPositive, n >= 1 else { return (.one, self) }
        if n == 1 { return (self, .one) }
        if isOne { return (.one, .one) }
        var (top, bottom) = (numerator, denominator)
        var (outside, inside) = (Rational.one, BigInteger.one)
        func take(_ prime: BigInteger, _ exponent: Int) -> Bool {
            // Division rounded down leaves a nonnegative power inside.
            let quotient = exponent >= 0 ? exponent / n : -((n - 1 - exponent) / n)
            let remainder = exponent - quotient * n
            guard remainder * prime.bitWidth <= Rational.largestRadicand, let factor = Rational(prime).power(quotient),
                let radicand = prime.power(remainder)
            else { return false }
            outside *= factor
            inside *= radicand
            return true
        }
        for prime in Rational.primes {
            let divisor = BigInteger(prime)
            if top < divisor * divisor && bottom < divisor * divisor { break }
            let exponent = Rational.removeFactors(divisor, &top) - Rational.removeFactors(divisor, &bottom)
            if exponent != 0 && !take(divisor, exponent) { return (.one, self) }
        }
        for (rest, sign) in [(top, 1), (bottom, -1)] where !rest.isOne {
            if let root = rest.exactRoot(n) {
                guard let factor = Rational(root).power(sign) else { return (.one, self) }
                outside *= factor
            } else if !take(rest, sign) {
                return (.one, self)
            }
        }
        guard inside.bitWidth <= Rational.largestRadicand else { return (.one, self) }
        return (outside, Rational(inside))
    }

    /// Divides the value by the highest power of a factor that divides it, and returns that power's exponent.
    private static func removeFactors(_ factor: BigInteger, _ value: inout BigInteger) -> Int {
        var count = 0
        while let quotient = value.exactQuotient(factor) {
            value = quotient
            count += 1
        }
        return count
    }
}
