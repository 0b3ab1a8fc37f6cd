/// A nonnegative integer of any size: the magnitude of a ``BigInteger``.
///
/// Words stand least significant first, with no leading zero word. Multiplication and division are the schoolbook
/// algorithms, quadratic in the number of words (Knuth 1997, The Art of Computer Programming 2, section 4.3.1).
struct Natural: Hashable, Sendable {
    private(set) var words: [UInt]

    static let zero = Natural(words: [])

    init(words: [UInt]) {
        self.words = words
        trim()
    }

    init(_ word: UInt) { words = word == 0 ? [] : [word] }

    private mutating func trim() {
        while words.last == 0 { words.removeLast() }
    }

    var isZero: Bool { words.isEmpty }

    /// The value, where it fits in one word.
    var asWord: UInt? { words.count > 1 ? nil : words.first ?? 0 }

    /// The number of bits up to the highest one set.
    var bitWidth: Int {
        guard let top = words.last else { return 0 }
        return words.count * UInt.bitWidth - top.leadingZeroBitCount
    }

    var isOdd: Bool { (words.first ?? 0) & 1 == 1 }

    static func + (a: Natural, b: Natural) -> Natural {
        let (long, short) = a.words.count >= b.words.count ? (a.words, b.words) : (b.words, a.words)
        var result = long
        var carry: UInt = 0
        for i in long.indices {
            if i >= short.count && carry == 0 { break }
            let (sum, first) = result[i].addingReportingOverflow(i < short.count ? short[i] : 0)
            let (total, second) = sum.addingReportingOverflow(carry)
            result[i] = total
            carry = (first ? 1 : 0) &+ (second ? 1 : 0)
        }
        if carry != 0 { result.append(carry) }
        return Natural(words: result)
    }

    /// The difference, for `a >= b`.
    static func - (a: Natural, b: Natural) -> Natural {
        var result = a.words
        var borrow: UInt = 0
        for i in result.indices {
            if i >= b.words.count && borrow == 0 { break }
            let (difference, first) = result[i].subtractingReportingOverflow(i < b.words.count ? b.words[i] : 0)
            let (total, second) = difference.subtractingReportingOverflow(borrow)
            result[i] = total
            borrow = (first ? 1 : 0) &+ (second ? 1 : 0)
        }
        return Natural(words: result)
    }

    static func * (a: Natural, b: Natural) -> Natural {
        guard !a.isZero, !b.isZero else { return .zero }
        var result = [UInt](repeating: 0, count: a.words.count + b.words.count)
        for (i, x) in a.words.enumerated() {
            var carry: UInt = 0
            for (j, y) in b.words.enumerated() {
                var (high, low) = x.multipliedFullWidth(by: y)
                for addend in [carry, result[i + j]] {
                    let (sum, overflow) = low.addingReportingOverflow(addend)
                    low = sum
                    if overflow { high &+= 1 }
                }
                result[i + j] = low
                carry = high
            }
            result[i + b.words.count] = carry
        }
        return Natural(words: result)
    }

    static func << (a: Natural, count: Int) -> Natural {
        guard count > 0, !a.isZero else { return a }
        let (wordShift, bitShift) = count.quotientAndRemainder(dividingBy: UInt.bitWidth)
        var result = [UInt](repeating: 0, count: wordShift)
        var carry: UInt = 0
        for word in a.words {
            result.append(word << bitShift | carry)
            carry = bitShift == 0 ? 0 : word >> (UInt.bitWidth - bitShift)
        }
        result.append(carry)
        return Natural(words: result)
    }

    static func >> (a: Natural, count: Int) -> Natural {
        guard count > 0 else { return a }
        let (wordShift, bitShift) = count.quotientAndRemainder(dividingBy: UInt.bitWidth)
        guard wordShift < a.words.count else { return .zero }
        var result = Array(a.words[wordShift...])
        for i in result.indices {
            let next = i + 1 < result.count ? result[i + 1] : 0
            result[i] = result[i] >> bitShift | (bitShift == 0 ? 0 : next << (UInt.bitWidth - bitShift))
        }
        return Natural(words: result)
    }

