/// A function that an expression can call by name.
struct NamedFunction: Sendable {
    let arguments: ClosedRange<Int>
    let apply: @Sendable ([Expression]) -> Expression

    /// The most arguments of `max` and `min`, whose canonical form compares each two.
    private static let mostArguments = 64

    /// The function with a name, or nil.
    static func named(_ name: String) -> NamedFunction? { table[name] }
    static var names: [String] { Array(table.keys) }

    private static func one(_ apply: @escaping @Sendable (Expression) -> Expression) -> NamedFunction {
        NamedFunction(arguments: 1...1) { apply($0[0]) }
    }

    private static let table: [String: NamedFunction] = [
        "sign": one { sign($0) },
        "abs": one { abs($0) },
        "sqrt": one { sqrt($0) },
        "exp": one { exp($0) },
        "log": one { log($0) },
        "ln": one { log($0) },
        "step": one { step($0) },
        "erf": one { erf($0) },
        "erfc": one { erfc($0) },
        "sin": one { sin($0) },
        "cos": one { cos($0) },
        "tanh": one { tanh($0) },
        "atan": one { atan($0) },
        "asin": one { asin($0) },
        "gamma": one { gamma($0) },
        "Gamma": one { gamma($0) },
        "digamma": one { .function(.polygamma(0), [$0]) },
        "phi": one { normalDensity($0) },
        "normalDensity": one { normalDensity($0) },
        "Phi": one { normalDistribution($0) },
        "normalDistribution": one { normalDistribution($0) },
        "dirac": one { .function(.dirac(0), [$0]) },
        "max": NamedFunction(arguments: 2...mostArguments) { .function(.max, $0) },
        "min": NamedFunction(arguments: 2...mostArguments) { -.function(.max, $0.map { -$0 }) },
        "clip": NamedFunction(arguments: 3...3) { clip($0[0], $0[1], $0[2]) },
        "polygamma": NamedFunction(arguments: 2...2) { arguments in
            guard let order = arguments[0].asInteger, (0...1000).contains(order) else { return .undefined }
            return .function(.polygamma(order), [arguments[1]])
        },
        "2F1": NamedFunction(arguments: 4...4) { hypergeometric2F1($0[0], $0[1], $0[2], $0[3]) },
        "hypergeometric2F1": NamedFunction(arguments: 4...4) { hypergeometric2F1($0[0], $0[1], $0[2], $0[3]) },
        "1F1": NamedFunction(arguments: 3...3) { kummer($0[0], $0[1], $0[2]) },
        "kummer": NamedFunction(arguments: 3...3) { kummer($0[0], $0[1], $0[2]) },
        "signCov": NamedFunction(arguments: 3...3) { signCovariance($0[0], $0[1], correlation: $0[2]) },
        // Vector functions: sums over the coordinates of what is written for the coordinate i.
        "norm": one { sqrt(.indexSum(over: "i", $0 ** 2)) },
        "dot": NamedFunction(arguments: 2...2) { .indexSum(over: "i", $0[0] * $0[1]) },
    ]
}

extension Expression {
    /// Whether a call of the name is a function of the language.
    package static func isFunctionName(_ name: String) -> Bool { NamedFunction.named(name) != nil }

    /// The sum of the body over every coordinate in place of the free index `name`.
    package static func indexSum(over name: String, _ body: Expression) -> Expression {
        indexSum(
            body: body.mapIndices { index in
                switch index {
                case .free(name): .bound(0)
                case .bound(let level): .bound(level + 1)
                default: index
                }
            })
    }
}
