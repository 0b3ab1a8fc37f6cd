import ExactNumbers

/// What every node knows of itself, computed once from its operands.
struct Summary {
    var hash: UInt64
    var bounds = Bounds.real
    var size = 1
    var depth = 1
    var symbolMask: UInt64 = 0
    var traits: Expression.Traits = []

    init(of content: Expression.Content) {
        switch content {
        case .number(let value):
            hash = Summary.mix(1, Summary.hash(value))
            bounds = Summary.bounds(of: value)
        case .constant(let constant):
            hash = Summary.mix(2, UInt64(constant.rawValue))
            switch constant {
            case .e: bounds = Bounds(2.7, 2.8)
            case .pi: bounds = Bounds(3.1, 3.2)
            case .undefined: traits = .undefined
            }
        case .symbol(let symbol):
            hash = Summary.mix(3, symbol.stableHash)
            bounds = symbol.bounds
            symbolMask = Summary.mask(of: symbol)
            if symbol.isRandom { traits.insert(.random) }
            if symbol.isField { traits.insert(.field) }
            if (symbol.indices + symbol.derivatives).contains(where: { if case .bound = $0 { true } else { false } }) {
                traits.insert(.boundIndex)
            }
        case .sum(let constant, let terms):
            hash = Summary.mix(4, Summary.hash(constant))
            bounds = Summary.bounds(of: constant)
            for term in terms {
                hash = Summary.mix(hash, Summary.hash(term.coefficient))
                include(term.expression)
                let own = term.expression.bounds
                bounds = bounds + (term.coefficient.isOne ? own : Summary.bounds(of: term.coefficient) * own)
            }
        case .product(let coefficient, let factors):
            hash = Summary.mix(5, Summary.hash(coefficient))
            var isFirst = coefficient.isOne
            var isUnexpanded = false
            if !isFirst { bounds = Summary.bounds(of: coefficient) }
            for factor in factors {
                include(factor.base)
                include(factor.exponent)
                bounds = isFirst ? factor.bounds : bounds * factor.bounds
                isFirst = false
                isUnexpanded =
                    isUnexpanded || factor.base.node.traits.contains(.unexpanded) || factor.isPowerOfSum
            }
            // Exponents are not expanded.
            if isUnexpanded { traits.insert(.unexpanded) } else { traits.remove(.unexpanded) }
        case .function(let function, let arguments):
            hash = Summary.mix(6, UInt64(function.rank))
            if case .unnamed(let name, let derivatives) = function {
                hash = derivatives.reduce(Summary.mix(hash, Summary.hash(name))) { Summary.mix($0, UInt64($1)) }
            }
            for argument in arguments { include(argument) }
            bounds = function.bounds(of: arguments.map(\.bounds))
            if function == .probabilityNegative { traits.remove(.random) }
            traits.remove(.unexpanded)
        case .indexSum(let body):
            hash = 7
            include(body)
            bounds = body.bounds.sign == nil ? (body.bounds.isNonnegative ? .nonnegative : .real) : body.bounds
            if bounds.sign != nil { bounds = bounds.isPositive ? .positive : .negative }
            traits.insert(.indexSum)
        case .expectation(let body):
            hash = 8
            include(body)
            bounds = body.bounds
            traits.insert(.expectation)
            traits.remove(.random)
            // An expectation over all coordinates keeps its form.
            if traits.contains(.indexSum) { traits.remove(.unexpanded) }
        }
    }

    private mutating func include(_ operand: Expression) {
        let node = operand.node
        hash = Summary.mix(hash, node.hash)
        let (sum, overflow) = size.addingReportingOverflow(node.size)
        size = overflow ? .max : sum
        depth = max(depth, node.depth + 1)
        symbolMask |= node.symbolMask
        traits.formUnion(node.traits)
    }

    static func mask(of symbol: Symbol) -> UInt64 { 1 << (hash(symbol.name) & 63) }

    static func bounds(of value: Rational) -> Bounds {
        let double = value.doubleValue
        if value.isInteger && double.magnitude < 0x1p53 { return .exactly(double) }
        // The sign of a rational survives the rounding of its value.
        return Bounds(
            value.isPositive ? max(0, double.nextDown) : double.nextDown,
            value.isNegative ? min(0, double.nextUp) : double.nextUp, excludesZero: true)
    }

    private static func hash(_ value: Rational) -> UInt64 { value.stableHash }

    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// The hash of a symbol that is declared with these.
    static func hash(_ name: String, _ role: Symbol.Role, _ indices: [Index], _ derivatives: [Index]) -> UInt64 {
        var result = mix(hash(name), UInt64(role.rawValue))
        for index in indices + derivatives {
            switch index {
            case .coordinate(let n), .bound(let n): result = mix(result, UInt64(truncatingIfNeeded: n))
            case .free(let name): result = mix(result, hash(name))
            }
        }
        return result
    }

    /// A mixing step that is the same in every process, unlike the standard library's seeded hasher.
    private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        var x = (a ^ (b &+ 0x9e37_79b9_7f4a_7c15)) &* 0xbf58_476d_1ce4_e5b9
        x ^= x >> 29
        x = x &* 0x94d0_49bb_1331_11eb
        return x ^ (x >> 32)
    }
}

extension Expression.Factor {
    var bounds: Bounds {
        exponent.isOne
            ? base.bounds : .power(base.bounds, exponent.bounds, integerExponent: exponent.asInteger)
    }
}
