import ExactNumbers

/// An expression read as sums and products of powers of generators, to be multiplied out in packed arithmetic.
///
/// A generator is a base to a multiple of a part of an exponent: `x` in `x^3`, `v^(1/2)` in `v^(3/2)`, `e^t` in
/// `e^(-2 t)`. Bases that are sums count as one where their exponent is not a positive integer. Generators are taken as
/// independent; where they may not be, as roots of numbers or signs, the monomials of the result are built anew.
struct PackedExpansion {
    private struct Power: Hashable {
        let base: Expression
        let part: Expression
    }

    private struct Generator {
        let power: Power
        /// Exponents are multiples of one over this.
        var denominator = 1
        /// Whether products of its powers have no other form than the power by the sum of the exponents.
        var isFree: Bool
        // The layout of monomials: the least exponent and the place of the exponent in a word.
        var least = 0
        var width = 0
        var shift = 0

        func exponent(in places: UInt128) -> Int {
            Int(truncatingIfNeeded: (places >> UInt128(shift)) & ((1 << UInt128(width)) - 1)) + least
        }
    }

    /// A coefficient times powers of generators times powers of sums.
    private struct Summand {
        var coefficient: Rational
        var powers: [(generator: Int, exponent: Rational)] = []
        var sums: [(summands: [Summand], exponent: Int)] = []
    }

    /// Bounds that keep sums of exponents from overflowing.
    private static let largestExponent = 1 << 24
    private static let largestDenominator = 1 << 16

    private var numbers: [Power: Int] = [:]
    private var generators: [Generator] = []
    private var summands: [Summand] = []
    private var isTooLarge = false

    /// - Returns: nil where the exponents of a monomial do not fit in a word.
    init?(of expression: Expression) {
        summands = read(expression)
        guard arrange() else { return nil }
    }

    /// The expression, multiplied out.
    ///
    /// - Throws: ``AlgebraError/tooLarge(limit:)`` where it has more than `limit` terms.
    func expanded(limit: Int) throws(AlgebraError) -> Expression {
        do throws(PackedFailure) {
            do throws(PackedFailure) {
                let polynomial: PackedPolynomial<Int> = try evaluate(summands, limit)
                return expression(of: polynomial)
            } catch .overflow {
                let polynomial: PackedPolynomial<Rational> = try evaluate(summands, limit)
                return expression(of: polynomial)
            }
        } catch {
            throw .tooLarge(limit: limit)
        }
    }

    // MARK: Reading

    private mutating func read(_ expression: Expression) -> [Summand] {
        guard case .sum(let constant, let terms) = expression.content else { return [read(expression, .one)] }
        var result: [Summand] = []
        result.reserveCapacity(terms.count + 1)
        if !constant.isZero { result.append(Summand(coefficient: constant)) }
        for term in terms { result.append(read(term.expression, term.coefficient)) }
        return result
    }

    private mutating func read(_ expression: Expression, _ coefficient: Rational) -> Summand {
        switch expression.content {
        case .number(let value): return Summand(coefficient: coefficient * value)
        case .product(let own, let factors):
            var result = Summand(coefficient: coefficient * own)
            for factor in factors {
                if case .sum = factor.base.content, let n = factor.exponent.asInteger, n > 0 {
                    result.sums.append((read(factor.base), n))
                } else {
                    result.powers.append(power(factor.base, factor.exponent))
                }
            }
            return result
        default: return Summand(coefficient: coefficient, powers: [power(expression, .one)])
        }
    }

    private mutating func power(
        _ base: Expression, _ exponent: Expression
    ) -> (generator: Int, exponent: Rational) {
        let coefficient: Rational
        let part: Expression
        if let number = exponent.number {
            (coefficient, part) = (number, .one)
        } else {
            let term = exponent.asTerm
            (coefficient, part) = (term.coefficient, term.expression)
        }
        if coefficient.magnitude > Rational(PackedExpansion.largestExponent) { isTooLarge = true }
        let power = Power(base: base, part: part)
        let isFree = part.isOne && base.isFree(underExponent: coefficient)
        let number = numbers[power] ?? generators.count
        if number == generators.count {
            numbers[power] = number
            generators.append(Generator(power: power, isFree: isFree))
        }
        if !isFree { generators[number].isFree = false }
        if !coefficient.isInteger {
            let known = BigInteger(generators[number].denominator)
            let common = BigInteger.gcd(known, coefficient.denominator)
            let multiple = Rational(known * coefficient.denominator, common)?.asInt ?? .max
            if multiple > PackedExpansion.largestDenominator { isTooLarge = true }
            generators[number].denominator = isTooLarge ? 1 : multiple
        }
        return (number, coefficient)
    }

