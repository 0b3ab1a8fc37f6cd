import ExactNumbers

/// Reads the monomials of a packed polynomial.
struct PackedMonomials {
    /// The generators in canonical order of their bases.
    private let generators: [PackedExpansion.Generator]
    /// What makes the exponents of a word nonnegative.
    private let origin: UInt128
    /// The exponents met so far, for each generator by the multiple of its unit above the least.
    private var exponents: [[Int: Expression]]
    /// Whether products of powers of the generators have no other form than the powers by the sums of the exponents.
    let areFree: Bool

    init(_ generators: [PackedExpansion.Generator]) {
        self.generators = generators.sorted { $0.shift > $1.shift }
        origin = generators.reduce(0) { $0 &- UInt128(truncatingIfNeeded: $1.least) << UInt128($1.shift) }
        exponents = [[Int: Expression]](repeating: [:], count: generators.count)
        let bases = self.generators.map(\.base)
        areFree =
            self.generators.allSatisfy(\.isFree) && zip(bases, bases.dropFirst()).allSatisfy { $0 != $1 }
    }

    private func exponent(_ position: Int, in places: UInt128) -> Int {
        let (shift, width) = (generators[position].shift, generators[position].width)
        let place = (places >> UInt128(shift)) & ((1 << UInt128(width)) - 1)
        return Int(truncatingIfNeeded: place) + generators[position].least
    }

    /// The powers of a monomial, in canonical order.
    mutating func factors(of monomial: UInt128) -> [Expression.Factor] {
        let places = monomial &+ origin
        var result: [Expression.Factor] = []
        for position in generators.indices {
            let multiple = exponent(position, in: places)
            if multiple == 0 { continue }
            let known = exponents[position][multiple]
            let exponent =
                known ?? generators[position].part.scaled(by: Rational(multiple, generators[position].denominator))
            if known == nil { exponents[position][multiple] = exponent }
            result.append(Expression.Factor(base: generators[position].base, exponent: exponent))
        }
        return result
    }

    /// A number that is ordered as the monomial is among expressions.
    ///
    /// At the first generator in which two monomials differ a smaller exponent stands first. One without a power of it
    /// stands before both where it has no power of a later generator either, and after both where it has.
    func order(of monomial: UInt128) -> UInt128 {
        let places = monomial &+ origin
        var key: UInt128 = 0
        var hasLater = false
        for position in generators.indices.reversed() {
            let exponent = exponent(position, in: places)
            let digit: UInt128
            if exponent != 0 {
                digit = UInt128(truncatingIfNeeded: exponent - generators[position].least + 1)
                hasLater = true
            } else {
                digit = hasLater ? (1 << UInt128(generators[position].width)) - 1 : 0
            }
            key |= digit << UInt128(generators[position].shift)
        }
        return key
    }
}

extension PackedExpansion.Generator {
    /// Whether products of powers in the range of the exponents are plain powers of the base again, ordered by the
    /// exponents.
    fileprivate var isFree: Bool {
        if !part.isOne {
            if case .sum = part.content { return false }
            if case .product = base.content { return false }
            return base.primitivePart.content.isOne || base.number != nil
        }
        switch base.content {
        case .symbol, .constant, .indexSum, .expectation: return true
        case .function(let function, _): return function != .sign && function != .abs
        // A positive power of a sum would have to be multiplied out.
        case .sum: return greatest < denominator && (denominator == 1 || base.primitivePart.content.isOne)
        case .number: return 0 <= least && greatest < denominator
        case .product: return -denominator < least && greatest < denominator
        }
    }
}
