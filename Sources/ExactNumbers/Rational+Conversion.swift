extension Rational: CustomStringConvertible, LosslessStringConvertible {
    private static let largestExponent = 4096
    private static let longestText = 16384

    /// The number written as an integer, a quotient of integers, or a decimal with an optional exponent, taken exactly:
    /// `12`, `-3/4`, `0.25`, `1e-3`.
    ///
    /// - Returns: nil for any other text, a zero denominator, more than 16384 characters, or an exponent beyond 4096.
    public init?(_ text: String) {
        guard text.utf8.count <= Rational.longestText else { return nil }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 {
            guard parts[1].first?.isNumber == true, let n = BigInteger(String(parts[0])),
                let d = BigInteger(String(parts[1]))
            else { return nil }
            self.init(n, d)
            return
        }
        let scientific = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        var exponent = 0
        if scientific.count == 2 {
            guard let value = Int(scientific[1]), value.magnitude <= Rational.largestExponent else { return nil }
            exponent = value
        }
        let decimal = scientific[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        var digits = String(decimal[0])
        if decimal.count == 2 {
            // A point needs a digit on one side, and nothing but digits after it.
            guard decimal[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
                return nil
            }
            digits += decimal[1]
            exponent -= decimal[1].utf8.count
        }
        guard let significand = BigInteger(digits), let scale = BigInteger(10).power(Int(exponent.magnitude)) else {
            return nil
        }
        if exponent >= 0 {
            self.init(significand * scale)
        } else {
            self.init(significand, scale)
        }
    }

    /// An integer, or numerator and denominator around a slash.
    public var description: String { isInteger ? "\(numerator)" : "\(numerator)/\(denominator)" }
}

extension Rational {
    /// The nearest double, ties to even, however large the parts; infinite beyond the range.
    public var doubleValue: Double {
        if case .small(let n, let d) = storage {
            if d == 1 { return Double(n) }
            // A quotient of two exact doubles is rounded once.
            if n.magnitude <= 1 << 53 && d <= 1 << 53 { return Double(n) / Double(d) }
        }
        let (n, d) = (numerator.natural, denominator.natural)
        let shift = 66 + d.bitWidth - n.bitWidth
        let (quotient, remainder) = shift >= 0 ? (n << shift).divided(by: d) : n.divided(by: d << -shift)
        let magnitude = BigInteger.rounded(quotient, exponent: -shift, isInexact: !remainder.isZero)
        return isNegative ? -magnitude : magnitude
    }

    /// The number that a double is; nil where it is not finite.
    public init?(exactly value: Double) {
        guard value.isFinite else { return nil }
        if let integer = BigInteger(exactly: value) {
            self.init(integer)
            return
        }
        // A double that is no integer is an odd multiple of a power of two above 2^-1075.
        let significand = value.significand * 0x1p52
        guard let n = BigInteger(exactly: value < 0 ? -significand : significand) else { return nil }
        self.init(n, BigInteger(isNegative: false, magnitude: Natural(1) << (52 - Int(value.exponent))))
    }
}
