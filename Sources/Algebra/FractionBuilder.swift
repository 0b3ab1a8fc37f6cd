import ExactNumbers

/// Reads an expression as a rational function of generators.
///
/// A generator is a symbol, a constant, a function application, an index sum, an expectation, or a root or symbolic
/// power of one of these, such as `v^(1/2)`, `e^(r t)`, `(1 - eta rho)^k`. Generators are taken as independent but for
/// the relations `r^q = u` of a root of a sum, `sin(u)^2 = 1 - cos(u)^2` and `sign(u)^2 = 1`, the latter where u
/// vanishes at points only.
final class FractionBuilder {
    private struct Root: Hashable {
        let base: Expression
        let part: Expression
    }

    /// The largest exponent of a sum that is multiplied out.
    private static let largestExponent = 64
    /// The largest exponent of a generator, so that sums of exponents do not overflow.
    private static let largestGeneratorExponent = 1 << 20

    private var generators: [Expression] = []
    private var numbers: [Expression: Int] = [:]
    /// generator^degree = value, where there is such a relation.
    private var relations: [Int: (degree: Int, value: Fraction)] = [:]
    /// How a base occurs with multiples of one part of its exponents.
    private struct Multiples {
        /// The common denominator.
        var denominator = 1
        var hasPositive = false
        var hasNegative = false

        mutating func include(_ coefficient: Rational) {
            if coefficient.isPositive { hasPositive = true } else { hasNegative = true }
            guard let other = coefficient.denominator.asInt, other > 1 else { return }
            let common = BigInteger.gcd(BigInteger(denominator), BigInteger(other)).asInt ?? 1
            let (multiple, overflow) = (denominator / common).multipliedReportingOverflow(by: other)
            if !overflow { denominator = multiple }
        }
    }

    private var multiples: [Root: Multiples] = [:]
    /// Whether `abs(u)` is read as `sign(u) u`, which proves more and prints worse.
    private let splitsAbsoluteValues: Bool
    private let budget = ExpansionBudget()

    init(splitsAbsoluteValues: Bool) { self.splitsAbsoluteValues = splitsAbsoluteValues }

    /// The rational function that an expression is.
    ///
    /// - Throws: ``AlgebraError/tooLarge(limit:)``.
    func fraction(of expression: Expression) throws(AlgebraError) -> Fraction {
        collectMultiples(expression)
        return try convert(expression).cancelled
    }

    /// The expression that a rational function stands for.
    func expression(of fraction: Fraction) -> Expression {
        Expression.product(
            of: [Expression(fraction.coefficient)]
                + fraction.factors.map { Expression.power(expression(of: $0.polynomial), Expression($0.exponent)) })
    }

    func expression(of polynomial: Polynomial) -> Expression {
        Expression.sum(
            of: polynomial.terms.map { term in
                Expression.product(
                    of: [Expression(term.coefficient)]
                        + term.monomial.exponents.enumerated().filter { $0.element > 0 }.map {
                            Expression.power(generators[$0.offset], Expression($0.element))
                        })
            })
    }

    /// The summands of an exponent, each as a number times a part.
    private func parts(of exponent: Expression) -> [(coefficient: Rational, part: Expression)] {
        let sum = ((try? exponent.expanded()) ?? exponent).asSum
        return (sum.constant.isZero ? [] : [(sum.constant, .one)]) + sum.terms.map { ($0.coefficient, $0.expression) }
    }

    private func collectMultiples(_ expression: Expression) {
        switch expression.content {
        case .sum(_, let terms): for term in terms { collectMultiples(term.expression) }
        case .product(_, let factors):
            for factor in factors {
                collectMultiples(factor.base)
                for (coefficient, part) in parts(of: factor.exponent) {
                    multiples[Root(base: factor.base, part: part), default: Multiples()].include(coefficient)
                }
            }
        default: break
        }
    }

    /// The divisor of a part by which every exponent of the base becomes an integer; negative where the generator is better
    /// the reciprocal, as `e^(-r t)` is where a decay occurs.
    private func divisor(_ base: Expression, _ part: Expression) -> Int {
        guard let known = multiples[Root(base: base, part: part)] else { return 1 }
        let isReciprocal = !part.isOne && known.hasNegative && (!known.hasPositive || base == .e)
        return isReciprocal ? -known.denominator : known.denominator
    }

    private func convert(_ expression: Expression) throws(AlgebraError) -> Fraction {
        switch expression.content {
        case .number(let value): return Fraction(value)
        case .sum(let constant, let terms):
            var operands = [Fraction(constant)]
            for term in terms { operands.append(Fraction(term.coefficient) * (try convert(term.expression))) }
            return try Fraction.sum(operands, within: budget, reduce: reduced)
        case .product(let coefficient, let factors):
            var result = Fraction(coefficient)
            for factor in factors {
                for (exponent, part) in parts(of: factor.exponent) {
                    result = try times(result, power(factor.base, exponent, part))
                }
            }
            return result
        default: return try power(expression, .one, .one)
        }
    }

