import Algebra

/// Symbols in place of functions of parameters, such as `log(1 - eta rho)`, so that linear systems are solved over
/// rational functions: whether a pivot vanishes is then decided without the domain of the functions.
struct HeldFunctionValues {
    private(set) var values: [Symbol: Expression] = [:]
    private var symbols: [Expression: Symbol] = [:]

    /// The expression with every function application replaced by a symbol of the same bounds.
    mutating func holding(_ expression: Expression) -> Expression {
        var found = symbols
        var held = values
        let result = expression.replacing { node in
            guard case .function = node.content else { return nil }
            if let known = found[node] { return Expression(known) }
            // No name that a user can write begins with a blank.
            let symbol = Symbol(" function\(found.count)", bounds: node.bounds)
            found[node] = symbol
            held[symbol] = node
            return Expression(symbol)
        }
        symbols = found
        values = held
        return result
    }

    /// The expression with the functions in their places again.
    func released(_ expression: Expression) -> Expression { expression.substituting(values) }
}
