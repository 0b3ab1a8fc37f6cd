import ExactNumbers

/// A coefficient that polynomials are multiplied with: an `Int` as long as nothing overflows, a ``Rational`` otherwise.
protocol PackedCoefficient: Sendable {
    /// - Returns: nil where the type has no such value.
    init?(_ value: Rational)
    var rational: Rational { get }
    var isZero: Bool { get }
    /// Adds the product of two.
    ///
    /// - Returns: whether the result fits.
    mutating func add(_ a: Self, times b: Self) -> Bool
}

/// Why polynomials cannot be multiplied.
enum PackedFailure: Error {
    /// The result has more terms than allowed.
    case tooLarge
    /// A coefficient does not fit.
    case overflow
}

/// A polynomial whose monomials are words, in which expressions are multiplied out.
///
/// A monomial is the sum of its exponents, each shifted to the place of its generator, so that the product of two is
/// the sum of their words. The ranges of the exponents, known beforehand, leave no two monomials with the same word.
struct PackedPolynomial<Coefficient: PackedCoefficient> {
    typealias Monomial = UInt128

    struct Term {
        let monomial: Monomial
        var coefficient: Coefficient
    }

    private(set) var terms: [Term]

    init(monomial: Monomial, coefficient: Coefficient) {
        terms = coefficient.isZero ? [] : [Term(monomial: monomial, coefficient: coefficient)]
    }

    /// - Parameter terms: none of them zero, of distinct monomials.
    init(distinct terms: [Term]) { self.terms = terms }

    /// The sums of the terms by monomial.
    init(_ accumulator: Accumulator) { terms = accumulator.terms.filter { !$0.coefficient.isZero } }

    /// The product; refused where it has more than `limit` terms.
    func times(_ other: PackedPolynomial, limit: Int) throws(PackedFailure) -> PackedPolynomial {
        if terms.count * other.terms.count > 64 * limit { throw .tooLarge }
        let (short, long) = terms.count < other.terms.count ? (terms, other.terms) : (other.terms, terms)
        var accumulator = Accumulator(limit: limit, capacity: 2 * long.count)
        for p in short {
            for q in long { try accumulator.add(p.monomial &+ q.monomial, p.coefficient, times: q.coefficient) }
        }
        return PackedPolynomial(accumulator)
    }

    /// The power by a positive integer.
    ///
    /// One multiplication by the sparse base after the other takes less work than squaring dense powers (Fateman 1974).
    func power(_ exponent: Int, limit: Int) throws(PackedFailure) -> PackedPolynomial {
        // A power of m terms has at least n + 1 of them.
        if terms.count > 1 && exponent > limit { throw .tooLarge }
        var result = self
        for _ in 1..<exponent { result = try result.times(self, limit: limit) }
        return result
    }
}

extension PackedPolynomial {
    /// Adds terms up by monomial: a hash table of places in the list of terms, with linear probing.
    struct Accumulator {
        private(set) var terms: [Term] = []
        /// One more than the place of a term; 0 where the slot is free.
        private var slots: [Int32]
        private var shift: Int
        private let limit: Int

        init(limit: Int, capacity: Int) {
            self.limit = limit
            let bits = max(4, Int.bitWidth - (2 * min(capacity, limit)).leadingZeroBitCount)
            shift = UInt64.bitWidth - bits
            slots = [Int32](repeating: 0, count: 1 << bits)
            terms.reserveCapacity(min(capacity, limit))
        }

        mutating func add(_ monomial: Monomial, _ a: Coefficient, times b: Coefficient) throws(PackedFailure) {
            var slot = home(of: monomial)
            while true {
                let place = Int(slots[slot]) - 1
                if place < 0 { break }
                if terms[place].monomial == monomial {
                    guard terms[place].coefficient.add(a, times: b) else { throw .overflow }
                    return
                }
                slot = (slot + 1) & (slots.count - 1)
            }
            guard terms.count < limit else { throw .tooLarge }
            guard var coefficient = Coefficient(Rational.zero), coefficient.add(a, times: b) else { throw .overflow }
            terms.append(Term(monomial: monomial, coefficient: coefficient))
            slots[slot] = Int32(truncatingIfNeeded: terms.count)
            if 2 * terms.count > slots.count { grow() }
        }

        /// Fibonacci hashing (Knuth 1998, section 6.4).
        private func home(of monomial: Monomial) -> Int {
            let word =
                UInt64(truncatingIfNeeded: monomial) ^ (UInt64(truncatingIfNeeded: monomial >> 64) &* 0xff51_afd7)
            return Int(truncatingIfNeeded: (word &* 0x9e37_79b9_7f4a_7c15) >> UInt64(shift))
        }

        private mutating func grow() {
            shift -= 1
            slots = [Int32](repeating: 0, count: 2 * slots.count)
            for (place, term) in terms.enumerated() {
                var slot = home(of: term.monomial)
                while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
                slots[slot] = Int32(truncatingIfNeeded: place + 1)
            }
        }
    }
}

extension Int: PackedCoefficient {
    init?(_ value: Rational) {
        guard let integer = value.asInt else { return nil }
        self = integer
    }

    var rational: Rational { Rational(self) }
    var isZero: Bool { self == 0 }

    mutating func add(_ a: Int, times b: Int) -> Bool {
        let (product, overflow) = a.multipliedReportingOverflow(by: b)
        let (sum, carry) = addingReportingOverflow(product)
        self = sum
        return !overflow && !carry
    }
}

extension Rational: PackedCoefficient {
    init?(_ value: Rational) { self = value }

    var rational: Rational { self }

    mutating func add(_ a: Rational, times b: Rational) -> Bool {
        self += a * b
        return true
    }
}
