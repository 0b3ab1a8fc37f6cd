import ExactNumbers

/// Expands an expression in the small parameter by recursion over its structure.
///
/// Every operation works to one absolute order and keeps track of its remainder. Where a division or a cancellation costs
/// orders the remainder shows it, and the caller starts again with a higher one.
final class SeriesBuilder {
    /// What went wrong inside.
    enum Failure: Error {
        case series(SeriesError)
        /// Every known term cancelled: a higher order is needed.
        case cancelled(in: Expression)
    }

    /// The number of terms of a Taylor or binomial series beyond which it is refused.
    static let largestDegree = 64

    let parameter: Symbol
    let sizes: [Symbol: Weight]
    let order: Weight
    private let mask: UInt64
    /// What has been expanded outside and, where kinks are treated differently, inside of expectations.
    private var memo: [[ObjectIdentifier: Expansion]] = [[:], [:]]
    /// The number of expectations around the current node.
    private(set) var expectationDepth = 0
    /// Whether a delta of a random argument may stand in a coefficient.
    var usesDeltas = false
    /// Why a result may be known to a lower order than asked, however high that is.
    var obstacle: SeriesError?

    init(parameter: Symbol, sizes: [Symbol: Weight], order: Weight) {
        self.parameter = parameter
        self.sizes = sizes
        self.order = order
        mask = sizes.keys.reduce(Summary.mask(of: parameter)) { $0 | Summary.mask(of: $1) }
    }

    /// The expansion of a subexpression of the expression that the caller holds.
    func expand(_ u: Expression) throws(Failure) -> Expansion {
        if u.node.symbolMask & mask == 0 { return Expansion(u) }
        let key = ObjectIdentifier(u.node)
        let context = min(expectationDepth, 1)
        if let known = memo[context][key] { return known }
        let result: Expansion
        switch u.content {
        case .number, .constant: result = Expansion(u)
        case .symbol(let symbol): result = expand(symbol)
        case .sum(let constant, let terms):
            var operands = [Expansion(Expression(constant))]
            for term in terms {
                operands.append(try expand(term.expression).scaled(by: Expression(term.coefficient)))
            }
            result = Expansion.sum(of: operands)
        case .product(let coefficient, let factors):
            var product = Expansion(Expression(coefficient))
            for factor in factors { product = try times(product, power(factor, in: u), in: u) }
            result = product
        case .function(let function, let arguments): result = try apply(function, arguments, in: u)
        case .indexSum(let body): result = try expand(body).mapCoefficients { Expression.indexSum(body: $0) }
        case .expectation(let body):
            expectationDepth += 1
            defer { expectationDepth -= 1 }
            result = try expand(body).mapCoefficients { Expression.expectation(of: $0) }
        }
        memo[context][key] = result
        return result
    }

    private func expand(_ symbol: Symbol) -> Expansion {
        if symbol == parameter { return Expansion(.one, weight: 1) }
        // A size is declared for every coordinate of a symbol at once.
        let weight = sizes[symbol] ?? sizes.first { $0.key.name == symbol.name && symbol.derivatives.isEmpty }?.value
        return Expansion(Expression(symbol), weight: weight ?? .zero)
    }

    func times(_ a: Expansion, _ b: Expansion, in place: Expression) throws(Failure) -> Expansion {
        let (first, second) = (regular(a, beside: b, in: place), regular(b, beside: a, in: place))
        guard let product = first.times(second, order: order) else {
            throw .series(.tooManyTerms(limit: Expansion.largestCount, in: place))
        }
        return product
    }

    /// The term that every other one is smaller than, its coefficient known not to be zero, and the rest.
    ///
    /// - Returns: nil where the expansion is exactly zero.
    func leading(_ expansion: Expansion, in place: Expression) throws(Failure) -> (
        term: Expansion.Term, rest: Expansion
    )? {
        var expansion = expansion
        while let first = expansion.terms.first {
            switch first.coefficient.isZeroTest() {
            case .unknown: throw .series(.undecidedCoefficient(first.coefficient, in: place))
            case .zero: expansion = expansion.removing(weight: first.weight)
            case .nonzero:
                let rest = expansion.removing(weight: first.weight)
                for other in rest.terms where !other.weight.isAtLeast(first.weight) {
                    throw .series(.undecidedOrder(first.weight, other.weight, in: place))
                }
                if let remainder = rest.remainder, !remainder.isAtLeast(first.weight) { throw .cancelled(in: place) }
                return (first, rest)
            }
        }
        if expansion.remainder != nil { throw .cancelled(in: place) }
        return nil
    }

    // MARK: Powers

    private func power(_ factor: Expression.Factor, in place: Expression) throws(Failure) -> Expansion {
        if factor.base.symbol == parameter, let weight = Weight(factor.exponent) {
            return Expansion(.one, weight: weight)
        }
        let exponent = try expand(factor.exponent)
        if factor.base == .e { return try exponential(exponent, in: place) }
        let base = try expand(factor.base)
        if let constant = exponent.constant {
            if let value = base.constant { return Expansion(Expression.power(value, constant)) }
            return try power(base, constant, in: place)
        }
        return try exponential(times(exponent, logarithm(base, in: place), in: place), in: place)
    }

