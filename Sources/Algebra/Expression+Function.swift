import ExactNumbers

/// Construction of canonical function applications.
extension Expression {
    /// The function applied to its arguments, rewritten where an identity holds on the reals.
    ///
    /// An odd function gives its sign out, an even one drops it; `sign` and `abs` split over products; a `max` is flat,
    /// sorted and free of operands known to be smaller than another.
    public static func function(_ function: Function, _ arguments: [Expression]) -> Expression {
        if arguments.contains(where: \.isUndefined) { return .undefined }
        guard let u = arguments.first else { return raw(function, arguments) }
        switch function {
        case .sign: return sign(of: u)
        case .abs: return magnitude(of: u)
        case .max: return maximum(of: arguments)
        case .log: return logarithm(of: u)
        case .gamma: return gamma(of: u)
        case .hypergeometric2F1:
            guard arguments.count == 4 else { return raw(function, arguments) }
            if arguments[0].isZero || arguments[1].isZero || arguments[3].isZero { return .one }
            let ordered = compare(arguments[0], arguments[1]) <= 0
            return raw(function, ordered ? arguments : [arguments[1], arguments[0], arguments[2], arguments[3]])
        case .kummer:
            guard arguments.count == 3 else { return raw(function, arguments) }
            if arguments[0].isZero || arguments[2].isZero { return .one }
            if arguments[0] == arguments[1] { return power(.e, arguments[2]) }
            return kummerPolynomial(arguments) ?? raw(function, arguments)
        case .signCovariance: return arguments.count == 3 ? covarianceOfSigns(arguments) : raw(function, arguments)
        default: break
        }
        if let value = function.value(at: u) { return value }
        switch function.parity {
        case .none: return raw(function, arguments)
        case .even: return raw(function, [u.leadsNegative ? -u : u])
        case .odd: return u.leadsNegative ? -raw(function, [-u]) : raw(function, [u])
        }
    }

    /// Kummer's function with a = -n, a polynomial of degree n: `sum_k (-n)_k/(b)_k z^k/k!` (DLMF 13.2.7); nil beyond degree 16
    /// and where b is a whole number that is not positive, at which it has no such value.
    private static func kummerPolynomial(_ arguments: [Expression]) -> Expression? {
        guard case .number(let a) = arguments[0].content, let n = a.asInt, (-16 ... -1).contains(n) else {
            return nil
        }
        let (b, z) = (arguments[1], arguments[2])
        if case .number(let value) = b.content, value.isInteger, !value.isPositive { return nil }
        var term = Expression.one
        var terms = [term]
        for k in 0..<(-n) {
            term = term * Expression(n + k) * z / ((b + Expression(k)) * Expression(k + 1))
            terms.append(term)
        }
        return .sum(of: terms)
    }

    private static func raw(_ function: Function, _ arguments: [Expression]) -> Expression {
        Expression(.function(function, arguments))
    }

    /// Whether the first coefficient is negative, so that of u and -u exactly one leads negative.
    package var leadsNegative: Bool {
        switch content {
        case .number(let value): return value.isNegative
        case .sum(_, let terms): return terms[0].coefficient.isNegative
        case .product(let coefficient, _): return coefficient.isNegative
        default: return false
        }
    }

    /// C(a, b; r) = C(b, a; r) = C(-a, -b; r) = -C(a, -b; -r), which is (2/pi) asin r at a = b = 0.
    private static func covarianceOfSigns(_ arguments: [Expression]) -> Expression {
        var (a, b, r) = (arguments[0], arguments[1], arguments[2])
        if r.isZero { return .zero }
        if a.isZero && b.isZero { return (2 / .pi) * function(.asin, [r]) }
        if r.leadsNegative { return -covarianceOfSigns([a, -b, -r]) }
        func unsigned(_ u: Expression) -> Expression { u.leadsNegative ? -u : u }
        if compare(unsigned(a), unsigned(b)) > 0 { (a, b) = (b, a) }
        if a.isZero ? b.leadsNegative : a.leadsNegative { (a, b) = (-a, -b) }
        return raw(.signCovariance, [a, b, r])
    }

    private static func sign(of u: Expression) -> Expression {
        if let sign = u.bounds.sign { return Expression(sign) }
        switch u.content {
        case .sum:
            let (content, rest) = u.primitivePart
            return raw(.sign, [rest]).scaled(by: content.isNegative ? -1 : 1)
        case .product(let coefficient, let factors):
            let signs = factors.map { factor in
                guard let n = factor.exponent.asInteger else {
                    return raw(.sign, [power(factor.base, factor.exponent)])
                }
                return n.isMultiple(of: 2) ? Expression.one : sign(of: factor.base)
            }
            let known = factors.map { $0.bounds.sign }
            let unknown = zip(signs, known).map { $1.map { Expression($0) } ?? $0 }
            return product(of: [Expression(coefficient.isNegative ? -1 : 1)] + unknown)
        case .function(let inner, let arguments)
        where inner == .sign || inner == .erf || inner == .tanh || inner == .atan || inner == .asin:
            return sign(of: arguments[0])
        case .function(.max, let arguments):
            // An operand that is not positive leaves the sign to the others, and so does zero up to a half.
            let deciding = arguments.filter { !$0.bounds.isNegative }
            if deciding.count == 1 { return sign(of: deciding[0]) }
            let others = deciding.filter { !$0.isZero }
            if others.count == 1, !others[0].mayVanishOnOpenSet { return (1 + sign(of: others[0])).scaled(by: .half) }
            return raw(.sign, [u])
        default: return raw(.sign, [u])
        }
    }