    // MARK: The layout of monomials

    /// Gives every generator a place in the word, the first in canonical order the highest.
    private mutating func arrange() -> Bool {
        guard !isTooLarge, let ranges = ranges(of: summands) else { return false }
        var shift = 0
        let order = generators.indices.sorted {
            Expression.compare(generators[$0].power.base, generators[$1].power.base) < 0
        }
        for number in order.reversed() {
            // Beside the exponents there is room for two marks: see `sortKey`.
            let (count, overflow) = ranges[number].upper.subtractingReportingOverflow(ranges[number].lower - 2)
            if overflow { return false }
            generators[number].least = ranges[number].lower
            generators[number].width = Int.bitWidth - count.leadingZeroBitCount
            generators[number].shift = shift
            shift += generators[number].width
        }
        return shift <= PackedPolynomial<Int>.Monomial.bitWidth
    }

    /// The exponent as a multiple of the unit of its generator.
    private func multiple(_ power: (generator: Int, exponent: Rational)) -> Int {
        (power.exponent * Rational(generators[power.generator].denominator)).asInt ?? 0
    }

    /// The ranges of the exponents of all generators; nil where they are too large.
    private func ranges(of summands: [Summand]) -> [(lower: Int, upper: Int)]? {
        var result: [(lower: Int, upper: Int)] = []
        for summand in summands {
            var own = [(lower: Int, upper: Int)](repeating: (0, 0), count: generators.count)
            for power in summand.powers {
                let exponent = multiple(power)
                own[power.generator].lower += exponent
                own[power.generator].upper += exponent
            }
            for sum in summand.sums {
                guard let inner = ranges(of: sum.summands) else { return nil }
                for (number, range) in inner.enumerated() {
                    let (lower, lowerOverflow) = range.lower.multipliedReportingOverflow(by: sum.exponent)
                    let (upper, upperOverflow) = range.upper.multipliedReportingOverflow(by: sum.exponent)
                    if lowerOverflow || upperOverflow { return nil }
                    // The guard below holds for every summand and sum, so that a few of these cannot overflow.
                    own[number].lower += lower
                    own[number].upper += upper
                }
            }
            guard own.allSatisfy({ max($0.lower.magnitude, $0.upper.magnitude) < 1 << 56 }) else { return nil }
            for number in result.indices {
                result[number].lower = min(result[number].lower, own[number].lower)
                result[number].upper = max(result[number].upper, own[number].upper)
            }
            if result.isEmpty { result = own }
        }
        return result
    }

    // MARK: Multiplying out

    private func evaluate<C: PackedCoefficient>(
        _ summands: [Summand], _ limit: Int
    ) throws(PackedFailure) -> PackedPolynomial<C> {
        if summands.count == 1 { return try evaluate(summands[0], limit) }
        var accumulator = PackedPolynomial<C>.Accumulator(limit: limit, capacity: summands.count)
        guard let one = C(Rational.one) else { throw .overflow }
        for summand in summands {
            let polynomial: PackedPolynomial<C> = try evaluate(summand, limit)
            for term in polynomial.terms { try accumulator.add(term.monomial, term.coefficient, times: one) }
        }
        return PackedPolynomial(accumulator)
    }

