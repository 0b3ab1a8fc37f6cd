import Algebra

/// Spells formulas in a programming language.
struct SourceRenderer {
    let dialect: any Dialect
    /// The functions that the caller of the source gives.
    let functions: Set<String>

    init(_ dialect: any Dialect, for model: SourceModel) {
        self.dialect = dialect
        functions = Set(model.functions)
    }

    func text(_ layout: Layout) throws(EmissionError) -> String {
        switch layout {
        case .digits(let digits): return digits + ".0"
        case .symbol(.pi, _): return dialect.pi
        case .symbol(.e, _): return try call("exp", [.one])
        case .symbol(let glyph, _): return glyph.ascii
        case .negative(let magnitude): return "-" + (try text(magnitude, atLeast: .product))
        case .sum(let terms): return try sum(terms)
        case .product(let factors):
            var texts: [String] = []
            for factor in factors { texts.append(try text(factor, atLeast: .prefix)) }
            return texts.joined(separator: " * ")
        case .fraction(let numerator, let denominator):
            return "\(try text(numerator, atLeast: .product)) / \(try text(denominator, atLeast: .power))"
        case .power(let base, let exponent): return try power(base, exponent)
        case .root(let radicand): return dialect.root(try text(radicand), isNumber: !radicand.hasSymbols)
        case .exponential(let exponent): return try call("exp", [exponent])
        case .magnitude(let argument): return try call("abs", [argument])
        case .call(let glyph, let arguments): return try call(glyph.ascii, arguments)
        case .groupedCall(let glyph, let groups): return try call(glyph.ascii, Array(groups.joined()))
        case .polygamma(let order, let argument):
            guard let name = dialect.function("polygamma", isNumber: !argument.hasSymbols) else {
                throw missing("polygamma")
            }
            return "\(name)(\(order), \(try text(argument)))"
        case .probabilityNegative: throw .unspecifiedLaw
        case .norm, .partial, .overIndex, .expectation, .nabla, .component:
            throw .formulas(.unsupportedSum("a sum within a formula"))
        }
    }

    /// The layout, in brackets where it binds less tightly than asked.
    private func text(_ layout: Layout, atLeast precedence: Layout.Precedence) throws(EmissionError) -> String {
        let inside = try text(layout)
        return layout.precedence < precedence ? "(\(inside))" : inside
    }

    private func sum(_ terms: [Layout]) throws(EmissionError) -> String {
        var result = ""
        for (position, term) in terms.enumerated() {
            let (isNegative, magnitude) = term.signed
            result += position == 0 ? (isNegative ? "-" : "") : isNegative ? " - " : " + "
            result += try text(magnitude, atLeast: .product)
        }
        return result
    }

    private func power(_ base: Layout, _ exponent: Layout) throws(EmissionError) -> String {
        if case .digits(let digits) = exponent, let whole = Int(digits), whole <= 16 {
            return dialect.power(try text(base, atLeast: .atom), whole)
        }
        let isNumber = !base.hasSymbols && !exponent.hasSymbols
        return dialect.power(try text(base), try text(exponent), isNumber: isNumber)
    }

    private func call(_ name: String, _ arguments: [Layout]) throws(EmissionError) -> String {
        let isNumber = !arguments.contains(where: \.hasSymbols)
        let given = functions.contains(name) ? dialect.givenFunction(name) : nil
        guard let function = given ?? dialect.function(name, isNumber: isNumber) else { throw missing(name) }
        var texts: [String] = []
        for argument in arguments { texts.append(try text(argument)) }
        // Maxima and minima of more than two are taken in pairs.
        if name == "max" || name == "min", let first = texts.first {
            return texts.dropFirst().reduce(first) { "\(function)(\($0), \($1))" }
        }
        return "\(function)(\(texts.joined(separator: ", ")))"
    }

    private func missing(_ name: String) -> EmissionError {
        let others = SourceTarget.allCases.filter { $0.dialect.function(name, isNumber: false) != nil }
        return .noFunction(name, target: dialect.target, targets: others)
    }
}

extension Layout {
    /// Whether a symbol other than a constant occurs.
    fileprivate var hasSymbols: Bool {
        switch self {
        case .digits, .symbol(.pi, _), .symbol(.e, _): false
        case .negative(let inner), .root(let inner), .exponential(let inner), .magnitude(let inner),
            .polygamma(_, let inner):
            inner.hasSymbols
        case .sum(let parts), .product(let parts): parts.contains(where: \.hasSymbols)
        case .fraction(let a, let b), .power(let a, let b): a.hasSymbols || b.hasSymbols
        case .call(_, let arguments): arguments.contains(where: \.hasSymbols)
        default: true
        }
    }
}