    /// Whether a bit below `count` is set.
    func hasBits(below count: Int) -> Bool {
        let (wordCount, bits) = count.quotientAndRemainder(dividingBy: UInt.bitWidth)
        if words.prefix(wordCount).contains(where: { $0 != 0 }) { return true }
        return wordCount < words.count && bits > 0 && words[wordCount] << (UInt.bitWidth - bits) != 0
    }

    /// Quotient and remainder by a word that is not zero.
    func divided(by divisor: UInt) -> (quotient: Natural, remainder: UInt) {
        var result = words
        var remainder: UInt = 0
        for i in result.indices.reversed() {
            (result[i], remainder) = divisor.dividingFullWidth((remainder, result[i]))
        }
        return (Natural(words: result), remainder)
    }

    /// Quotient and remainder by a divisor that is not zero (Knuth's algorithm D).
    func divided(by divisor: Natural) -> (quotient: Natural, remainder: Natural) {
        if self < divisor { return (.zero, self) }
        if let word = divisor.asWord {
            let (quotient, remainder) = divided(by: word)
            return (quotient, Natural(remainder))
        }
        let shift = divisor.words[divisor.words.count - 1].leadingZeroBitCount
        let v = (divisor << shift).words
        var u = (self << shift).words
        while u.count <= words.count { u.append(0) }
        let n = v.count
        var quotient = [UInt](repeating: 0, count: u.count - n)
        for j in quotient.indices.reversed() {
            let estimate = Natural.quotientDigit(u[j + n], u[j + n - 1], u[j + n - 2], v[n - 1], v[n - 2])
            quotient[j] = Natural.subtractMultiple(&u, at: j, of: v, estimate)
        }
        return (Natural(words: quotient), Natural(words: Array(u[..<n])) >> shift)
    }

    /// The digit that three words over two give, at most one too large.
    private static func quotientDigit(_ u2: UInt, _ u1: UInt, _ u0: UInt, _ v1: UInt, _ v0: UInt) -> UInt {
        var digit = UInt.max
        var remainder: UInt
        if u2 >= v1 {
            let (sum, overflow) = u1.addingReportingOverflow(v1)
            if overflow { return digit }
            remainder = sum
        } else {
            (digit, remainder) = v1.dividingFullWidth((u2, u1))
        }
        while true {
            let (high, low) = digit.multipliedFullWidth(by: v0)
            if high < remainder || (high == remainder && low <= u0) { return digit }
            digit -= 1
            let (sum, overflow) = remainder.addingReportingOverflow(v1)
            if overflow { return digit }
            remainder = sum
        }
    }

    /// Subtracts `digit * v` from the words of u at `offset`, adding v back where the digit was one too large.
    private static func subtractMultiple(_ u: inout [UInt], at offset: Int, of v: [UInt], _ digit: UInt) -> UInt {
        var carry: UInt = 0
        for i in v.indices {
            let (high, low) = digit.multipliedFullWidth(by: v[i])
            let (subtrahend, overflow) = low.addingReportingOverflow(carry)
            let (difference, borrow) = u[offset + i].subtractingReportingOverflow(subtrahend)
            u[offset + i] = difference
            carry = high &+ (overflow ? 1 : 0) &+ (borrow ? 1 : 0)
        }
        let (difference, borrow) = u[offset + v.count].subtractingReportingOverflow(carry)
        u[offset + v.count] = difference
        guard borrow else { return digit }
        var back: UInt = 0
        for i in v.indices {
            let (sum, first) = u[offset + i].addingReportingOverflow(v[i])
            let (total, second) = sum.addingReportingOverflow(back)
            u[offset + i] = total
            back = (first ? 1 : 0) &+ (second ? 1 : 0)
        }
        u[offset + v.count] = u[offset + v.count] &+ back
        return digit - 1
    }
}

extension Natural: Comparable {
    static func < (a: Natural, b: Natural) -> Bool {
        if a.words.count != b.words.count { return a.words.count < b.words.count }
        for (x, y) in zip(a.words.reversed(), b.words.reversed()) where x != y { return x < y }
        return false
    }
}