    private func evaluate<C: PackedCoefficient>(
        _ summand: Summand, _ limit: Int
    ) throws(PackedFailure) -> PackedPolynomial<C> {
        guard let coefficient = C(summand.coefficient) else { throw .overflow }
        var monomial: PackedPolynomial<C>.Monomial = 0
        for power in summand.powers {
            let exponent = PackedPolynomial<C>.Monomial(truncatingIfNeeded: multiple(power))
            monomial &+= exponent << UInt128(generators[power.generator].shift)
        }
        var result = PackedPolynomial(monomial: monomial, coefficient: coefficient)
        var powers: [PackedPolynomial<C>] = []
        for sum in summand.sums {
            powers.append(try evaluate(sum.summands, limit).power(sum.exponent, limit: limit))
        }
        for power in powers.sorted(by: { $0.terms.count < $1.terms.count }) {
            result = try result.times(power, limit: limit)
        }
        return result
    }

    // MARK: The result

    private func expression<C: PackedCoefficient>(of polynomial: PackedPolynomial<C>) -> Expression {
        let areFree = generators.allSatisfy(\.isFree)
        let order = generators.indices.sorted { generators[$0].shift > generators[$1].shift }
        let layout = order.map { generators[$0] }
        let origin = layout.reduce(PackedPolynomial<C>.Monomial(0)) {
            $0 &- PackedPolynomial<C>.Monomial(truncatingIfNeeded: $1.least) << UInt128($1.shift)
        }
        // The exponents, least one first, of a word.
        func places(_ monomial: PackedPolynomial<C>.Monomial) -> PackedPolynomial<C>.Monomial { monomial &+ origin }
        if areFree {
            var constant = Rational.zero
            var keyed: [(key: UInt128, term: Int)] = []
            keyed.reserveCapacity(polynomial.terms.count)
            for (position, term) in polynomial.terms.enumerated() {
                if term.monomial == 0 {
                    constant = term.coefficient.rational
                } else {
                    keyed.append((PackedExpansion.sortKey(places(term.monomial), layout), position))
                }
            }
            keyed.sort { $0.key < $1.key }
            let terms = keyed.map { entry in
                let term = polynomial.terms[entry.term]
                let factors = PackedExpansion.factors(places(term.monomial), layout)
                return Expression.Term(
                    coefficient: term.coefficient.rational,
                    expression: Expression.product(coefficient: .one, canonicalFactors: factors))
            }
            return Expression.sum(constant: constant, sortedTerms: terms)
        }
        return Expression.sum(
            of: polynomial.terms.map { term in
                let factors = PackedExpansion.factors(places(term.monomial), layout)
                return Expression.product(of: factors.map { Expression.power($0.base, $0.exponent) })
                    .scaled(by: term.coefficient.rational)
            })
    }

    private static func factors(_ places: UInt128, _ layout: [Generator]) -> [Expression.Factor] {
        var result: [Expression.Factor] = []
        for generator in layout {
            let exponent = generator.exponent(in: places)
            if exponent == 0 { continue }
            let multiple = Rational(exponent, generator.denominator)
            result.append(
                Expression.Factor(base: generator.power.base, exponent: generator.power.part.scaled(by: multiple)))
        }
        return result
    }

    /// A number that is ordered as the monomial of an expression is: at the first generator in which two differ a
    /// smaller exponent stands first, one without a power of it and of any later generator before both, and one
    /// with later generators alone after both.
    private static func sortKey(_ places: UInt128, _ layout: [Generator]) -> UInt128 {
        var key: UInt128 = 0
        var hasLater = false
        for generator in layout.reversed() {
            let exponent = generator.exponent(in: places)
            let digit: UInt128
            if exponent != 0 {
                digit = UInt128(truncatingIfNeeded: exponent - generator.least + 1)
                hasLater = true
            } else {
                digit = hasLater ? (1 << UInt128(generator.width)) - 1 : 0
            }
            key |= digit << UInt128(generator.shift)
        }
        return key
    }
}

extension Expression {
    /// Whether products of powers of this base by numbers such as `exponent` are plain powers of it again.
    fileprivate func isFree(underExponent exponent: Rational) -> Bool {
        switch content {
        case .symbol, .constant, .indexSum, .expectation: return true
        case .function(let function, _): return function != .sign && function != .abs
        // A positive power would have to be multiplied out.
        case .sum: return exponent.isInteger && exponent.isNegative
        case .number, .product: return false
        }
    }
}
