import Foundation

extension BigInteger: CustomStringConvertible, LosslessStringConvertible {
    /// The largest power of ten in a word, and its exponent.
    private static let chunk: (digits: Int, power: UInt) = (18, 1_000_000_000_000_000_000)

    /// The integer written in decimal digits after an optional sign; nil for any other text.
    public init?(_ text: String) {
        var digits = Substring(text).utf8[...]
        var isNegative = false
        if let first = digits.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            digits.removeFirst()
        }
        guard !digits.isEmpty else { return nil }
        var magnitude = Natural.zero
        while !digits.isEmpty {
            var value: UInt = 0
            var scale: UInt = 1
            for character in digits.prefix(BigInteger.chunk.digits) {
                guard character >= UInt8(ascii: "0"), character <= UInt8(ascii: "9") else { return nil }
                value = value * 10 + UInt(character - UInt8(ascii: "0"))
                scale *= 10
            }
            digits = digits.dropFirst(BigInteger.chunk.digits)
            magnitude = magnitude * Natural(scale) + Natural(value)
        }
        self.init(isNegative: isNegative, magnitude: magnitude)
    }

    /// Decimal digits after a minus sign where negative.
    public var description: String {
        if let value = asInt { return String(value) }
        var chunks: [String] = []
        var rest = natural
        while !rest.isZero {
            let (quotient, remainder) = rest.divided(by: BigInteger.chunk.power)
            let digits = String(remainder)
            chunks.append(
                quotient.isZero
                    ? digits : String(repeating: "0", count: BigInteger.chunk.digits - digits.count) + digits)
            rest = quotient
        }
        return (isNegative ? "-" : "") + chunks.reversed().joined()
    }
}

extension BigInteger {
    /// The nearest double, ties to even; infinite beyond the range.
    public var doubleValue: Double {
        if let value = asInt { return Double(value) }
        let magnitude = BigInteger.rounded(natural, exponent: 0, isInexact: false)
        return isNegative ? -magnitude : magnitude
    }

    /// The integer that a double is; nil where it is none.
    public init?(exactly value: Double) {
        guard value.isFinite, value == value.rounded(.towardZero) else { return nil }
        if let small = Int(exactly: value) {
            self.init(small)
            return
        }
        let significand = UInt(value.significandBitPattern | 1 << Double.significandBitCount)
        let shift = Int(value.exponent) - Double.significandBitCount
        self.init(isNegative: value < 0, magnitude: Natural(significand) << shift)
    }

    /// The logarithm to base 2 of the magnitude, to double accuracy; minus infinity for zero.
    var binaryLogarithm: Double {
        let shift = max(0, bitWidth - UInt.bitWidth)
        return log2(Double((natural >> shift).asWord ?? 0)) + Double(shift)
    }

    /// `magnitude * 2^exponent` rounded to the nearest double, ties to even, subnormals included.
    ///
    /// - Parameter isInexact: whether the true value lies above this one by less than a unit of its last bit.
    static func rounded(_ magnitude: Natural, exponent: Int, isInexact: Bool) -> Double {
        let width = magnitude.bitWidth
        guard width > 0 else { return 0 }
        if width + exponent > 1024 { return .infinity }
        let unit = max(exponent + width - 53, -1074)
        let shift = unit - exponent
        if shift <= 0 {
            // At most 53 bits: nothing to round, since an inexact magnitude always comes with more.
            return Double(sign: .plus, exponent: exponent, significand: Double(magnitude.asWord ?? 0))
        }
        var kept = (magnitude >> shift).asWord ?? 0
        let half = (magnitude >> (shift - 1)).isOdd
        let hasRest = isInexact || magnitude.hasBits(below: shift - 1)
        if half && (hasRest || kept & 1 == 1) { kept += 1 }
        return Double(sign: .plus, exponent: unit, significand: Double(kept))
    }
}
