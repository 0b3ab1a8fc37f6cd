import Algebra

/// The values of a model's parameters, checked against the parameters that its formulas have.
struct ParameterTable: Sendable {
    /// The names given, and their values.
    private let given: [String: Double]
    private let dimension: Int

    /// Checks that every name given belongs to a parameter.
    ///
    /// A parameter with a coordinate, such as `sigma_i`, is given by its name for all coordinates, and by its name and
    /// number (`sigma2`) for one; one of a pair of coordinates, such as `r_ij`, by `r` and by `r1_2`.
    ///
    /// - Parameter accepted: names that are parameters even where no formula has them.
    /// - Throws: ``CompilationError/unknownParameter(_:nearest:known:)``.
    init(
        _ given: [String: Double], symbols: [Symbol], accepted: Set<String>, dimension: Int
    ) throws(CompilationError) {
        let known = accepted.union(symbols.map(\.name))
        let indexed = Set(symbols.filter { !$0.indices.isEmpty }.map(\.name))
        let paired = Set(symbols.filter { $0.indices.count == 2 }.map(\.name))
        for name in given.keys.sorted() where !known.contains(name) {
            let stem = String(name.reversed().drop(while: \.isNumber).reversed())
            let number = Int(name.dropFirst(stem.count))
            if indexed.contains(stem), let number, (1...dimension).contains(number) { continue }
            if paired.contains(where: { Self.pair(name, of: $0, dimension: dimension) }) { continue }
            throw .unknownParameter(name, nearest: nearestName(to: name, among: known), known: known.sorted())
        }
        self.given = given
        self.dimension = dimension
    }

    /// The values of a parameter: one, or one for each coordinate.
    ///
    /// - Throws: ``CompilationError/missingParameter(_:given:)``,
    ///   ``CompilationError/parameterOutOfRange(_:value:range:)``.
    func values(of symbol: Symbol) throws(CompilationError) -> [Double] {
        guard case .free? = symbol.indices.first else {
            return [try checked(given[symbol.name], symbol, named: symbol.name)]
        }
        var values: [Double] = []
        for k in 1...dimension {
            let own = symbol.name + "\(k)"
            let name = given[own] == nil ? symbol.name : own
            values.append(try checked(given[name], symbol, named: name))
        }
        return values.allSatisfy { $0 == values[0] } ? [values[0]] : values
    }

    /// The values of a parameter of pairs of coordinates, for i < j in the order (1, 2), (1, 3), ..., (2, 3), ...
    ///
    /// - Throws: as ``values(of:)``.
    func pairValues(of symbol: Symbol) throws(CompilationError) -> [Double] {
        var values: [Double] = []
        for i in 1...dimension {
            for j in stride(from: i + 1, through: dimension, by: 1) {
                let own = "\(symbol.name)\(i)_\(j)"
                let name = given[own] == nil ? symbol.name : own
                values.append(try checked(given[name], symbol, named: given[name] == nil ? own : name))
            }
        }
        return values
    }

    /// Whether the name is that of a parameter for two coordinates, the lower number first.
    private static func pair(_ name: String, of stem: String, dimension: Int) -> Bool {
        guard name.hasPrefix(stem) else { return false }
        let numbers = name.dropFirst(stem.count).split(separator: "_", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let i = numbers[0], let j = numbers[1] else { return false }
        return 0 < i && i < j && j <= dimension
    }

    private func checked(_ value: Double?, _ symbol: Symbol, named name: String) throws(CompilationError) -> Double {
        guard let value else { throw .missingParameter(name, given: given.keys.sorted()) }
        guard value.isFinite, symbol.bounds.contains(value) else {
            throw .parameterOutOfRange(name, value: value, range: symbol.bounds.phrase)
        }
        return value
    }
}

extension Bounds {
    /// The bounds in words, after "is not".
    fileprivate var phrase: String {
        if lower == 0 && upper == .infinity { return isPositive ? "positive" : "nonnegative" }
        if lower == -.infinity && upper == 0 { return isNegative ? "negative" : "nonpositive" }
        if lower == -.infinity && upper == .infinity {
            return "a finite number" + (excludesZero ? " other than 0" : "")
        }
        return "in (\(lower), \(upper))"
    }
}
