extension Rational {
    /// The number of bits beyond which a power is not formed.
    private static let largestPower = 65536.0

    public static prefix func - (a: Rational) -> Rational {
        if case .small(let n, let d) = a.storage { return Rational(small: -n, d) }
        return Rational(reduced: -a.numerator, a.denominator)
    }

    public static func + (a: Rational, b: Rational) -> Rational {
        if case .small(let m, let p) = a.storage, case .small(let n, let q) = b.storage,
            let sum = smallSum(m, p, n, q)
        {
            return sum
        }
        let numerator = a.numerator * b.denominator + b.numerator * a.denominator
        return Rational(numerator, a.denominator * b.denominator) ?? .zero
    }

    /// The sum of m/p and n/q; nil where an intermediate overflows (Knuth, section 4.5.1).
    private static func smallSum(_ m: Int, _ p: Int, _ n: Int, _ q: Int) -> Rational? {
        if p == q {
            let (sum, overflow) = m.addingReportingOverflow(n)
            if overflow || sum == .min { return nil }
            return p == 1 ? Rational(small: sum, 1) : Rational(sum, p)
        }
        let divisor = Int(BigInteger.gcd(p.magnitude, q.magnitude))
        let (x, xOverflow) = m.multipliedReportingOverflow(by: q / divisor)
        let (y, yOverflow) = n.multipliedReportingOverflow(by: p / divisor)
        let (sum, sumOverflow) = x.addingReportingOverflow(y)
        if xOverflow || yOverflow || sumOverflow || sum == .min { return nil }
        let common = Int(BigInteger.gcd(sum.magnitude, divisor.magnitude))
        let (denominator, overflow) = (p / divisor).multipliedReportingOverflow(by: q / common)
        return overflow ? nil : Rational(small: sum / common, denominator)
    }

    public static func - (a: Rational, b: Rational) -> Rational { a + -b }

    public static func * (a: Rational, b: Rational) -> Rational {
        if case .small(let m, let p) = a.storage, case .small(let n, let q) = b.storage,
            let product = smallProduct(m, p, n, q)
        {
            return product
        }
        return Rational(a.numerator * b.numerator, a.denominator * b.denominator) ?? .zero
    }

    /// The product of m/p and n/q, crosswise reduced; nil where it overflows.
    private static func smallProduct(_ m: Int, _ p: Int, _ n: Int, _ q: Int) -> Rational? {
        if p == 1 && q == 1 {
            let (product, overflow) = m.multipliedReportingOverflow(by: n)
            return overflow || product == .min ? nil : Rational(small: product, 1)
        }
        let first = Int(BigInteger.gcd(m.magnitude, q.magnitude))
        let second = Int(BigInteger.gcd(n.magnitude, p.magnitude))
        let (numerator, numeratorOverflow) = (m / first).multipliedReportingOverflow(by: n / second)
        let (denominator, denominatorOverflow) = (p / second).multipliedReportingOverflow(by: q / first)
        if numeratorOverflow || denominatorOverflow || numerator == .min { return nil }
        return Rational(small: numerator, denominator)
    }

    public static func += (a: inout Rational, b: Rational) { a = a + b }
    public static func -= (a: inout Rational, b: Rational) { a = a - b }
    public static func *= (a: inout Rational, b: Rational) { a = a * b }

    /// The absolute value.
    public var magnitude: Rational { isNegative ? -self : self }

    /// One over the value; nil for zero.
    public var reciprocal: Rational? {
        if case .small(let n, let d) = storage {
            return n == 0 ? nil : n < 0 ? Rational(small: -d, -n) : Rational(small: d, n)
        }
        return isNegative
            ? Rational(reduced: -denominator, -numerator) : Rational(reduced: denominator, numerator)
    }

    /// The quotient; nil for a zero divisor.
    public func dividing(by divisor: Rational) -> Rational? { divisor.reciprocal.map { self * $0 } }

    /// The power by an integer; nil for a negative power of zero, and where a part of the result would have more than
    /// some 65536 bits.
    public func power(_ exponent: Int) -> Rational? {
        if exponent == 0 || isOne { return .one }
        if exponent == 1 { return self }
        if isZero { return exponent > 0 ? .zero : nil }
        if self == -1 { return exponent & 1 == 0 ? .one : self }
        let size = max(numerator.binaryLogarithm, denominator.binaryLogarithm)
        guard Double(exponent.magnitude) * size <= Rational.largestPower,
            let n = numerator.power(Int(exponent.magnitude)), let d = denominator.power(Int(exponent.magnitude))
        else { return nil }
        let power = Rational(reduced: n, d)
        return exponent < 0 ? power.reciprocal : power
    }

    /// The largest integer that is not above the value.
    public var floor: BigInteger {
        guard let (quotient, remainder) = numerator.divMod(denominator) else { return 0 }
        return remainder.isNegative ? quotient - 1 : quotient
    }
}
