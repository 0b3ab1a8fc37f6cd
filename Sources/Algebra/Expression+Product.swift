import ExactNumbers

precedencegroup PowerPrecedence {
    associativity: right
    higherThan: MultiplicationPrecedence
}

infix operator ** : PowerPrecedence

/// Construction of canonical products.
extension Expression {
    public static func * (a: Expression, b: Expression) -> Expression {
        if let value = a.number { return b.scaled(by: value) }
        if let value = b.number { return a.scaled(by: value) }
        return product(of: [a, b])
    }

    /// The quotient; ``undefined`` where `b` is zero.
    public static func / (a: Expression, b: Expression) -> Expression {
        if let value = b.number {
            guard let reciprocal = value.reciprocal else { return .undefined }
            return a.scaled(by: reciprocal)
        }
        return product(of: [a, power(b, .minusOne)])
    }

    public static func ** (base: Expression, exponent: Expression) -> Expression { power(base, exponent) }
    public static func ** (base: Expression, exponent: Int) -> Expression { power(base, Expression(exponent)) }

    /// The product of any number of operands, in one pass.
    public static func product(of operands: [Expression]) -> Expression {
        var builder = ProductBuilder()
        for operand in operands { builder.multiply(by: operand) }
        return builder.product
    }

    /// The product of a product with canonical factors and further operands.
    static func product(
        coefficient: Rational, canonicalFactors factors: [Factor], times operands: [Expression]
    ) -> Expression {
        var builder = ProductBuilder(coefficient: coefficient, canonicalFactors: factors)
        for operand in operands { builder.multiply(by: operand) }
        return builder.product
    }

    /// A product whose factors are canonical: sorted, with distinct bases, each in the form ``power(_:_:)`` gives.
    static func product(coefficient: Rational, canonicalFactors factors: [Factor]) -> Expression {
        if factors.isEmpty || coefficient.isZero { return Expression(coefficient) }
        if factors.count == 1 && factors[0].exponent.isOne { return factors[0].base.scaled(by: coefficient) }
        return Expression(.product(coefficient: coefficient, factors: factors))
    }

    /// The expression as the product of the factors that satisfy the condition and of the rest with the coefficient.
    package func split(by condition: (Factor) -> Bool) -> (matching: Expression, rest: Expression) {
        let (coefficient, factors) = asProduct
        let matching = factors.filter(condition)
        if matching.isEmpty { return (.one, self) }
        let rest = factors.filter { !condition($0) }
        return (
            .product(coefficient: .one, canonicalFactors: matching),
            .product(coefficient: coefficient, canonicalFactors: rest)
        )
    }

    /// The coefficient and the powers of the expression read as a product.
    package var asProduct: (coefficient: Rational, factors: [Factor]) {
        switch content {
        case .number(let value): return (value, [])
        case .product(let coefficient, let factors): return (coefficient, factors)
        default: return (.one, [Factor(base: self, exponent: .one)])
        }
    }

    /// The rational content of a sum and the rest, signed so that the rest is nonnegative where its sign is known and
    /// begins with a positive term elsewhere.
    ///
    /// Sums that differ by a rational factor have the same rest.
    package var primitivePart: (content: Rational, rest: Expression) {
        guard case .sum(let constant, let terms) = content else {
            let term = asTerm
            return (term.coefficient, term.expression)
        }
        var common = constant.magnitude
        for term in terms {
            common = common.isZero ? term.coefficient.magnitude : Rational.commonContent(common, term.coefficient)
        }
        let isNegative =
            bounds.sign == nil && !bounds.isNonnegative && !bounds.isNonpositive
            ? terms[0].coefficient.isNegative : bounds.isNonpositive
        if isNegative { common = -common }
        guard !common.isOne, let reciprocal = common.reciprocal else { return (.one, self) }
        return (common, scaled(by: reciprocal))
    }
}

extension Rational {
    /// gcd of the numerators over lcm of the denominators.
    static func commonContent(_ a: Rational, _ b: Rational) -> Rational {
        if a.isOne && b.isInteger { return .one }
        let numerator = BigInteger.gcd(a.numerator, b.numerator)
        let denominator = a.denominator * b.denominator
        let common = BigInteger.gcd(a.denominator, b.denominator)
        return Rational(numerator * common, denominator) ?? .one
    }
}

/// Collects powers by base and keeps the identities between them.
struct ProductBuilder {
    private var coefficient: Rational
    private var factors: [Expression.Factor]
    private var isUndefined = false

    init(coefficient: Rational = .one, canonicalFactors factors: [Expression.Factor] = []) {
        self.coefficient = coefficient
        self.factors = factors
    }

