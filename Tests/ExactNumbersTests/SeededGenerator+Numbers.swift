import TestSupport

@testable import ExactNumbers

/// Random exact numbers.
extension SeededGenerator {
    /// An integer of 0 to 5 words, often next to a power of two where carries happen.
    mutating func integer() -> BigInteger {
        let count = Int.random(in: 0...5, using: &self)
        let words = (0..<count).map { _ -> UInt in
            switch Int.random(in: 0..<5, using: &self) {
            case 0: return .max
            case 1: return 0
            case 2: return UInt(1) << UInt.random(in: 0..<64, using: &self)
            default: return UInt(next())
            }
        }
        return BigInteger(isNegative: Bool.random(using: &self), magnitude: Natural(words: words))
    }

    /// An integer about the border of `Int`.
    mutating func borderInteger() -> BigInteger {
        let bases: [BigInteger] = [0, BigInteger(.max), BigInteger(.min), BigInteger(1 << 31)]
        let base = bases[Int.random(in: 0..<4, using: &self)]
        return base + BigInteger(Int.random(in: -3...3, using: &self))
    }

    mutating func rational() -> Rational {
        while true {
            let wide = Bool.random(using: &self)
            let numerator = wide ? integer() : borderInteger()
            let denominator = Bool.random(using: &self) ? integer() : borderInteger()
            if let value = Rational(numerator, denominator) { return value }
        }
    }
}
