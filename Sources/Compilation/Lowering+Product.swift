import Algebra
import ExactNumbers
import VectorTypes

extension Lowering {
    /// A product, what is the same for all lanes gathered in one factor.
    mutating func product(
        coefficient: Rational, _ factors: [Expression.Factor], times special: Int? = nil
    ) throws(CompilationError) -> Int {
        var shared = graph.constant(DoubleDouble(coefficient))
        var varying: Int?
        var signArguments: [Int] = []
        var nodes: [Int] = special.map { [$0] } ?? []
        for factor in factors {
            if case .function(.sign, let arguments) = factor.base.content, factor.exponent.isOne {
                signArguments.append(try node(of: arguments[0]))
            } else {
                nodes.append(try power(factor.base, factor.exponent))
            }
        }
        for node in nodes {
            if graph.isVarying[node] {
                varying = varying.map { graph.multiply($0, node) } ?? node
            } else {
                shared = graph.multiply(shared, node)
            }
        }
        var result = varying.map { graph.multiply($0, shared) } ?? shared
        // Last, so that a sign of zero makes the whole product zero even where another factor is infinite.
        for argument in signArguments { result = graph.multiply(result, graph.apply(.sign, [argument])) }
        return result
    }

    mutating func power(_ base: Expression, _ exponent: Expression) throws(CompilationError) -> Int {
        if base == .e { return exponential(of: try node(of: exponent)) }
        let a = try node(of: base)
        if let number = exponent.number {
            if let n = number.asInt, n.magnitude <= 64 { return graph.power(a, integer: n) }
            // Quarters by square roots, which are rounded correctly.
            if let quarters = (number * 4).asInt, quarters.magnitude <= 64 {
                let root = graph.squareRoot(a)
                var result = graph.power(a, integer: Int(quarters.magnitude) / 4)
                if quarters.magnitude % 4 >= 2 { result = graph.multiply(result, root) }
                if !quarters.isMultiple(of: 2) { result = graph.multiply(result, graph.squareRoot(root)) }
                return quarters < 0 ? graph.reciprocal(result) : result
            }
        }
        let b = try node(of: exponent)
        let value = graph.apply(.power, [a, b])
        if graph.isVarying[value] { return value }
        // (a + a')^(b + b') = a^b exp(b a'/a + b' log a): a power close to 1 raised to many steps needs it.
        var correction: Int?
        if let low = graph.lowPart(a) {
            correction = graph.multiply(b, graph.apply(.divide, [low, a]))
        }
        if let low = graph.lowPart(b) {
            let term = graph.multiply(low, graph.apply(.logarithm, [a]))
            correction = correction.map { graph.add($0, term) } ?? term
        }
        guard let correction else { return value }
        let excess = graph.apply(.exponentialMinusOne, [correction])
        return graph.apply(.exponentialCorrection, [value, excess])
    }

    /// log of base^exponent, without the loss of digits of a base close to 1.
    mutating func logarithm(ofPower base: Expression, _ exponent: Expression) throws(CompilationError) -> Int {
        if base == .e { return try node(of: exponent) }
        return graph.multiply(try node(of: exponent), try node(of: Expression.function(.log, [base])))
    }
}
