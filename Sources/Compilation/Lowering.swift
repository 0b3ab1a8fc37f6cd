import Algebra
import ExactNumbers
import VectorTypes

/// The translation of expressions to a graph of operations, in a form that is numerically stable.
///
/// | formula | operations |
/// |---|---|
/// | `A - A erf(u)`, `A + A erf(u)` | `A erfc(u)`, `A erfc(-u)` |
/// | `A - A erf(u)^2` | `A c (2 - c)` with `c = erfc(abs(u))` |
/// | `A erf(u) - A erf(v)` | erfc of both in a common tail |
/// | `A - A tanh(u)`, `A - A tanh(u)^2` | `2 A/(1 + e^(2u))`, `A/cosh(u)^2` |
/// | `A e^u - A`, `A b^u - A` | `A expm1(u)`, `A expm1(u log b)` |
/// | `log(1 + u)` | `log1p(u)` |
/// | `sign(u) A` | 0 at u = 0, whatever A |
///
/// The arguments of exp and erfc, and of powers that are the same for all lanes, are corrected for their own rounding,
/// which the function would magnify in its tails.
struct Lowering {
    /// What a symbol stands for.
    enum Binding {
        case input(Int)
        case uniform(Int)
        case constant(Double)
    }

    static let largestDepth = 1000
    static let largestGraph = 200_000

    var graph = Graph()
    /// The functions defined by the caller, in the order of their first use.
    private(set) var externals: [ExternalFunction] = []
    private var externalIndex: [Function: Int] = [:]
    private let resolve: (Symbol) throws(CompilationError) -> Binding
    private let definitions: [Function: ExternalFunction]
    private var memo: [Expression: Int] = [:]

    init(
        definitions: [Function: ExternalFunction],
        resolve: @escaping (Symbol) throws(CompilationError) -> Binding
    ) {
        self.definitions = definitions
        self.resolve = resolve
    }

    /// The node that holds the value of the expression.
    mutating func lower(_ expression: Expression) throws(CompilationError) -> Int {
        if expression.isUndefined { throw .undefined }
        if expression.depth > Self.largestDepth { throw .tooLarge(measure: "depth", limit: Self.largestDepth) }
        return try node(of: expression)
    }

    mutating func node(of expression: Expression) throws(CompilationError) -> Int {
        if let known = memo[expression] { return known }
        let result: Int
        switch expression.content {
        case .number(let value): result = graph.constant(DoubleDouble(value))
        case .constant(let constant): result = try node(of: constant)
        case .symbol(let symbol):
            switch try resolve(symbol) {
            case .input(let k): result = graph.input(k)
            case .uniform(let k): result = graph.uniform(k)
            case .constant(let value): result = graph.constant(value)
            }
        case .sum(let constant, let terms): result = try sum(constant: constant, terms)
        case .product(let coefficient, let factors): result = try product(coefficient: coefficient, factors)
        case .function(let function, let arguments): result = try application(of: function, arguments)
        case .indexSum: throw .unsupportedSum(expression.text)
        case .expectation: throw .unsupportedExpectation(expression.text)
        }
        if graph.nodes.count > Self.largestGraph { throw .tooLarge(measure: "size", limit: Self.largestGraph) }
        memo[expression] = result
        return result
    }

    private mutating func node(of constant: Expression.Constant) throws(CompilationError) -> Int {
        switch constant {
        case .e: return graph.constant(DoubleDouble(0x1.5bf0a8b145769p+1, 0x1.4d57ee2b1013ap-53))
        case .pi: return graph.constant(DoubleDouble(0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53))
        case .undefined: throw .undefined
        }
    }

    private mutating func application(
        of function: Function, _ arguments: [Expression]
    ) throws(CompilationError) -> Int {
        if case .log = function, case .sum(let constant, let terms) = arguments[0].content, constant.isOne {
            return graph.apply(.logarithmOnePlus, [try sum(constant: .zero, terms)])
        }
        var operands: [Int] = []
        for argument in arguments { operands.append(try node(of: argument)) }
        let operation: Operation
        switch function {
        case .sign: operation = .sign
        case .abs: operation = .magnitude
        case .max:
            var result = operands[0]
            for operand in operands.dropFirst() { result = graph.apply(.maximum, [result, operand]) }
            return result
        case .log: operation = .logarithm
        case .erf: operation = .errorFunction
        case .sin: operation = .sine
        case .cos: operation = .cosine
        case .tanh: operation = .hyperbolicTangent
        case .atan: operation = .arcTangent
        case .asin: operation = .arcSine
        case .gamma: operation = .gamma
        case .polygamma(let n): operation = .polygamma(n)
        case .hypergeometric2F1: operation = .hypergeometric2F1
        case .kummer: operation = .kummer
        case .signCovariance: operation = .signCovariance
        case .dirac: throw .noKernel(function: "the derivative of sign")
        case .probabilityNegative: throw .noKernel(function: "the probability of a negative value, of unspecified law")
        case .unnamed(let name, _):
            guard let definition = definitions[function], operands.count <= 4 else { throw .noKernel(function: name) }
            let index = externalIndex[function] ?? externals.count
            if index == externals.count { externals.append(definition) }
            externalIndex[function] = index
            operation = .external(index, arity: operands.count)
        }
        return graph.apply(operation, operands)
    }

    /// e^u, corrected for the rounding of u.
    mutating func exponential(of argument: Int) -> Int {
        let value = graph.apply(.exponential, [argument])
        guard let low = graph.lowPart(argument) else { return value }
        return graph.apply(.exponentialCorrection, [value, low])
    }

    /// erfc(u), corrected for the rounding of u.
    mutating func errorComplement(of argument: Int) -> Int {
        let value = graph.apply(.errorComplement, [argument])
        guard let low = graph.lowPart(argument) else { return value }
        return graph.apply(.complementCorrection, [value, argument, low])
    }
}

/// A function of the caller, such as a schedule s(t).
public typealias ExternalFunction = @Sendable ([Double]) -> Double
