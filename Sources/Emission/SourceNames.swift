import Algebra
import Matching

/// The names that symbols have in source code, given as they are met.
struct SourceNames {
    /// The quantities of the landscape that formulas of a coordinate read, by their names.
    static let fields: [(name: String, supply: SourceModel.Supply)] = [
        (SourceModel.gradient, .gradient), (SourceModel.hessianDiagonal, .hessianDiagonal), (SourceModel.loss, .loss),
    ]

    /// Words that mean something in one of the languages, or in what is written around the formulas.
    private static let reserved = Set(
        """
        and as assert async auto await begin break case catch class const context continue def default defer del
        diffusion do double drift dt elif else end enum except exp extern float for from func function global goto
        gradient if import in int is jax jnp lambda landscape let long math module new nil None normals not np or
        parameters pass pi raise register result return root row rows self short sign sizeof special sqrt state states
        static step struct sum super switch this throw torch try typedef union using var void where while with
        workspace yield zeros true false True False max min abs log erf erfc pow clip sin cos tanh atan asin i w d f t
        df d2f count diagonal entry factors gradients next noise normal rate rates scale tail value hessian_product hessian_diagonal loss scale_derivative hessianProduct hessianDiagonal scaleDerivative
        """.split(whereSeparator: \.isWhitespace).map(String.init))

    private(set) var parameters: [SourceModel.Parameter] = []
    /// Functions of time and their derivatives.
    private(set) var functions: [String] = []
    private let sde: SDE
    private var names: [Symbol: String] = [:]
    private var functionNames: [String: String] = [:]
    private var taken = Self.reserved
    private var count = 0
    private var sumCount = 0

    init(_ sde: SDE) {
        self.sde = sde
        for state in sde.states { names[state] = free(state.name) }
        names[sde.time] = SourceModel.time
        names[Expression.dimension] = SourceModel.dimension
        _ = name(of: sde.stepSize)
    }

    /// The name of a symbol; one that was not met before, and is no part of the landscape, is a parameter.
    mutating func name(of symbol: Symbol) -> String {
        if let known = names[symbol] { return known }
        let name: String
        if symbol.isField, symbol.name == "f" {
            switch symbol.derivatives.count {
            case 0: name = SourceModel.loss
            case 1: name = SourceModel.gradient
            default: name = SourceModel.hessianDiagonal
            }
        } else {
            name = free(symbol.name)
            parameters.append(
                SourceModel.Parameter(
                    name: name, defaultValue: sde.defaultValues[symbol.name],
                    differsByCoordinate: !symbol.indices.isEmpty))
        }
        names[symbol] = name
        return name
    }

    /// A name for a symbol that stands for a sum over the coordinates.
    mutating func nameSum(_ symbol: Symbol) -> String {
        sumCount += 1
        let name = free("sum\(sumCount)")
        names[symbol] = name
        return name
    }

    /// A name without a meaning so far.
    mutating func newName() -> String {
        count += 1
        return free("u\(count)")
    }

    /// The expression with its symbols and schedules under their names.
    mutating func renaming(_ expression: Expression) -> Expression {
        var replacements: [Symbol: Expression] = [:]
        for symbol in expression.symbols.sorted() {
            replacements[symbol] = Expression(Symbol(name(of: symbol), bounds: symbol.bounds))
        }
        var calls: [Function: Function] = [:]
        var unnamed: [(name: String, derivatives: [Int])] = []
        expression.forEachNode { node in
            guard case .function(let function, _) = node.content, function != .complementOfSquaredErf,
                case .unnamed(let name, let derivatives) = function
            else { return }
            unnamed.append((name, derivatives))
        }
        for (name, derivatives) in unnamed {
            let plain = [Int](repeating: 0, count: derivatives.count)
            calls[.unnamed(name, derivatives: derivatives)] = .unnamed(
                functionName(name, derivatives), derivatives: plain)
        }
        let renamed = expression.substituting(replacements)
        if calls.isEmpty { return renamed }
        return renamed.replacingFromInside { node in
            guard case .function(let function, let arguments) = node.content, let call = calls[function] else {
                return nil
            }
            return Expression.function(call, arguments)
        }
    }

    /// The name of a schedule, or with a suffix of one of its derivatives.
    private mutating func functionName(_ name: String, _ derivatives: [Int]) -> String {
        let order = derivatives.reduce(0, +)
        let key = order == 0 ? name : "\(name)_derivative\(order == 1 ? "" : "\(order)")"
        if let known = functionNames[key] { return known }
        let result = free(key)
        functionNames[key] = result
        functions.append(result)
        return result
    }

    private mutating func free(_ name: String) -> String {
        let plain = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
        var result = plain
        while taken.contains(result) { result += "_" }
        taken.insert(result)
        return result
    }
}