    /// base^(exponent * part).
    private func power(_ base: Expression, _ exponent: Rational, _ part: Expression) throws(AlgebraError) -> Fraction {
        let root = divisor(base, part)
        let isCompound: Bool
        switch base.content {
        case .sum, .product, .number: isCompound = true
        case .function(.abs, _): isCompound = splitsAbsoluteValues
        default: isCompound = false
        }
        if !part.isOne || !isCompound {
            guard let times = (exponent * Rational(root)).asInt,
                times.magnitude <= FractionBuilder.largestGeneratorExponent
            else { return opaque(base, exponent, part) }
            let atom = Expression.power(base, part.scaled(by: Rational(1, root)))
            return try power(ofGenerator: number(of: atom), times)
        }
        // A root stays on its side of the line.
        let whole = Rational(exponent.isNegative ? -(-exponent).floor : exponent.floor)
        guard let n = whole.asInt, n.magnitude <= FractionBuilder.largestExponent,
            let times = ((exponent - whole) * Rational(root)).asInt
        else { return opaque(base, exponent, part) }
        let inside = try insideOfPower(base)
        guard let integral = inside.power(n) else { return opaque(base, exponent, part) }
        if times == 0 { return integral }
        let generator = number(of: Expression.power(base, Expression(Rational(1, root))))
        if inside.polynomial != nil { relations[generator] = (root, inside) }
        return try self.times(integral, power(ofGenerator: generator, times))
    }

    private func insideOfPower(_ base: Expression) throws(AlgebraError) -> Fraction {
        guard case .function(.abs, let arguments) = base.content else { return try convert(base) }
        return try times(convert(arguments[0]), power(sign(arguments[0]), .one, .one))
    }

    /// A power that takes part in no relation.
    private func opaque(_ base: Expression, _ exponent: Rational, _ part: Expression) -> Fraction {
        Fraction(variable: number(of: Expression.power(base, part.scaled(by: exponent))), exponent: 1)
    }

    /// The number of a generator, a new one where it has not been met.
    private func number(of generator: Expression) -> Int {
        if let known = numbers[generator] { return known }
        if case .function(let function, let arguments) = generator.content {
            if function == .sin {
                let cosine = Polynomial(variable: number(of: cos(arguments[0])))
                relations[generators.count] = (2, Fraction(Polynomial.one - cosine * cosine))
            } else if function == .sign, !arguments[0].mayVanishOnOpenSet {
                relations[generators.count] = (2, Fraction(Rational.one))
            }
        }
        numbers[generator] = generators.count
        generators.append(generator)
        return generators.count - 1
    }

    /// A power of a generator, its exponent brought below the degree of its relation in magnitude.
    private func power(ofGenerator generator: Int, _ exponent: Int) throws(AlgebraError) -> Fraction {
        guard let relation = relations[generator] else { return Fraction(variable: generator, exponent: exponent) }
        let (quotient, rest) = exponent.quotientAndRemainder(dividingBy: relation.degree)
        let remainder = Fraction(variable: generator, exponent: rest)
        if quotient == 0 { return remainder }
        guard quotient.magnitude <= FractionBuilder.largestExponent, let value = relation.value.power(quotient) else {
            return Fraction(variable: generator, exponent: exponent)
        }
        return try times(remainder, value)
    }

    private func times(_ a: Fraction, _ b: Fraction) throws(AlgebraError) -> Fraction {
        var result = a * b
        for (generator, relation) in relations.sorted(by: { $0.key > $1.key }) {
            let exponent = result.exponent(ofVariable: generator)
            guard exponent.magnitude >= relation.degree else { continue }
            let rest = result * Fraction(variable: generator, exponent: -exponent)
            result = rest * (try power(ofGenerator: generator, exponent))
        }
        return result
    }

    /// The polynomial with every relation applied.
    private func reduced(_ polynomial: Polynomial) throws(AlgebraError) -> Fraction {
        var current = polynomial
        for (generator, relation) in relations.sorted(by: { $0.key > $1.key }) {
            guard current.degree(in: generator) >= relation.degree, let value = relation.value.polynomial else {
                continue
            }
            var result = Polynomial.zero
            for (exponent, coefficient) in current.coefficients(in: generator).sorted(by: { $0.key < $1.key }) {
                let (quotient, rest) = exponent.quotientAndRemainder(dividingBy: relation.degree)
                guard quotient <= FractionBuilder.largestExponent else {
                    throw .tooLarge(limit: FractionBuilder.largestExponent)
                }
                let monomial = Polynomial(variable: generator, exponent: rest)
                let power = value.power(quotient)
                try budget.spend(coefficient.terms.count * power.terms.count)
                result = result + coefficient * power * (rest == 0 ? .one : monomial)
            }
            current = result
        }
        return Fraction(current)
    }
}