    private static func magnitude(of u: Expression) -> Expression {
        if let number = u.number { return Expression(number.magnitude) }
        if u.bounds.isNonnegative { return u }
        if u.bounds.isNonpositive { return -u }
        switch u.content {
        case .sum:
            let (content, rest) = u.primitivePart
            return raw(.abs, [rest]).scaled(by: content.magnitude)
        case .product(let coefficient, let factors):
            let magnitudes = factors.map { factor in
                factor.bounds.isNonnegative
                    ? power(factor.base, factor.exponent)
                    : factor.exponent.asInteger != nil
                        ? power(magnitude(of: factor.base), factor.exponent)
                        : raw(.abs, [power(factor.base, factor.exponent)])
            }
            return product(of: [Expression(coefficient.magnitude)] + magnitudes)
        case .function(let inner, let arguments)
        where inner == .erf || inner == .tanh || inner == .atan || inner == .asin:
            return function(inner, [magnitude(of: arguments[0])])
        default: return raw(.abs, [u])
        }
    }

    private static func maximum(of arguments: [Expression]) -> Expression {
        var operands: [Expression] = []
        for argument in arguments {
            if case .function(.max, let inner) = argument.content {
                operands += inner
            } else {
                operands.append(argument)
            }
        }
        operands.sort(by: precedes)
        var kept: [Expression] = []
        for operand in operands {
            var isDominated = false
            for other in kept {
                let difference = (other - operand).bounds
                if difference.isNonnegative { isDominated = true }
            }
            if isDominated { continue }
            kept.removeAll { (operand - $0).bounds.isNonnegative }
            kept.append(operand)
        }
        return kept.count == 1 ? kept[0] : raw(.max, kept)
    }

    private static func logarithm(of u: Expression) -> Expression {
        if let value = u.number {
            guard value.isPositive else { return .undefined }
            if value.isOne { return .zero }
            let factors = value.factorization
            if factors.count == 1 && factors[0].multiplicity == 1 { return raw(.log, [u]) }
            return sum(
                of: factors.map { raw(.log, [Expression(Rational($0.prime))]).scaled(by: Rational($0.multiplicity)) })
        }
        if case .constant(.e) = u.content { return .one }
        let (coefficient, factors) = u.asProduct
        if u.bounds.isNonpositive { return .undefined }
        guard coefficient.isPositive else { return raw(.log, [u]) }
        // log(u v) = log u + log v where both are positive; log(u^r) = r log u likewise.
        let splitting = factors.filter { $0.base.bounds.isPositive }
        if splitting.isEmpty || (factors.count == 1 && coefficient.isOne && factors[0].exponent.isOne) {
            return raw(.log, [u])
        }
        let rest = product(coefficient: .one, canonicalFactors: factors.filter { !$0.base.bounds.isPositive })
        let logarithms = splitting.map { $0.exponent * ($0.base == .e ? .one : raw(.log, [$0.base])) }
        return sum(of: logarithms + [logarithm(of: Expression(coefficient)), rest.isOne ? .zero : raw(.log, [rest])])
    }

    private static func gamma(of u: Expression) -> Expression {
        guard let value = u.number else { return raw(.gamma, [u]) }
        if let n = value.asInt {
            if n <= 0 { return .undefined }
            if n > 171 { return raw(.gamma, [u]) }
            return Expression((1..<max(n, 2)).reduce(Rational.one) { $0 * Rational($1) })
        }
        // Gamma(1/2 + n) is a rational multiple of sqrt(pi).
        guard let twice = (value * 2).asInt, twice.magnitude <= 341 else { return raw(.gamma, [u]) }
        var factor = Rational.one
        var argument = Rational(1, 2)
        while argument < value {
            factor = factor * argument
            argument = argument + 1
        }
        while argument > value {
            argument = argument - 1
            factor = factor.dividing(by: argument) ?? .one
        }
        return sqrt(.pi).scaled(by: factor)
    }
}

extension Expression {
    /// The number n, where the expression is n pi.
    fileprivate var multipleOfPi: Rational? {
        switch content {
        case .constant(.pi): return .one
        case .product(let coefficient, let factors):
            return factors.count == 1 && factors[0].base == .pi && factors[0].exponent.isOne ? coefficient : nil
        default: return nil
        }
    }
}

extension Function {
    /// The exact value at special points.
    fileprivate func value(at u: Expression) -> Expression? {
        switch self {
        case .erf, .sin, .tanh, .atan, .asin:
            if u.isZero { return .zero }
            if u.isOne && self == .atan { return Expression.pi / 4 }
            if u.isOne && self == .asin { return Expression.pi / 2 }
            if u == .half && self == .asin { return Expression.pi / 6 }
            if self == .sin, u.multipleOfPi?.isInteger == true { return .zero }
            return nil
        case .cos:
            if u.isZero { return .one }
            if let n = u.multipleOfPi?.asInt { return n.isMultiple(of: 2) ? .one : .minusOne }
            return nil
        case .dirac: return u.bounds.isNonzero ? .zero : nil
        case .probabilityNegative:
            if u.isRandom { return nil }
            return u.bounds.isNegative ? .one : u.bounds.isNonnegative ? .zero : nil
        default: return nil
        }
    }
}
