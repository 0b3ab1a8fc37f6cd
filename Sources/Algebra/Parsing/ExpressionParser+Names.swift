import ExactNumbers

/// Names, and what begins with one.
extension ExpressionParser {
    mutating func named() throws(Diagnostic) -> Expression {
        guard let (name, token) = cursor.takeName() else { throw cursor.expected("a name") }
        var primes = 0
        while cursor.take(.prime) { primes += 1 }
        var primed = name + String(repeating: "'", count: primes)
        // An index after a prime: v'_j.
        if primes > 0, case .name(let index) = cursor.token.kind, index.hasPrefix("_") {
            primed += index
            cursor.advance()
        }
        if !scope.isQuantity(primed) {
            if primes == 0, name == "grad", case .name = cursor.token.kind, let index = scope.gradientIndex {
                return try derivative(by: [index])
            }
            let mayBeCall = cursor.token.isMark(.open) || cursor.token.isMark(.power)
            if mayBeCall, let call = try call(name, token, primes: primes) { return call }
            if primes == 0, cursor.token.isMark(.openBracket), name == "E" { return try expectation() }
            if primes == 0, case .name = cursor.token.kind, name.hasPrefix("d_"),
                let indices = Scope.indices(name.dropFirst(2))
            {
                return try derivative(by: indices)
            }
        } else if cursor.token.isMark(.open), NamedFunction.named(name) != nil {
            throw cursor.failure(
                at: token, "`\(name)` is a quantity here, and a parenthesis follows it",
                remedy: name == "gamma"
                    ? "Write `gamma*(...)` for a product, `Gamma(...)` for the Gamma function."
                    : "Write `\(name)*(...)` for a product.")
        }
        switch scope.meaning(of: primed) {
        case .value(let value): return value
        case .error(let message, let remedy): throw cursor.failure(at: token, message, remedy: remedy)
        case .unknown: throw unknown(primed, token)
        }
    }

    private func unknown(_ name: String, _ token: Token) -> Diagnostic {
        if NamedFunction.named(name) != nil {
            return cursor.failure(at: token, "`\(name)` is a function", remedy: "Write its argument: `\(name)(...)`.")
        }
        let isCall = cursor.token.isMark(.open)
        let candidates = isCall ? NamedFunction.names + scope.names : scope.names
        let nearest = nearestName(to: name, among: candidates)
        return cursor.failure(
            at: token, isCall ? "unknown function `\(name)`" : "unknown name `\(name)`",
            remedy: nearest.map { "Did you mean `\($0)`?" } ?? hint(name))
    }

    private func hint(_ name: String) -> String? {
        let known = Set(scope.names.filter { $0 != "e" && $0 != "pi" }).sorted()
        guard !known.isEmpty, known.count <= 24 else { return nil }
        return "Known here: \(known.joined(separator: ", "))."
    }

    /// A function of the table or the scope, an index sum, or a probability, from its parenthesis on.
    private mutating func call(_ name: String, _ token: Token, primes: Int) throws(Diagnostic) -> Expression? {
        if let count = scope.arguments(ofFunction: name) {
            let orders = try derivativeOrders(primes: primes, arguments: count, token)
            return .function(
                .unnamed(name, derivatives: orders), try arguments(of: name, token, counts: count...count))
        }
        if name == "dirac" || name == "delta" {
            let orders = try derivativeOrders(primes: primes, arguments: 1, token)
            let arguments = try arguments(of: name, token, counts: 1...1)
            return try checked(.function(.dirac(orders[0]), arguments), at: token)
        }
        guard primes == 0, cursor.token.isMark(.open) else { return nil }
        if let function = NamedFunction.named(name) {
            let arguments = try arguments(of: name, token, counts: function.arguments)
            return try checked(function.apply(arguments), at: token)
        }
        if name == "P" { return try probability() }
        if let mark = name.firstIndex(of: "_"), ["Sigma", "sum"].contains(String(name[..<mark])) {
            let index = name[name.index(after: mark)...]
            guard index.count == 1, index.first?.isLetter == true else {
                throw cursor.failure(
                    at: token, "expected one letter as the index of the sum, found `\(index)`",
                    remedy: "Write `sum_j(...)` for a sum over all coordinates.")
            }
            let body = try arguments(of: name, token, counts: 1...1)
            return .indexSum(over: String(index), body[0])
        }
        return nil
    }

