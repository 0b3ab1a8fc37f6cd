import Algebra

extension Expression {
    /// The arguments at whose changes of sign a `sign`, `abs` or `max` in the expression has a kink or a jump.
    var kinkArguments: [Expression] {
        var result: [Expression] = []
        func visit(_ expression: Expression) {
            switch expression.content {
            case .number, .constant, .symbol: break
            case .sum(_, let terms): for term in terms { visit(term.expression) }
            case .product(_, let factors):
                for factor in factors {
                    visit(factor.base)
                    visit(factor.exponent)
                }
            case .function(let function, let arguments):
                switch function {
                case .sign, .abs: result.append(arguments[0])
                case .max: result += arguments.dropFirst().map { arguments[0] - $0 }
                default: break
                }
                for argument in arguments { visit(argument) }
            case .indexSum(let body), .expectation(let body): visit(body)
            }
        }
        visit(self)
        var seen: Set<Expression> = []
        return result.filter { seen.insert($0).inserted }
    }

    /// Whether the expression expands in a small symbol with polynomials in the random ones as its terms: no root and no
    /// transcendental function has a random argument where the small symbol is zero.
    ///
    /// - Parameter random: the names of the random symbols, whatever the coordinate.
    func isPolynomial(in random: Set<String>, whereVanishes small: Symbol) -> Bool {
        func isRandom(_ argument: Expression) -> Bool { argument.symbols.contains { random.contains($0.name) } }
        func isFixed(_ argument: Expression) -> Bool {
            guard isRandom(argument) else { return true }
            if case .product(_, let factors) = argument.content {
                return factors.allSatisfy { isFixed($0.base) && isFixed($0.exponent) }
            }
            let limit = argument.substituting(small, by: .zero)
            if !limit.isUndefined { return !isRandom(limit) }
            // A bias correction has no limit.
            let summands = argument.summands
            return summands.count > 1 && summands.allSatisfy(isFixed)
        }
        var result = true
        forEachNode { node in
            switch node.content {
            case .product(_, let factors):
                for factor in factors where (factor.exponent.number?.asInt ?? -1) < 0 {
                    result = result && isFixed(factor.base) && isFixed(factor.exponent)
                }
            case .function(_, let arguments): result = result && arguments.allSatisfy(isFixed)
            default: break
            }
        }
        return result
    }
}
