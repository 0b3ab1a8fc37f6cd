import ExactNumbers

extension SeriesBuilder {
    func apply(_ function: Function, _ arguments: [Expression], in place: Expression) throws(Failure) -> Expansion {
        var operands: [Expansion] = []
        for argument in arguments { operands.append(try expand(argument)) }
        let constants = operands.compactMap(\.constant)
        if constants.count == operands.count { return Expansion(Expression.function(function, constants)) }
        switch function {
        case .log: return try logarithm(operands[0], in: place)
        case .sign, .abs, .dirac:
            if let lead = try limitWithinReach(of: operands[0], in: place) {
                return try expanded(function, operands[0], about: lead, in: place)
            }
        default: break
        }
        switch function {
        case .sign: return Expansion(try sign(of: operands[0], in: place))
        case .abs: return try magnitude(operands[0], in: place)
        case .max:
            var result = operands[0]
            for operand in operands.dropFirst() { result = try maximum(result, operand, in: place) }
            return result
        case .dirac:
            // Away from its point the delta vanishes.
            guard let (lead, _) = try leading(operands[0], in: place), lead.coefficient.bounds.isNonzero else {
                throw .series(.kink(at: arguments[0], in: place))
            }
            return .zero
        case .erf, .tanh, .atan:
            guard let lead = try settled(operands[0], in: place).unbounded else { break }
            return try saturated(function, operands[0], lead, in: place)
        default: break
        }
        return try taylor(function, operands, in: place)
    }

    // MARK: Kinks

    /// The limit of an argument where it is random and of unknown sign, and the argument is not the limit alone.
    ///
    /// However small the rest is, a part of the draws, of a probability of the order of the rest, then lies within its
    /// reach of the kink.
    private func limitWithinReach(
        of argument: Expansion, in place: Expression
    ) throws(Failure) -> Expression? {
        guard let (lead, rest) = try leading(argument, in: place), lead.weight.isZero, rest.floor != nil,
            lead.coefficient.isRandom, lead.coefficient.bounds.sign == nil
        else { return nil }
        return lead.coefficient
    }

    /// Taylor's series of a sign, an absolute value or a delta of a random argument in the sense of distributions: what
    /// an expectation makes of it is right wherever the limit passes through zero with a slope.
    ///
    /// An absolute value of a limit that may jump over zero or rest at it is known up to the rest only.
    /// - Throws: ``SeriesError/kink(at:in:)`` for a sign of a limit that itself has kinks.
    private func expanded(
        _ function: Function, _ argument: Expansion, about limit: Expression, in place: Expression
    ) throws(Failure) -> Expansion {
        let obstacle = SeriesError.kink(at: limit, in: place)
        guard function == .abs else {
            if limit.hasRandomNode(where: \.hasKink) { throw .series(obstacle) }
            usesDeltas = true
            return try taylor(function, [argument], in: place)
        }
        if limit.hasRandomNode(where: { $0 == .sign || $0.isDelta }) || limit.mayRestAtZero {
            guard let floor = argument.removing(weight: .zero).floor else { throw .series(obstacle) }
            self.obstacle = obstacle
            return Expansion(abs(limit)).limited(to: floor)
        }
        usesDeltas = true
        return try taylor(function, [argument], in: place)
    }

    /// The sign near the limit: that of the leading coefficient.
    ///
    /// A leading coefficient without a known sign will do where it is the limit itself, which is then not zero almost
    /// everywhere and keeps its sign nearby, and where it stands alone; not for a random argument under an expectation,
    /// of which a part lies within reach of the kink.
    private func sign(of argument: Expansion, in place: Expression) throws(Failure) -> Expression {
        guard let (lead, rest) = try leading(argument, in: place) else { return .zero }
        if let known = lead.coefficient.bounds.sign { return Expression(known) }
        let isAlone = rest.floor == nil
        let isSafe = lead.weight.isZero && (expectationDepth == 0 || !place.isRandom)
        guard isAlone || isSafe else { throw .series(.kink(at: lead.coefficient, in: place)) }
        return Algebra.sign(lead.coefficient)
    }

