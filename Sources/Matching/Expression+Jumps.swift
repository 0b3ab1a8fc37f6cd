import Algebra

extension Expression {
    /// The arguments of signs at whose zeros a coefficient jumps as a function of the states and of the gradient.
    ///
    /// `sign(u) (1 - exp(-|u|))`, the mean of a sign under Laplace noise, does not: with 1 and -1 for the sign it is the same at
    /// `u = 0`. A jump is reported unless that can be proved. Under an expectation the noise smooths a jump over.
    var jumps: [Expression] {
        var arguments: [Expression] = []
        forEachNode { node in
            guard case .function(.sign, let operands) = node.content, !node.isRandom, !arguments.contains(operands[0])
            else { return }
            if operands[0].symbols.contains(where: \.isOfCoordinate) { arguments.append(operands[0]) }
        }
        return arguments.filter { argument in
            guard let (symbol, root) = argument.affineZero else { return true }
            func limit(_ side: Expression) -> Expression {
                replacing { $0 == sign(argument) ? side : nil }.substituting(symbol, by: root)
            }
            return limit(1).equals(limit(-1)) != .zero
        }
    }

    /// The zero of an expression that is affine in a symbol of a coordinate, as the value of that symbol.
    private var affineZero: (symbol: Symbol, root: Expression)? {
        for symbol in symbols.sorted() where symbol.isOfCoordinate {
            let slope = derivative(by: symbol)
            guard !slope.isZero, !slope.contains(symbol) else { continue }
            return (symbol, -substituting(symbol, by: .zero) / slope)
        }
        return nil
    }

    /// The expression without the deltas that stand under no expectation.
    var withoutDeltas: Expression {
        replacing { node in
            guard case .function(.dirac, _) = node.content, !node.isRandom else { return nil }
            return .zero
        }
    }
}

extension Symbol {
    /// Whether the symbol is a state or a component of the gradient.
    fileprivate var isOfCoordinate: Bool { !indices.isEmpty || isField }
}
