extension BigInteger {
    public static prefix func - (a: BigInteger) -> BigInteger {
        if let x = a.asInt, x != .min { return BigInteger(-x) }
        return BigInteger(isNegative: !a.isNegative, magnitude: a.natural)
    }

    public static func + (a: BigInteger, b: BigInteger) -> BigInteger {
        if let x = a.asInt, let y = b.asInt {
            let (sum, overflow) = x.addingReportingOverflow(y)
            if !overflow { return BigInteger(sum) }
        }
        let (p, q) = (a.natural, b.natural)
        if a.isNegative == b.isNegative { return BigInteger(isNegative: a.isNegative, magnitude: p + q) }
        return p < q
            ? BigInteger(isNegative: b.isNegative, magnitude: q - p)
            : BigInteger(isNegative: a.isNegative, magnitude: p - q)
    }

    public static func - (a: BigInteger, b: BigInteger) -> BigInteger { a + -b }

    public static func * (a: BigInteger, b: BigInteger) -> BigInteger {
        if let x = a.asInt, let y = b.asInt {
            let (product, overflow) = x.multipliedReportingOverflow(by: y)
            if !overflow { return BigInteger(product) }
        }
        return BigInteger(isNegative: a.isNegative != b.isNegative, magnitude: a.natural * b.natural)
    }

    public static func += (a: inout BigInteger, b: BigInteger) { a = a + b }
    public static func -= (a: inout BigInteger, b: BigInteger) { a = a - b }
    public static func *= (a: inout BigInteger, b: BigInteger) { a = a * b }

    /// Quotient rounded toward zero, and the remainder, which has the sign of `self`.
    ///
    /// - Returns: nil for a zero divisor.
    public func divMod(_ divisor: BigInteger) -> (quotient: BigInteger, remainder: BigInteger)? {
        if divisor.isZero { return nil }
        if let x = asInt, let y = divisor.asInt, y != -1 {
            let (quotient, remainder) = x.quotientAndRemainder(dividingBy: y)
            return (BigInteger(quotient), BigInteger(remainder))
        }
        let (quotient, remainder) = natural.divided(by: divisor.natural)
        return (
            BigInteger(isNegative: isNegative != divisor.isNegative, magnitude: quotient),
            BigInteger(isNegative: isNegative, magnitude: remainder)
        )
    }

    /// The quotient where the division leaves no remainder; otherwise nil.
    public func exactQuotient(_ divisor: BigInteger) -> BigInteger? {
        guard let (quotient, remainder) = divMod(divisor), remainder.isZero else { return nil }
        return quotient
    }

    /// The greatest common divisor, nonnegative; that of 0 and 0 is 0.
    public static func gcd(_ a: BigInteger, _ b: BigInteger) -> BigInteger {
        var (x, y) = (a, b)
        while let (_, remainder) = x.divMod(y) {
            if let p = y.asInt, let q = remainder.asInt {
                let word = gcd(p.magnitude, q.magnitude)
                return BigInteger(isNegative: false, magnitude: Natural(word))
            }
            (x, y) = (y, remainder)
        }
        return x.magnitude
    }

    /// The greatest common divisor of two words (Stein 1967).
    static func gcd(_ a: UInt, _ b: UInt) -> UInt {
        if a == 0 || b == 0 { return a | b }
        let shift = (a | b).trailingZeroBitCount
        var x = a >> a.trailingZeroBitCount
        var y = b
        repeat {
            y >>= y.trailingZeroBitCount
            if x > y { swap(&x, &y) }
            y -= x
        } while y != 0
        return x << shift
    }

    /// The power by a nonnegative exponent; the caller bounds the size of the result.
    ///
    /// - Returns: nil for a negative exponent.
    public func power(_ exponent: Int) -> BigInteger? {
        guard exponent >= 0 else { return nil }
        var result = BigInteger.one
        var square = self
        var remaining = exponent
        while remaining > 0 {
            if remaining & 1 == 1 { result *= square }
            remaining >>= 1
            if remaining > 0 { square *= square }
        }
        return result
    }

    /// The n-th root where it is an integer, for a nonnegative value and positive n; otherwise nil.
    public func exactRoot(_ n: Int) -> BigInteger? {
        guard n > 0, !isNegative else { return nil }
        if n == 1 || isZero || isOne { return self }
        guard n < bitWidth else { return nil }
        // Newton's iteration from above descends monotonically to the floor of the root.
        let degree = BigInteger(n)
        var root = BigInteger(isNegative: false, magnitude: Natural(1) << ((bitWidth + n - 1) / n))
        while let lower = root.power(n - 1),
            let (quotient, _) = divMod(lower),
            let (next, _) = (root * BigInteger(n - 1) + quotient).divMod(degree),
            next < root
        {
            root = next
        }
        return root.power(n) == self ? root : nil
    }
}
