import ExactNumbers

/// A product read as a quotient: a sign, whole numbers, and factors above and below the line.
///
/// Negative exponents stand below; a root of a whole number is shared between both sides so that the coefficient has no
/// denominator in common with it (`√2/2` is `1/√2`); a sum is written with a positive first term, and a negated maximum
/// of negated operands as a minimum, the sign going into the product.
struct Quotient {
    enum Part {
        case power(Expression, Expression)
        case minimum([Expression])
    }

    private(set) var isNegative: Bool
    private(set) var wholeAbove: BigInteger
    private(set) var wholeBelow: BigInteger
    /// Under the root sign: a whole number, and whether π is there too.
    private(set) var rootAbove = BigInteger.one
    private(set) var rootBelow = BigInteger.one
    private(set) var rootOfPiAbove = false
    private(set) var rootOfPiBelow = false
    private(set) var above: [Part] = []
    private(set) var below: [Part] = []

    init(coefficient: Rational, factors: [Expression.Factor]) {
        isNegative = coefficient.isNegative
        wholeAbove = coefficient.numerator.magnitude
        wholeBelow = coefficient.denominator
        let ordered = TermOrder.factors(factors).map { flippingSign(of: $0) }
        for factor in ordered { place(factor) }
        if isNegative { absorbSign() }
        shareRoot()
    }

    private mutating func flippingSign(of factor: Expression.Factor) -> Expression.Factor {
        guard case .sum = factor.base.content, let exponent = factor.exponent.asInteger, !exponent.isMultiple(of: 2),
            let first = TermOrder.terms(of: factor.base).first, first.asProduct.coefficient.isNegative
        else { return factor }
        isNegative.toggle()
        return Expression.Factor(base: -factor.base, exponent: factor.exponent)
    }

    /// Turns -u/(a - 1) into u/(1 - a).
    private mutating func absorbSign() {
        for (position, part) in below.enumerated() {
            guard case .power(let base, let exponent) = part, case .sum(let constant, _) = base.content,
                constant.isNegative, let power = exponent.asInteger, !power.isMultiple(of: 2)
            else { continue }
            below[position] = .power(-base, exponent)
            isNegative = false
            return
        }
    }

    private mutating func place(_ factor: Expression.Factor) {
        let (base, exponent) = (factor.base, factor.exponent)
        let isHalf = exponent.number?.magnitude == .half
        if isHalf, let number = base.number, number.isInteger, number.isPositive, exponent.number == .half {
            rootAbove *= number.numerator
        } else if isHalf, case .constant(.pi) = base.content {
            if exponent.number == .half { rootOfPiAbove = true } else { rootOfPiBelow = true }
        } else if case .constant(.e) = base.content {
            above.append(.power(base, exponent))
        } else if isNegative, exponent.isOne, case .function(.max, let operands) = base.content,
            LayoutBuilder.clip(operands) == nil,
            2 * operands.count(where: Quotient.leadsNegative) > operands.count
        {
            isNegative.toggle()
            above.append(.minimum(operands.map { -$0 }))
        } else if let number = exponent.number, number.isNegative {
            below.append(.power(base, -exponent))
        } else {
            above.append(.power(base, exponent))
        }
    }

    /// Whether the expression reads as the negative of another.
    static func leadsNegative(_ expression: Expression) -> Bool {
        guard case .sum = expression.content else { return expression.asProduct.coefficient.isNegative }
        return TermOrder.terms(of: expression).first?.asProduct.coefficient.isNegative ?? false
    }

    /// c/d √r = c/(d/g) √(r/g)/√g with g the common divisor of r and d.
    private mutating func shareRoot() {
        let common = BigInteger.gcd(rootAbove, wholeBelow)
        guard !common.isOne, let above = rootAbove.exactQuotient(common), let below = wholeBelow.exactQuotient(common)
        else { return }
        rootAbove = above
        rootBelow = common
        wholeBelow = below
    }
}

extension Quotient {
    /// The quotient without the factors that are not wanted.
    func filtered(_ isIncluded: (Part) -> Bool) -> Quotient {
        var result = self
        result.above = above.filter(isIncluded)
        result.below = below.filter(isIncluded)
        return result
    }

    /// The layout without the sign of the quotient, given how a part is laid out.
    func magnitude(_ part: (Part) -> Layout) -> Layout {
        var numerator = wholeAbove.isOne ? [] : [Layout.digits(wholeAbove.description)]
        var denominator = wholeBelow.isOne ? [] : [Layout.digits(wholeBelow.description)]
        let top = Quotient.radicand(rootAbove, rootOfPiAbove)
        let bottom = Quotient.radicand(rootBelow, rootOfPiBelow)
        switch (top, bottom) {
        case (let top?, let bottom?): numerator.append(.root(.fraction(top, bottom)))
        case (let top?, nil): numerator.append(.root(top))
        case (nil, let bottom?): denominator.append(.root(bottom))
        case (nil, nil): break
        }
        numerator += above.map(part)
        denominator += below.map(part)
        if denominator.isEmpty { return Layout.joined(numerator) }
        // A sum over an index follows the quotient.
        let tall = numerator.filter { if case .overIndex = $0 { true } else { false } }
        numerator.removeAll { tall.contains($0) }
        let (isNegative, magnitude) = Layout.joined(numerator).signed
        let result = Layout.joined([.fraction(magnitude, Layout.joined(denominator))] + tall)
        return isNegative ? result.negated : result
    }

    private static func radicand(_ whole: BigInteger, _ hasPi: Bool) -> Layout? {
        let factors =
            (whole.isOne ? [] : [Layout.digits(whole.description)]) + (hasPi ? [.symbol(.pi, subscripts: [])] : [])
        return factors.isEmpty ? nil : Layout.joined(factors)
    }
}
