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

        func hash(into hasher: inout Hasher) { hasher.combine(base.node.hash &+ 31 &* part.node.hash) }
    }

    struct Generator {
        let base: Expression
        let part: Expression
        /// Exponents are multiples of one over this.
        var denominator = 1
        // The layout of monomials: the range of the exponent, and its place in a word.
        var least = 0
        var greatest = 0
        var width = 0
        var shift = 0
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
    private(set) var generators: [Generator] = []
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
            result.powers.reserveCapacity(factors.count)
            for factor in factors {
                if factor.isPowerOfSum, let n = factor.exponent.asInteger {
                    result.sums.append((read(factor.base), n))
                } else {
                    multiply(&result, by: factor)
                }
            }
            return result
        default: return Summand(coefficient: coefficient, powers: [power(expression, .one, .one)])
        }
    }

    /// Multiplies by a power: by one for each summand of the exponent.
    private mutating func multiply(_ summand: inout Summand, by factor: Expression.Factor) {
        if let number = factor.exponent.number {
            summand.powers.append(power(factor.base, number, .one))
            return
        }
        let (constant, terms) = factor.exponent.asSum
        for term in terms { summand.powers.append(power(factor.base, term.coefficient, term.expression)) }
        if !constant.isZero { summand.powers.append(power(factor.base, constant, .one)) }
    }

    /// base^(coefficient * part).
    private mutating func power(
        _ base: Expression, _ coefficient: Rational, _ part: Expression
    ) -> (generator: Int, exponent: Rational) {
        if coefficient.magnitude > Rational(PackedExpansion.largestExponent) { isTooLarge = true }
        let power = Power(base: base, part: part)
        let number = numbers[power] ?? generators.count
        if number == generators.count {
            numbers[power] = number
            generators.append(Generator(base: base, part: part))
        }
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
            Expression.compare(generators[$0].base, generators[$1].base) < 0
        }
        for number in order.reversed() {
            let (least, greatest) = ranges[number]
            generators[number].least = least
            generators[number].greatest = greatest
            // Beside the exponents there is room for two marks: see `PackedMonomials.order(of:)`.
            generators[number].width = Int.bitWidth - (greatest - least + 2).leadingZeroBitCount
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
        var monomials = PackedMonomials(generators)
        guard monomials.areOrdered, !polynomial.terms.contains(where: { monomials.isBound($0.monomial) }) else {
            return Expression.sum(
                constant: .zero,
                multiples: polynomial.terms.map {
                    ($0.coefficient.rational, monomials.expression(of: $0.monomial))
                })
        }
        var ordered: [(key: UInt128, position: Int)] = []
        ordered.reserveCapacity(polynomial.terms.count)
        for (position, term) in polynomial.terms.enumerated() {
            ordered.append((monomials.order(of: term.monomial), position))
        }
        ordered.sort { $0.key < $1.key }
        var constant = Rational.zero
        var terms: [Expression.Term] = []
        terms.reserveCapacity(ordered.count)
        for (_, position) in ordered {
            let term = polynomial.terms[position]
            if monomials.isConstant(term.monomial) {
                constant = term.coefficient.rational
            } else {
                terms.append(
                    Expression.Term(
                        coefficient: term.coefficient.rational, expression: monomials.expression(of: term.monomial)))
            }
        }
        return Expression.sum(constant: constant, sortedTerms: terms)
    }
}