    /// The order of the derivative by each argument, from primes or from `^(1,0)` at the cursor.
    private mutating func derivativeOrders(
        primes: Int, arguments count: Int, _ token: Token
    ) throws(Diagnostic) -> [Int] {
        guard primes == 0, cursor.take(.power) else {
            guard primes == 0 || count == 1 else {
                throw cursor.failure(at: token, "a prime marks the derivative of a function of one argument")
            }
            return count == 1 ? [primes] : [Int](repeating: 0, count: count)
        }
        try cursor.expect(
            .open, "before the orders of a derivative", remedy: "Write `\(spelling(of: token))(...)^2` for a power.")
        var orders: [Int] = []
        repeat {
            guard case .number(let value) = cursor.token.kind, let order = value.asInt, (0...1000).contains(order)
            else {
                throw cursor.expected("the order of a derivative")
            }
            orders.append(order)
            cursor.advance()
        } while cursor.take(.comma)
        try cursor.expect(.close)
        guard orders.count == count else {
            throw cursor.failure(at: token, "this function has \(count) argument\(count == 1 ? "" : "s")")
        }
        return orders
    }

    private func spelling(of token: Token) -> String { cursor.source.text(in: token.range) }

    private mutating func arguments(
        of name: String, _ token: Token, counts: ClosedRange<Int>
    ) throws(Diagnostic) -> [Expression] {
        let opening = cursor.token
        try cursor.expect(.open)
        var result: [Expression] = []
        if !cursor.token.isMark(.close) {
            repeat {
                guard result.count < counts.upperBound else { throw wrongCount(of: name, token, counts) }
                result.append(try sum())
            } while cursor.take(.comma) || cursor.take(.semicolon)
        }
        try close(.close, openedAt: opening)
        guard counts.contains(result.count) else { throw wrongCount(of: name, token, counts) }
        return result
    }

    private func wrongCount(of name: String, _ token: Token, _ counts: ClosedRange<Int>) -> Diagnostic {
        let (least, most) = (counts.lowerBound, counts.upperBound)
        let number = least == most ? "\(least) argument\(least == 1 ? "" : "s")" : "\(least) to \(most) arguments"
        return cursor.failure(at: token, "`\(name)` takes \(number)")
    }

    /// `d_ij f`, from the name of the field on.
    private mutating func derivative(by indices: [Index]) throws(Diagnostic) -> Expression {
        guard let (name, token) = cursor.takeName() else {
            throw cursor.expected("the name of a function of the position")
        }
        guard let field = scope.field(named: name) else {
            if case .unknown = scope.meaning(of: name) { throw unknown(name, token) }
            throw cursor.failure(
                at: token, "`\(name)` is not a function of the position, which a derivative by coordinates needs")
        }
        return Expression(indices.reduce(field) { $0.differentiated(by: $1) })
    }

    /// `E[...]`, from the bracket on.
    private mutating func expectation() throws(Diagnostic) -> Expression {
        let opening = cursor.token
        try cursor.expect(.openBracket)
        let body = try sum()
        try close(.closeBracket, openedAt: opening)
        return .expectation(of: body)
    }

    /// `P(u < v)`, from the parenthesis on.
    private mutating func probability() throws(Diagnostic) -> Expression {
        let opening = cursor.token
        try cursor.expect(.open)
        let left = try sum()
        try cursor.expect(.less, "in the event of a probability", remedy: "Write `P(u < 0)`.")
        let right = try sum()
        try close(.close, openedAt: opening)
        return .function(.probabilityNegative, [left - right])
    }
}
