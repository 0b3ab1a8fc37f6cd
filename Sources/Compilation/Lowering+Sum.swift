import Algebra
import ExactNumbers

extension Lowering {
    /// A summand: coefficient times expression, times a node where one was made for a stable form.
    private struct Summand {
        var coefficient: Rational
        var expression: Expression
        var special: Int?
    }

    /// The factor of a term that a partner without it would cancel against.
    private enum Cancelling {
        case error(Expression)
        case errorSquared(Expression)
        case tangent(Expression)
        case tangentSquared(Expression)
        case exponential(base: Expression, exponent: Expression)

        init?(_ factor: Expression.Factor) {
            if case .function(.erf, let arguments) = factor.base.content {
                if factor.exponent.isOne {
                    self = .error(arguments[0])
                } else if factor.exponent.number == 2 {
                    self = .errorSquared(arguments[0])
                } else {
                    return nil
                }
            } else if case .function(.tanh, let arguments) = factor.base.content {
                if factor.exponent.isOne {
                    self = .tangent(arguments[0])
                } else if factor.exponent.number == 2 {
                    self = .tangentSquared(arguments[0])
                } else {
                    return nil
                }
            } else if factor.base == .e || (factor.exponent.number == nil && factor.base.bounds.isNonnegative) {
                self = .exponential(base: factor.base, exponent: factor.exponent)
            } else {
                return nil
            }
        }
    }

    mutating func sum(constant: Rational, _ terms: [Expression.Term]) throws(CompilationError) -> Int {
        var summands = terms.map { Summand(coefficient: $0.coefficient, expression: $0.expression) }
        if !constant.isZero { summands.append(Summand(coefficient: constant, expression: .one)) }
        try combineComplements(&summands)
        try combineErrorDifferences(&summands)
        // What is the same for all lanes first; then in the canonical order.
        var (shared, varying): ([(Int, Bool)], [(Int, Bool)]) = ([], [])
        for summand in summands {
            let factors = summand.expression.isOne ? [] : summand.expression.asProduct.factors
            let node = try product(
                coefficient: summand.coefficient.magnitude, factors, times: summand.special)
            if graph.isVarying[node] {
                varying.append((node, summand.coefficient.isNegative))
            } else {
                shared.append((node, summand.coefficient.isNegative))
            }
        }
        guard let head = accumulate(shared) else { return accumulate(varying) ?? graph.constant(0) }
        guard let tail = accumulate(varying) else { return head }
        return graph.add(tail, head)
    }

    private mutating func accumulate(_ entries: [(node: Int, isNegative: Bool)]) -> Int? {
        // A positive entry first saves a negation.
        guard let first = entries.firstIndex(where: { !$0.isNegative }) ?? entries.indices.first else { return nil }
        var result = entries[first].isNegative ? graph.negate(entries[first].node) : entries[first].node
        for (index, entry) in entries.enumerated() where index != first {
            result = entry.isNegative ? graph.subtract(result, entry.node) : graph.add(result, entry.node)
        }
        return result
    }

    /// A - A erf(u), A - A erf(u)^2 and A e^u - A, wherever both terms occur.
    private mutating func combineComplements(_ summands: inout [Summand]) throws(CompilationError) {
        var position = 0
        while position < summands.count {
            defer { position += 1 }
            let summand = summands[position]
            guard summand.special == nil else { continue }
            for factor in summand.expression.asProduct.factors {
                guard let cancelling = Cancelling(factor) else { continue }
                let rest = summand.expression / Expression.power(factor.base, factor.exponent)
                let partner = summands.firstIndex {
                    $0.special == nil && $0.coefficient.magnitude == summand.coefficient.magnitude
                        && $0.expression == rest
                }
                guard let partner, partner != position else { continue }
                let opposite = summands[partner].coefficient != summand.coefficient
                guard let (node, sign) = try complement(cancelling, opposite: opposite) else { continue }
                let coefficient = summands[partner].coefficient
                summands[position] = Summand(
                    coefficient: sign ? coefficient : -coefficient, expression: rest, special: node)
                summands.remove(at: partner)
                if partner < position { position -= 1 }
                break
            }
        }
    }

    /// The node for 1 -+ the factor, and whether it has the sign of the partner.
    private mutating func complement(
        _ cancelling: Cancelling, opposite: Bool
    ) throws(CompilationError) -> (node: Int, sign: Bool)? {
        switch cancelling {
        case .error(let u):
            let argument = try node(of: u)
            return (errorComplement(of: opposite ? argument : graph.negate(argument)), true)
        case .errorSquared(let u):
            guard opposite else { return nil }
            let complement = errorComplement(of: graph.apply(.magnitude, [try node(of: u)]))
            return (graph.apply(.complementOfSquare, [complement]), true)
        case .tangent(let u):
            let argument = try node(of: u)
            return (graph.apply(.tangentComplement, [opposite ? argument : graph.negate(argument)]), true)
        case .tangentSquared(let u):
            guard opposite else { return nil }
            return (graph.apply(.secantSquared, [try node(of: u)]), true)
        case .exponential(let base, let exponent):
            guard opposite else { return nil }
            return (graph.apply(.exponentialMinusOne, [try logarithm(ofPower: base, exponent)]), false)
        }
    }

    /// A erf(u) - A erf(v).
    private mutating func combineErrorDifferences(_ summands: inout [Summand]) throws(CompilationError) {
        struct Key: Hashable {
            let rest: Expression
            let magnitude: Rational
        }
        var waiting: [Key: (position: Int, argument: Expression)] = [:]
        var removed: Set<Int> = []
        for position in summands.indices where summands[position].special == nil {
            let summand = summands[position]
            let factors = summand.expression.asProduct.factors
            let errors = factors.filter { if case .error = Cancelling($0) { true } else { false } }
            guard errors.count == 1, case .function(_, let arguments) = errors[0].base.content else { continue }
            let key = Key(rest: summand.expression / errors[0].base, magnitude: summand.coefficient.magnitude)
            guard let other = waiting[key], summands[other.position].coefficient != summand.coefficient else {
                waiting[key] = (position, arguments[0])
                continue
            }
            waiting[key] = nil
            let node = graph.apply(
                .errorDifference, [try node(of: arguments[0]), try node(of: other.argument)])
            summands[position] = Summand(coefficient: summand.coefficient, expression: key.rest, special: node)
            removed.insert(other.position)
        }
        if !removed.isEmpty {
            summands = summands.indices.filter { !removed.contains($0) }.map { summands[$0] }
        }
    }
}
