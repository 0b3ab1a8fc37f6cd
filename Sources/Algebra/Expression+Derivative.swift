import ExactNumbers

/// Differentiation.
extension Expression {
    /// The partial derivative by a symbol.
    ///
    /// By a position `x_j` a field gains a derivative (`d_i f` becomes `d_ij f`) and `x_i` becomes a Kronecker delta;
    /// the derivative of a sign is twice Dirac's delta, that of `max(u, v)` that of the larger operand.
    public func derivative(by symbol: Symbol) -> Expression {
        struct Key: Hashable {
            let node: ObjectIdentifier
            let depth: Int
        }
        struct PowerKey: Hashable {
            let power: Factor
            let depth: Int
        }
        var memo: [Key: Expression] = [:]
        var powers: [PowerKey: [Expression]] = [:]
        let mask = Summary.mask(of: symbol)
        let dependsOnFields = symbol.role == .position

        func walk(_ u: Expression, _ depth: Int) -> Expression {
            if u.node.symbolMask & mask == 0 && !(dependsOnFields && u.containsFields) { return .zero }
            if let own = u.symbol { return own.derivative(by: symbol.raisingBoundIndices(by: depth)) }
            let key = Key(node: ObjectIdentifier(u.node), depth: depth)
            if let known = memo[key] { return known }
            let result: Expression
            switch u.content {
            case .number, .constant, .symbol: result = .zero
            case .sum(_, let terms):
                result = Expression.sum(
                    constant: .zero, multiples: terms.lazy.map { ($0.coefficient, walk($0.expression, depth)) })
            case .product(let coefficient, let factors):
                result = Expression.sum(
                    of: factors.indices.compactMap { position in
                        let own = powerDerivative(factors[position], depth)
                        if own.isEmpty { return nil }
                        var others = factors
                        others.remove(at: position)
                        return Expression.product(coefficient: coefficient, canonicalFactors: others, times: own)
                    })
            case .function(.probabilityNegative, let arguments):
                // P(u < 0) is the expectation of a step of -u, whose derivative is that of u at zero.
                result = Expression.sum(
                    of: arguments.map { argument in
                        -Expression.expectation(of: .function(.dirac(0), [argument]) * walk(argument, depth))
                    })
            case .function(let function, let arguments):
                result = Expression.sum(
                    of: arguments.indices.compactMap { position in
                        let inner = walk(arguments[position], depth)
                        return inner.isZero ? nil : inner * function.derivative(position, arguments)
                    })
            case .indexSum(let body): result = Expression.indexSum(body: walk(body, depth + 1))
            case .expectation(let body): result = Expression.expectation(of: walk(body, depth))
            }
            memo[key] = result
            return result
        }

        /// The derivative of a power as a product, empty where it is zero.
        func powerDerivative(_ factor: Factor, _ depth: Int) -> [Expression] {
            let key = PowerKey(power: factor, depth: depth)
            if let known = powers[key] { return known }
            let (u, r) = (factor.base, factor.exponent)
            let inner = walk(u, depth)
            let outer = walk(r, depth)
            let byBase = inner.isZero ? [] : r.isOne ? [inner] : [r, Expression.power(u, r - 1), inner]
            let byExponent = outer.isZero ? [] : [Expression.power(u, r), log(u), outer]
            let result =
                byBase.isEmpty
                ? byExponent
                : byExponent.isEmpty
                    ? byBase : [Expression.product(of: byBase) + Expression.product(of: byExponent)]
            powers[key] = result
            return result
        }

        return walk(self, 0)
    }
}

extension Symbol {
    fileprivate func raisingBoundIndices(by levels: Int) -> Symbol {
        levels == 0 ? self : mapIndices { if case .bound(let n) = $0 { .bound(n + levels) } else { $0 } }
    }

    fileprivate func derivative(by other: Symbol) -> Expression {
        if self == other { return .one }
        guard other.role == .position, let index = other.indices.first else { return .zero }
        if isField { return Expression(differentiated(by: index)) }
        if role == .position && name == other.name, let own = indices.first { return .kronecker(own, index) }
        return .zero
    }
}

extension Function {
    /// The partial derivative by one argument, at the arguments.
    fileprivate func derivative(_ position: Int, _ arguments: [Expression]) -> Expression {
        let u = arguments[0]
        switch self {
        case .sign: return 2 * .function(.dirac(0), [u])
        case .abs: return Algebra.sign(u)
        case .max:
            let others = arguments.indices.filter { $0 != position }.map { arguments[$0] }
            return Algebra.step(arguments[position] - .function(.max, others))
        case .log: return 1 / u
        case .erf: return 2 * Algebra.exp(-u * u) / Algebra.sqrt(.pi)
        case .sin: return Algebra.cos(u)
        case .cos: return -Algebra.sin(u)
        case .tanh: return 1 - Algebra.tanh(u) ** 2
        case .atan: return 1 / (1 + u * u)
        case .asin: return 1 / Algebra.sqrt(1 - u * u)
        case .gamma: return Algebra.gamma(u) * .function(.polygamma(0), [u])
        case .polygamma(let n): return .function(.polygamma(n + 1), [u])
        case .dirac(let n): return .function(.dirac(n + 1), [u])
        case .hypergeometric2F1:
            guard position == 3, arguments.count == 4 else { return .undefined }
            let (a, b, c) = (arguments[0], arguments[1], arguments[2])
            return a * b / c * Algebra.hypergeometric2F1(a + 1, b + 1, c + 1, arguments[3])
        case .kummer:
            guard position == 2, arguments.count == 3 else { return .undefined }
            return arguments[0] / arguments[1] * Algebra.kummer(arguments[0] + 1, arguments[1] + 1, arguments[2])
        case .signCovariance:
            // d_a C = 2 phi(a) (E[sign(b + Y) | X = -a] - E sign(b + Y)), and d_r C is 4 times the density at (-a, -b).
            guard arguments.count == 3 else { return .undefined }
            let (b, r) = (arguments[1], arguments[2])
            let rest = 1 - r * r
            if position == 2 {
                let exponent = -(u * u - 2 * r * u * b + b * b) / (2 * rest)
                return 2 * Algebra.exp(exponent) / (.pi * Algebra.sqrt(rest))
            }
            let (own, other) = position == 0 ? (u, b) : (b, u)
            let conditional = Algebra.erf((other - r * own) / (Algebra.sqrt(2) * Algebra.sqrt(rest)))
            return 2 * Algebra.normalDensity(own) * (conditional - Algebra.erf(other / Algebra.sqrt(2)))
        case .probabilityNegative: return .undefined
        case .unnamed(let name, let derivatives):
            var orders = derivatives
            if position < orders.count { orders[position] += 1 }
            return .function(.unnamed(name, derivatives: orders), arguments)
        }
    }
}