    /// The power with an exponent free of the parameter, by the binomial series about the leading term.
    func power(_ base: Expansion, _ exponent: Expression, in place: Expression) throws(Failure) -> Expansion {
        if exponent.isOne { return base }
        guard let (lead, rest) = try leading(base, in: place) else {
            if exponent.bounds.isPositive { return .zero }
            throw .series(.singular(in: place))
        }
        // A root is real only where its base is not negative: a base of unknown sign is taken to be positive there.
        if exponent.asInteger == nil && lead.coefficient.bounds.isNonpositive {
            throw .series(.unknownSign(of: lead.coefficient, in: place))
        }
        var shift = Weight.zero
        if !lead.weight.isZero {
            guard let number = exponent.number else { throw .series(.symbolicPower(in: place)) }
            shift = number * lead.weight
        }
        let scale = Expression.power(lead.coefficient, exponent)
        let ratio = rest.scaled(by: Expression.power(lead.coefficient, .minusOne), raisedBy: Weight.zero - lead.weight)
        var binomial = Expression.one
        let degree = exponent.asInteger.flatMap { $0 >= 0 ? $0 : nil }
        let series = try powerSeries(in: ratio, order: order - shift, exactDegree: degree, place) { k in
            if k > 0 { binomial = binomial * (exponent - Expression(k - 1)) / Expression(k) }
            return Expansion(binomial)
        }
        return series.scaled(by: scale, raisedBy: shift)
    }

    /// `sum over k of coefficient(k) delta^k` for a small delta, by Horner's rule.
    ///
    /// - Parameters:
    ///   - exactDegree: the last k, where the series ends.
    ///   - coefficient: called for k = 0, 1, ... in turn.
    func powerSeries(
        in delta: Expansion, order: Weight, exactDegree: Int? = nil, _ place: Expression,
        coefficient: (Int) throws(Failure) -> Expansion
    ) throws(Failure) -> Expansion {
        let delta = withoutDeltas(delta, in: place)
        // Beyond the remainder of delta nothing can be known.
        let order = delta.remainder.map { $0.meet(order) } ?? order
        guard let floor = Expansion(terms: delta.terms, remainder: nil).floor else {
            let constant = try coefficient(0)
            return delta.remainder == nil ? constant : constant.limited(to: order)
        }
        let needed = try degree(toReach: order, from: floor, exactDegree: exactDegree, in: place)
        let isExact = exactDegree.map { $0 <= needed } ?? false
        var coefficients: [Expansion] = []
        for k in 0...(isExact ? exactDegree ?? needed : needed) { coefficients.append(try coefficient(k)) }
        var result = coefficients[coefficients.count - 1]
        for next in coefficients.dropLast().reversed() {
            guard let product = result.times(delta, order: order) else {
                throw .series(.tooManyTerms(limit: Expansion.largestCount, in: place))
            }
            result = product + next
        }
        return isExact ? result : result.limited(to: order)
    }

    /// The largest k for which delta^k may be larger than the order.
    private func degree(
        toReach order: Weight, from floor: Weight, exactDegree: Int?, in place: Expression
    ) throws(Failure) -> Int {
        if !floor.isPositive { throw .series(.undecidedOrder(.zero, floor, in: place)) }
        var result = 0
        for (step, target) in [(floor.constant, order.constant), (floor.atOne, order.atOne)] where target.isPositive {
            let count = target.dividing(by: step).map { -(-$0).floor - 1 } ?? BigInteger(.max)
            guard let last = count.asInt, last <= SeriesBuilder.largestDegree else {
                if let exactDegree, exactDegree <= SeriesBuilder.largestDegree { return exactDegree }
                throw .series(.tooManyTerms(limit: SeriesBuilder.largestDegree, in: place))
            }
            result = max(result, last)
        }
        return result
    }

    // MARK: Exponential and logarithm

    func exponential(_ exponent: Expansion, in place: Expression) throws(Failure) -> Expansion {
        if let constant = exponent.constant { return Expansion(exp(constant)) }
        let (exponent, unbounded) = try settled(exponent, in: place)
        if let lead = unbounded {
            // What decays exponentially is smaller than any power.
            guard lead.coefficient.bounds.isNonpositive else { throw .series(.singular(in: place)) }
            return Expansion.zero.limited(to: order)
        }
        var factorial = Rational.one
        let series = try powerSeries(in: exponent.removing(weight: .zero), order: order, place) { k in
            if k > 0 { factorial = factorial.dividing(by: Rational(k)) ?? factorial }
            return Expansion(Expression(factorial))
        }
        return series.scaled(by: exp(exponent.coefficient(of: .zero)))
    }

    func logarithm(_ argument: Expansion, in place: Expression) throws(Failure) -> Expansion {
        if let constant = argument.constant { return Expansion(log(constant)) }
        guard let (lead, rest) = try leading(argument, in: place), lead.weight.isZero else {
            throw .series(.singular(in: place))
        }
        guard !lead.coefficient.bounds.isNonpositive else {
            throw .series(.unknownSign(of: lead.coefficient, in: place))
        }
        let ratio = rest.scaled(by: Expression.power(lead.coefficient, .minusOne))
        return try powerSeries(in: ratio, order: order, place) { k in
            k == 0 ? Expansion(log(lead.coefficient)) : Expansion(Expression(Rational(k & 1 == 1 ? 1 : -1, k)))
        }
    }

    /// The expansion without the terms that seem to grow as the parameter vanishes but have a zero coefficient, and its
    /// leading term where it does grow.
    func settled(
        _ expansion: Expansion, in place: Expression
    ) throws(Failure) -> (expansion: Expansion, unbounded: Expansion.Term?) {
        if let remainder = expansion.remainder, !remainder.isPositive { throw .cancelled(in: place) }
        guard expansion.terms.contains(where: { !$0.weight.isZero && !$0.weight.isPositive }),
            let (lead, rest) = try leading(expansion, in: place)
        else { return (expansion, nil) }
        if lead.weight.isNegative { return (expansion, lead) }
        guard lead.weight.isZero || lead.weight.isPositive else {
            throw .series(.undecidedOrder(.zero, lead.weight, in: place))
        }
        return (Expansion(terms: [lead] + rest.terms, remainder: rest.remainder), nil)
    }
}
