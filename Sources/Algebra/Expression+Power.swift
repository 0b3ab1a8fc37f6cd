import ExactNumbers

/// Construction of canonical powers.
extension Expression {
    /// The power base^exponent over the reals.
    ///
    /// | form | result | condition |
    /// |---|---|---|
    /// | `u^0`, `u^1`, `1^u` | `1`, `u`, `1` | |
    /// | `0^r` | `0` | r > 0, otherwise undefined |
    /// | `(p/q)^n` | a number | n an integer |
    /// | `n^(p/q)` | a number times roots of primes | exponents of roots in (0, 1) |
    /// | `e^(r log u + v)` | `u^r e^v` | |
    /// | `(u^a)^r` | `u^(a r)` | r an integer or u >= 0 |
    /// | `(u^a)^r` | `abs(u)^(a r)` | a an even integer |
    /// | `(c u v)^r` | `c^r u^r v^r` | r an integer, or for the factors that are >= 0 |
    /// | `sign(u)^n` | `1` or `sign(u)` | almost everywhere |
    /// | `abs(u)^n` | `u^n` | n even |
    public static func power(_ base: Expression, _ exponent: Expression) -> Expression {
        if base.isUndefined || exponent.isUndefined { return .undefined }
        if exponent.isOne || base.isOne { return base }
        if exponent.isZero { return .one }
        switch base.content {
        case .number(let value): return power(ofNumber: value, exponent)
        case .constant(.e): return exponential(exponent)
        case .sum:
            let (content, rest) = base.primitivePart
            if content.isOne { return raw(base, exponent) }
            if exponent.asInteger != nil {
                return product(of: [power(ofNumber: content, exponent), power(rest, exponent)])
            }
            if content.isPositive { return product(of: [power(ofNumber: content, exponent), raw(rest, exponent)]) }
            if content == -1 { return raw(base, exponent) }
            return product(of: [power(ofNumber: content.magnitude, exponent), raw(-rest, exponent)])
        case .product(let coefficient, let factors):
            return power(coefficient: coefficient, factors, exponent)
        case .function(.sign, let arguments):
            guard let n = exponent.asInteger else { return raw(base, exponent) }
            if !n.isMultiple(of: 2) { return base }
            return arguments[0].mayVanishOnOpenSet ? raw(base, n > 0 ? 2 : exponent) : .one
        case .function(.abs, let arguments):
            guard let n = exponent.asInteger, n.isMultiple(of: 2) else { return raw(base, exponent) }
            return power(arguments[0], exponent)
        default: return raw(base, exponent)
        }
    }

    private static func raw(_ base: Expression, _ exponent: Expression) -> Expression {
        Expression(.product(coefficient: .one, factors: [Factor(base: base, exponent: exponent)]))
    }

    private static func power(ofNumber value: Rational, _ exponent: Expression) -> Expression {
        if value.isOne || exponent.isZero { return .one }
        if value.isZero { return exponent.bounds.isPositive ? .zero : .undefined }
        if let n = exponent.asInteger {
            if value == -1 { return n.isMultiple(of: 2) ? .one : .minusOne }
            if let result = value.power(n) { return Expression(result) }
            return raw(Expression(value), exponent)
        }
        if value.isNegative { return .undefined }
        guard let rational = exponent.number else {
            // The integer part of a constant in the exponent is a number: 2^(x + 1) = 2 2^x.
            let constant = exponent.asSum.constant
            let whole = Rational(constant.floor)
            if !whole.isZero, let n = whole.asInt, let number = value.power(n) {
                return product(of: [Expression(number), raw(Expression(value), exponent - Expression(whole))])
            }
            return raw(Expression(value), exponent)
        }
        guard let root = rational.denominator.asInt, let times = rational.numerator.asInt, root <= 64,
            times.magnitude <= 4096
        else { return raw(Expression(value), exponent) }
        var operands: [Expression] = []
        for (prime, multiplicity) in value.factorization {
            // prime^(multiplicity * times / root), its integer part taken out.
            let (total, overflow) = multiplicity.multipliedReportingOverflow(by: times)
            if overflow { return raw(Expression(value), exponent) }
            let remainder = ((total % root) + root) % root
            if let whole = Rational(prime).power((total - remainder) / root) { operands.append(Expression(whole)) }
            if remainder != 0 {
                operands.append(raw(Expression(Rational(prime)), Expression(Rational(remainder, root))))
            }
        }
        var builder = ProductBuilder()
        for operand in operands { builder.multiply(by: operand) }
        return builder.product
    }

    private static func exponential(_ exponent: Expression) -> Expression {
        var powers: [Expression] = []
        var rest: [Expression] = []
        for summand in exponent.summands {
            let (coefficient, factors) = summand.asProduct
            let logarithm = factors.first { factor in
                if case .function(.log, _) = factor.base.content { factor.exponent.isOne } else { false }
            }
            if let logarithm, case .function(_, let arguments) = logarithm.base.content {
                let others = factors.filter { $0.base != logarithm.base }
                powers.append(power(arguments[0], product(coefficient: coefficient, canonicalFactors: others)))
            } else {
                rest.append(summand)
            }
        }
        if powers.isEmpty { return raw(.e, exponent) }
        return product(of: powers + [power(.e, sum(of: rest))])
    }

    /// The power of a product: every factor that may be raised by itself is.
    private static func power(coefficient: Rational, _ factors: [Factor], _ exponent: Expression) -> Expression {
        if exponent.asInteger != nil {
            var builder = ProductBuilder()
            builder.multiply(by: power(ofNumber: coefficient, exponent))
            for factor in factors { builder.multiply(by: power(factor.base, factor.exponent * exponent)) }
            return builder.product
        }
        if coefficient.isOne && factors.count == 1 {
            let factor = factors[0]
            if let n = factor.exponent.asInteger, n.isMultiple(of: 2) {
                return power(.function(.abs, [factor.base]), factor.exponent * exponent)
            }
            return power(factor.base, factor.exponent * exponent)
        }
        var outside: [Expression] =
            coefficient.magnitude.isOne ? [] : [power(ofNumber: coefficient.magnitude, exponent)]
        var inside: [Factor] = []
        var isNegative = coefficient.isNegative
        for factor in factors {
            if case .sum = factor.base.content, factor.base.bounds.isNonpositive, let n = factor.exponent.asInteger,
                !n.isMultiple(of: 2)
            {
                outside.append(power(-factor.base, factor.exponent * exponent))
                isNegative.toggle()
            } else if factor.base.bounds.isNonnegative {
                outside.append(power(factor.base, factor.exponent * exponent))
            } else if let n = factor.exponent.asInteger, n.isMultiple(of: 2) {
                outside.append(power(.function(.abs, [factor.base]), factor.exponent * exponent))
            } else {
                inside.append(factor)
            }
        }
        let sign: Rational = isNegative ? -1 : 1
        if inside.isEmpty {
            if sign.isNegative { return .undefined }
            return product(of: outside)
        }
        let rest = product(coefficient: sign, canonicalFactors: inside)
        if outside.isEmpty { return raw(rest, exponent) }
        if case .product(.one, let single) = rest.content, single.count == 1 {
            return product(of: outside + [power(rest, exponent)])
        }
        return product(of: outside + [raw(rest, exponent)])
    }
}
