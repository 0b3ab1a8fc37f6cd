import ExactNumbers

/// Reads the monomials of a packed polynomial.
struct PackedMonomials {
    /// The generators in canonical order of their bases.
    private let generators: [PackedExpansion.Generator]
    /// For each generator the exponents under which a product of its powers is the power by their sum.
    private let plainExponents: [ClosedRange<Int>]
    /// What makes the exponents of a word nonnegative.
    private let origin: UInt128
    /// The exponents met so far, for each generator by the multiple of its unit.
    private var exponents: [[Int: Expression]]
    private let hasConstant: Bool
    /// Whether the order of the monomials is that of their exponents: no two generators have the same base.
    let areOrdered: Bool

    init(_ generators: [PackedExpansion.Generator]) {
        self.generators = generators.sorted { $0.shift > $1.shift }
        origin = generators.reduce(0) { $0 &- UInt128(truncatingIfNeeded: $1.least) << UInt128($1.shift) }
        exponents = [[Int: Expression]](repeating: [:], count: generators.count)
        hasConstant = generators.allSatisfy { $0.least <= 0 && 0 <= $0.greatest }
        let bases = self.generators.map(\.base)
        areOrdered = zip(bases, bases.dropFirst()).allSatisfy { $0 != $1 }
        let haveOneBase = areOrdered
        plainExponents = self.generators.map {
            // Roots and symbolic powers of a number may meet in a number.
            haveOneBase || $0.base.number == nil ? $0.plainExponents : 0...0
        }
    }

    private func exponent(_ position: Int, in places: UInt128) -> Int {
        let (shift, width) = (generators[position].shift, generators[position].width)
        let place = (places >> UInt128(shift)) & ((1 << UInt128(width)) - 1)
        return Int(truncatingIfNeeded: place) + generators[position].least
    }

    /// Whether all exponents are zero; the word alone tells only where zero is in the range of every one.
    func isConstant(_ monomial: UInt128) -> Bool { monomial == 0 && hasConstant }

    /// Whether the monomial may have another form than that of a product of the powers.
    func isBound(_ monomial: UInt128) -> Bool {
        let places = monomial &+ origin
        return generators.indices.contains { !plainExponents[$0].contains(exponent($0, in: places)) }
    }

    /// The expression that a monomial stands for.
    mutating func expression(of monomial: UInt128) -> Expression {
        let isBound = isBound(monomial)
        let places = monomial &+ origin
        var factors: [Expression.Factor] = []
        for position in generators.indices {
            let multiple = exponent(position, in: places)
            if multiple == 0 { continue }
            let (base, exponent) = (generators[position].base, exponent(position, multiple))
            if let last = factors.last, last.base == base {
                factors[factors.count - 1] = Expression.Factor(base: base, exponent: last.exponent + exponent)
            } else {
                factors.append(Expression.Factor(base: base, exponent: exponent))
            }
        }
        return isBound
            ? Expression.product(of: factors.flatMap(\.wholePartApart))
            : Expression.product(coefficient: .one, canonicalFactors: factors)
    }

    private mutating func exponent(_ position: Int, _ multiple: Int) -> Expression {
        if let known = exponents[position][multiple] { return known }
        let generator = generators[position]
        let result = generator.part.scaled(by: Rational(multiple, generator.denominator))
        exponents[position][multiple] = result
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

extension Expression.Factor {
    /// The power as a product in which the whole part of the exponent stands by itself, so that `(x y)^(3/2)` is
    /// `x y (x y)^(1/2)` and `|x|^3` is `x^2 |x|`, as in a product of one power after the other.
    fileprivate var wholePartApart: [Expression] {
        let period: Int
        switch base.content {
        case .product: period = 1
        case .function(.abs, _): period = 2
        default: return [.power(base, exponent)]
        }
        guard let value = exponent.number, let count = (value.magnitude * Rational(1, period)).floor.asInt else {
            return [.power(base, exponent)]
        }
        let whole = Rational((value.isNegative ? -1 : 1) * count) * Rational(period)
        return [.power(base, Expression(whole)), .power(base, Expression(value - whole))]
    }
}

extension PackedExpansion.Generator {
    /// The exponents, as multiples of the unit, under which the power of the base by the sum of exponents has no other
    /// form.
    fileprivate var plainExponents: ClosedRange<Int> {
        let any = Int.min...Int.max
        if !part.isOne {
            if case .product = base.content { return 0...0 }
            return base.number != nil || base.primitivePart.content.isOne ? any : 0...0
        }
        switch base.content {
        case .symbol, .constant, .indexSum, .expectation: return any
        case .function(let function, _): return function == .sign || function == .abs ? 0...0 : any
        // A positive power of a sum would have to be multiplied out.
        case .sum: return denominator == 1 || base.primitivePart.content.isOne ? .min...(denominator - 1) : 0...0
        case .number: return 0...(denominator - 1)
        case .product: return (1 - denominator)...(denominator - 1)
        }
    }
}