    mutating func multiply(by operand: Expression) {
        if operand.isUndefined { isUndefined = true }
        if isUndefined { return }
        switch operand.content {
        case .number(let value): coefficient = coefficient * value
        case .product(let value, let powers):
            coefficient = coefficient * value
            if factors.isEmpty { factors = powers } else { for power in powers { insert(power) } }
        case .sum:
            let (content, rest) = operand.primitivePart
            coefficient = coefficient * content
            insert(Expression.Factor(base: rest, exponent: .one))
        default: insert(Expression.Factor(base: operand, exponent: .one))
        }
    }

    /// Multiplies by a canonical power.
    mutating func multiply(by factor: Expression.Factor) {
        if factor.base.isUndefined || factor.exponent.isUndefined { isUndefined = true }
        if !isUndefined { insert(factor) }
    }

    /// Inserts a canonical power; where its base occurs already the exponents are added.
    private mutating func insert(_ factor: Expression.Factor) {
        var low = 0
        var high = factors.count
        while low < high {
            let middle = (low + high) / 2
            let order = Expression.compare(factors[middle].base, factor.base)
            if order == 0 {
                let present = factors.remove(at: middle)
                let exponent = present.exponent + factor.exponent
                let merged = Expression.power(present.base, exponent)
                // A power that keeps its base stays in place; any other form is multiplied in afresh.
                let (value, powers) = merged.asProduct
                if value.isOne, powers.count == 1, powers[0].base == present.base {
                    factors.insert(powers[0], at: middle)
                } else {
                    multiply(by: merged)
                }
                return
            }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        factors.insert(factor, at: low)
    }

    var product: Expression {
        if isUndefined { return .undefined }
        if coefficient.isZero { return .zero }
        if let rewritten = signsCombined() { return rewritten }
        if factors.count == 1 && factors[0].exponent.isOne { return factors[0].base.scaled(by: coefficient) }
        // A root of a number may have met a sum that is the only other factor: keep them as they are.
        return Expression.product(coefficient: coefficient, canonicalFactors: factors)
    }

    /// Applies sign(u) u = |u|, sign(u) |u| = u, u / |u| = sign(u) and sign(u) u^2 = |u| u.
    private func signsCombined() -> Expression? {
        for factor in factors {
            guard case .function(let function, let arguments) = factor.base.content,
                function == .sign || function == .abs,
                let integerExponent = factor.exponent.asInteger, let argument = arguments.first
            else { continue }
            if argument.bounds.isNonnegative || argument.bounds.isNonpositive {
                // The magnitude is the argument up to its sign, and no function of its own.
                guard exponent(of: argument) != 0 else { continue }
                let isNegative = argument.bounds.isNonpositive && !integerExponent.isMultiple(of: 2)
                return ProductBuilder(
                    coefficient: isNegative ? -coefficient : coefficient,
                    canonicalFactors: factors.filter { $0.base != factor.base }
                ).product
            }
            let partner = Expression.function(function == .sign ? .abs : .sign, [argument])
            let powerOfArgument = exponent(of: argument)
            let powerOfPartner = exponent(of: partner)
            if powerOfArgument == 0 && powerOfPartner == 0 { continue }
            let signs = function == .sign ? integerExponent : powerOfPartner
            let magnitudes = function == .sign ? powerOfPartner : integerExponent
            let total = powerOfArgument + magnitudes
            let isOdd = !(powerOfArgument + signs).isMultiple(of: 2)
            let replacement: Expression
            if isOdd == !total.isMultiple(of: 2) {
                replacement = Expression.power(argument, Expression(total))
            } else if isOdd {
                let (power, other): (Int, Function) = total > 0 ? (total - 1, .abs) : (total, .sign)
                replacement = Expression.power(argument, Expression(power)).times(.function(other, [argument]))
            } else {
                replacement = Expression.power(.function(.abs, [argument]), Expression(total))
            }
            let used = [argument, partner, factor.base]
            func isUsed(_ candidate: Expression.Factor) -> Bool {
                candidate.exponent.asInteger != nil && used.contains(candidate.base)
            }
            if replacement.asProduct.factors == factors.filter(isUsed) { continue }
            let rest = factors.filter { !isUsed($0) }
            var builder = ProductBuilder(coefficient: coefficient, canonicalFactors: rest)
            builder.multiply(by: replacement)
            return builder.product
        }
        return nil
    }

    private func exponent(of base: Expression) -> Int {
        for factor in factors where factor.base == base { return factor.exponent.asInteger ?? 0 }
        return 0
    }
}

extension Expression {
    /// A product of two that need no identity between signs.
    fileprivate func times(_ other: Expression) -> Expression {
        let pair = [Factor(base: other, exponent: .one)] + asProduct.factors
        let sorted = pair.sorted { Expression.compare($0.base, $1.base) < 0 }
        return Expression.product(coefficient: asProduct.coefficient, canonicalFactors: sorted)
    }
}
