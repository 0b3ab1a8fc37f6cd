/// The names that an expression may use, and what each stands for.
///
/// A symbol with one index is found under its name alone (`x`), with an index (`x_i`), and with a coordinate (`x1`, `x_1`).
public struct Scope: Sendable {
    private var symbols: [String: [Int: Symbol]] = [:]
    private var values: [String: Expression] = [:]
    private var functions: [String: Int] = [:]
    private var obstacles: [String: Obstacle] = [:]
    /// Whether an unknown name is a new symbol of a real value, rather than an error.
    public var declaresUnknownNames = false
    /// The coordinate whose component of the gradient `grad f` means; nil where `grad` means nothing.
    package var gradientIndex: Index?

    private struct Obstacle: Sendable {
        let message: String
        let remedy: String?
    }

    /// A scope without names but those of the functions and the constants `e` and `pi`.
    public init() {}

    /// A scope in which every name is a symbol of a real value.
    public static let free: Scope = {
        var scope = Scope()
        scope.declaresUnknownNames = true
        return scope
    }()

    /// The scope of everything that an expression contains, in which its text means the expression.
    public init(of expression: Expression) {
        let found = expression.symbols.sorted()
        // Where a field occurs undifferentiated, that form tells its bounds.
        for symbol in found.filter({ !$0.derivatives.isEmpty }) {
            declare(Symbol(symbol.name, role: symbol.role, indices: symbol.indices))
        }
        for symbol in found where symbol.derivatives.isEmpty { declare(symbol) }
        expression.forEachNode { node in
            if case .function(.unnamed(let name, _), let arguments) = node.content {
                declareFunction(name, arguments: arguments.count)
            }
        }
    }

    /// Makes a symbol known by its name; a second one of the same name and number of indices takes its place.
    public mutating func declare(_ symbol: Symbol) { symbols[symbol.name, default: [:]][symbol.indices.count] = symbol }

    /// Makes a name stand for an expression.
    public mutating func define(_ name: String, as value: Expression) { values[name] = value }

    /// Makes a function known by its name alone, such as a schedule.
    public mutating func declareFunction(_ name: String, arguments: Int) { functions[name] = arguments }

    /// Makes the use of a name an error with its own message.
    package mutating func forbid(_ name: String, because message: String, remedy: String? = nil) {
        obstacles[name] = Obstacle(message: message, remedy: remedy)
    }

    /// Whether the name has been declared, defined or forbidden.
    package func knows(_ name: String) -> Bool {
        symbols[name] != nil || values[name] != nil || functions[name] != nil || obstacles[name] != nil
    }

    /// The number of arguments of a declared function.
    func arguments(ofFunction name: String) -> Int? { functions[name] }

    /// Whether the name stands for a quantity, so that a parenthesis after it is not that of a function.
    func isQuantity(_ name: String) -> Bool { symbols[name] != nil || values[name] != nil }

    /// The names that can be meant where a quantity is expected.
    package var names: [String] { Array(symbols.keys) + Array(values.keys) + Array(functions.keys) + ["e", "pi"] }

    enum Meaning {
        case value(Expression)
        case error(message: String, remedy: String?)
        case unknown
    }

    /// What a name in an expression stands for.
    func meaning(of name: String) -> Meaning {
        if let value = values[name] { return .value(value) }
        if let found = symbols[name], let symbol = found.min(by: { $0.key < $1.key })?.value {
            return .value(Expression(symbol))
        }
        if let obstacle = obstacles[name] { return .error(message: obstacle.message, remedy: obstacle.remedy) }
        if let indexed = indexedSymbol(name) { return .value(indexed) }
        switch name {
        case "e": return .value(.e)
        case "pi": return .value(.pi)
        default: break
        }
        guard declaresUnknownNames else { return .unknown }
        if let (base, indices) = Scope.splitIndices(name), !base.isEmpty {
            return .value(Expression(Symbol(base, indices: indices)))
        }
        return .value(Expression(Symbol(name)))
    }

    /// The field that a derivative is taken of.
    func field(named name: String) -> Symbol? {
        if case .value(let value) = meaning(of: name), let symbol = value.symbol, symbol.isField { return symbol }
        guard declaresUnknownNames, symbols[name] == nil, values[name] == nil else { return nil }
        let (base, indices) = Scope.splitIndices(name) ?? (name, [])
        return Symbol(base, role: .field, indices: indices)
    }

    private func indexedSymbol(_ name: String) -> Expression? {
        if let (base, indices) = Scope.splitIndices(name) {
            if let symbol = symbols[base]?[indices.count] {
                return Expression(Scope.symbol(symbol, at: indices))
            }
            if base == "delta", indices.count == 2 { return Expression.kronecker(indices[0], indices[1]) }
        }
        let base = name.prefix { !$0.isNumber }
        let digits = name.dropFirst(base.count)
        guard let number = Int(digits), digits.first != "0", let symbol = symbols[String(base)]?[1] else { return nil }
        return Expression(Scope.symbol(symbol, at: [.coordinate(number)]))
    }

    private static func symbol(_ prototype: Symbol, at indices: [Index]) -> Symbol {
        Symbol(prototype.name, role: prototype.role, indices: indices, bounds: prototype.bounds)
    }

    /// The name and the indices of `x_i`, `x_12`, `sigma_ij`, `h_1,2`.
    package static func splitIndices(_ name: String) -> (base: String, indices: [Index])? {
        guard let mark = name.lastIndex(of: "_") else { return nil }
        let base = String(name[..<mark])
        guard let indices = indices(name[name.index(after: mark)...]) else { return nil }
        return (base, indices)
    }

    /// The indices of a derivative or a symbol: what stands between commas, or else each letter and each run of digits.
    static func indices(_ text: Substring) -> [Index]? {
        if text.contains(",") {
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            let found = parts.compactMap { part -> Index? in
                part.first?.isLetter == true ? .free(String(part)) : indices(part)?.first
            }
            return found.count == parts.count ? found : nil
        }
        var result: [Index] = []
        var digits = ""
        func coordinate() -> Index? {
            guard digits.first != "0", let number = Int(digits) else { return nil }
            return .coordinate(number)
        }
        for character in text {
            if character.isNumber {
                digits.append(character)
                continue
            }
            if !digits.isEmpty {
                guard let index = coordinate() else { return nil }
                result.append(index)
                digits = ""
            }
            guard character.isLetter else { return nil }
            result.append(.free(String(character)))
        }
        if !digits.isEmpty {
            guard let index = coordinate() else { return nil }
            result.append(index)
        }
        return result.isEmpty ? nil : result
    }
}