    private func magnitude(_ argument: Expansion, in place: Expression) throws(Failure) -> Expansion {
        let sign = try sign(of: argument, in: place)
        return argument.mapCoefficients { $0 * sign }
    }

    private func maximum(_ a: Expansion, _ b: Expansion, in place: Expression) throws(Failure) -> Expansion {
        let difference = a - b
        if let lead = try limitWithinReach(of: difference, in: place) {
            let magnitude = try expanded(.abs, difference, about: lead, in: place)
            let limit = Algebra.max(a.coefficient(of: .zero), b.coefficient(of: .zero))
            let rest = (a + b + magnitude).scaled(by: .half).removing(weight: .zero)
            return rest + Expansion(limit)
        }
        let sign = try sign(of: difference, in: place)
        if sign.isZero || sign.isOne { return a }
        if sign == .minusOne { return b }
        let step = (1 + sign).scaled(by: .half)
        let isAtLimit = !difference.coefficient(of: .zero).isZero
        let limit = Algebra.max(a.coefficient(of: .zero), b.coefficient(of: .zero))
        let rest =
            (isAtLimit ? b.removing(weight: .zero) : b)
            + (isAtLimit ? difference.removing(weight: .zero) : difference).mapCoefficients { $0 * step }
        return isAtLimit ? rest + Expansion(limit) : rest
    }

    // MARK: Smooth functions

    /// A function that levels off, of an argument that grows without bound.
    private func saturated(
        _ function: Function, _ argument: Expansion, _ lead: Expansion.Term, in place: Expression
    ) throws(Failure) -> Expansion {
        guard let sign = lead.coefficient.bounds.sign, sign != 0 else {
            throw .series(.unknownSign(of: lead.coefficient, in: place))
        }
        // erf and tanh reach 1 up to what is exponentially small.
        guard function == .atan else { return Expansion(Expression(sign)).limited(to: order) }
        let reciprocal = try power(argument, .minusOne, in: place)
        let limit = Expression.pi.scaled(by: Rational(sign, 2))
        return Expansion(limit) - (try taylor(.atan, [reciprocal], in: place))
    }

    /// Taylor's series in every argument that depends on the parameter, with symbolic derivatives.
    private func taylor(_ function: Function, _ arguments: [Expansion], in place: Expression) throws(Failure)
        -> Expansion
    {
        var slots: [(symbol: Symbol, center: Expression, delta: Expansion)] = []
        var template: [Expression] = []
        for (position, argument) in arguments.enumerated() {
            if let constant = argument.constant {
                template.append(constant)
                continue
            }
            let (argument, unbounded) = try settled(argument, in: place)
            if unbounded != nil { throw .series(.singular(in: place)) }
            // No name that a user can write begins with a blank.
            let symbol = Symbol(" argument\(position)")
            slots.append((symbol, argument.coefficient(of: .zero), argument.removing(weight: .zero)))
            template.append(Expression(symbol))
        }
        let centers = Dictionary(uniqueKeysWithValues: slots.map { ($0.symbol, $0.center) })

        func series(_ derivative: Expression, _ slot: Int) throws(Failure) -> Expansion {
            if slot == slots.count {
                let value = derivative.substituting(centers)
                if value.isUndefined { throw .series(.singular(in: place)) }
                return Expansion(value)
            }
            var current = derivative
            var factorial = Rational.one
            return try powerSeries(in: slots[slot].delta, order: order, place) { (k) throws(Failure) in
                if k > 0 {
                    current = current.derivative(by: slots[slot].symbol)
                    factorial = factorial.dividing(by: Rational(k)) ?? factorial
                }
                return try series(current, slot + 1).scaled(by: Expression(factorial))
            }
        }
        return try series(Expression.function(function, template), 0)
    }
}
