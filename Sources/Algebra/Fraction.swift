import ExactNumbers

/// A rational function in factored form: a number times integer powers of polynomials.
///
/// The polynomials are primitive and not constant; they need not be irreducible. Keeping the factors apart is what
/// lets denominators print as they were written.
struct Fraction {
    struct Factor {
        let polynomial: Polynomial
        var exponent: Int
    }

    private(set) var coefficient: Rational
    private(set) var factors: [Factor]

    init(_ value: Rational) {
        coefficient = value
        factors = []
    }

    /// A polynomial, its number, its monomial and a square root where it is a square taken apart.
    init(_ polynomial: Polynomial) {
        self.init(polynomial.isZero ? Rational.zero : polynomial.content)
        guard !polynomial.isZero else { return }
        let monomial = polynomial.monomialContent
        for (variable, exponent) in monomial.exponents.enumerated() where exponent > 0 {
            multiply(by: Polynomial(variable: variable), exponent)
        }
        let rest = polynomial.exactQuotient(Polynomial(monomial: monomial)) ?? polynomial
        var root = rest.primitivePart
        guard root.constant == nil else { return }
        var exponent = 1
        while let half = root.squareRoot {
            root = half
            exponent *= 2
        }
        multiply(by: root, exponent)
    }

    init(variable: Int, exponent: Int) {
        self.init(Rational.one)
        multiply(by: Polynomial(variable: variable), exponent)
    }

    var isZero: Bool { coefficient.isZero }

    /// The polynomial, where no factor stands in a denominator.
    var polynomial: Polynomial? {
        factors.contains { $0.exponent < 0 } ? nil : try? expandedNumerator(over: [], ExpansionBudget())
    }

    private mutating func multiply(by polynomial: Polynomial, _ exponent: Int) {
        if let position = factors.firstIndex(where: { $0.polynomial == polynomial }) {
            factors[position].exponent += exponent
            if factors[position].exponent == 0 { factors.remove(at: position) }
        } else if exponent != 0 {
            factors.append(Factor(polynomial: polynomial, exponent: exponent))
        }
    }

    static func * (a: Fraction, b: Fraction) -> Fraction {
        if a.isZero || b.isZero { return Fraction(Rational.zero) }
        var result = a
        result.coefficient *= b.coefficient
        for factor in b.factors { result.multiply(by: factor.polynomial, factor.exponent) }
        return result
    }

    /// The power by an integer; nil for a negative power of zero or a number too large.
    func power(_ exponent: Int) -> Fraction? {
        guard let number = coefficient.power(exponent) else { return nil }
        var result = Fraction(number)
        if number.isZero { return result }
        for factor in factors {
            let (product, overflow) = factor.exponent.multipliedReportingOverflow(by: exponent)
            if overflow { return nil }
            result.multiply(by: factor.polynomial, product)
        }
        return result
    }

    /// The exponent of a variable that stands alone as a factor.
    func exponent(ofVariable variable: Int) -> Int {
        let polynomial = Polynomial(variable: variable)
        return factors.first { $0.polynomial == polynomial }?.exponent ?? 0
    }

    /// The numerator that is left when powers of polynomials are divided out, multiplied out.
    private func expandedNumerator(
        over common: [Factor], _ budget: ExpansionBudget
    ) throws(AlgebraError) -> Polynomial {
        var result = Polynomial(coefficient)
        var rest = self
        for factor in common { rest.multiply(by: factor.polynomial, -factor.exponent) }
        for factor in rest.factors {
            let terms = factor.polynomial.terms.count
            if terms == 1 {
                result = result * factor.polynomial.power(factor.exponent)
                continue
            }
            guard factor.exponent <= 256 else { throw .tooLarge(limit: 256) }
            for _ in 0..<factor.exponent {
                try budget.spend(result.terms.count * terms)
                result = result * factor.polynomial
            }
        }
        return result
    }

    /// The sum over the common denominator; common divisors of its numerator and denominator are cancelled.
    ///
    /// - Parameter reduce: applied to the numerator once it is multiplied out.
    static func sum(
        _ operands: [Fraction], within budget: ExpansionBudget,
        reduce: (Polynomial) throws(AlgebraError) -> Fraction
    ) throws(AlgebraError) -> Fraction {
        let operands = operands.filter { !$0.isZero }
        guard operands.count > 1 else { return operands.first ?? Fraction(Rational.zero) }
        var common: [Factor] = []
        for operand in operands {
            for factor in operand.factors where !common.contains(where: { $0.polynomial == factor.polynomial }) {
                let exponents = operands.map { other in
                    other.factors.first { $0.polynomial == factor.polynomial }?.exponent ?? 0
                }
                common.append(Factor(polynomial: factor.polynomial, exponent: exponents.min() ?? 0))
            }
        }
        common.removeAll { $0.exponent == 0 }
        var numerator = Polynomial.zero
        for operand in operands { numerator = numerator + (try operand.expandedNumerator(over: common, budget)) }
        var result = try reduce(numerator)
        for factor in common { result = result * Fraction(factor) }
        return result.cancelled
    }

    private init(_ factor: Factor) {
        coefficient = .one
        factors = [factor]
    }

    /// The same fraction without a common divisor of a factor above and a factor below the line.
    var cancelled: Fraction {
        if isZero { return self }
        var result = self
        var isDone = false
        while !isDone {
            isDone = true
            search: for above in result.factors where above.exponent > 0 && above.polynomial.terms.count > 1 {
                for below in result.factors where below.exponent < 0 && below.polynomial.terms.count > 1 {
                    let divisor = Polynomial.gcd(above.polynomial, below.polynomial)
                    guard divisor.constant == nil, let upper = above.polynomial.exactQuotient(divisor),
                        let lower = below.polynomial.exactQuotient(divisor)
                    else { continue }
                    result.multiply(by: above.polynomial, -above.exponent)
                    result.multiply(by: below.polynomial, -below.exponent)
                    for (part, exponent) in [
                        (divisor, above.exponent + below.exponent), (upper, above.exponent), (lower, below.exponent),
                    ] {
                        if let power = Fraction(part).power(exponent) { result = result * power }
                    }
                    isDone = false
                    break search
                }
            }
        }
        return result
    }
}
