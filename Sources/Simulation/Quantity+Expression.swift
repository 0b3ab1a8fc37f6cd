import Algebra
import Compilation

extension Quantity {
    /// The loss.
    public static func loss(_ landscape: Landscape) -> Quantity {
        Quantity("loss") { states, _, values in
            guard let result = values.baseAddress else { return }
            landscape.value(at: states.rows, into: result, count: states.lanes)
        }
    }

    /// Every variable: `x1`, `x2`, ..., `v1`, ...; on one coordinate without a number.
    public static func variables(of stateNames: [String], dimension: Int) -> [Quantity] {
        stateNames.enumerated().flatMap { state, name in
            (0..<dimension).map { i in
                variable(state * dimension + i, named: dimension == 1 ? name : "\(name)\(i + 1)")
            }
        }
    }

    /// A formula in the states: `x1`, `x2`, ..., `v1`, ... as plain symbols or with a coordinate index; on one coordinate
    /// the bare names stand for the only one.
    ///
    /// - Parameter name: what results call the quantity.
    /// - Throws: ``SimulationError/compilation(_:)`` for a symbol that is no state.
    public init(
        _ name: String, _ formula: Expression, stateNames: [String], dimension: Int
    ) throws(SimulationError) {
        let program = try Self.program(formula, stateNames: stateNames, dimension: dimension)
        self.init(name) { states, _, values in
            guard let result = values.baseAddress else { return }
            // The sums of a control may follow the states.
            program.evaluate(
                inputs: (0..<program.inputCount).map { UnsafePointer(states.base + $0 * states.lanes) },
                outputs: [result], count: states.lanes)
        }
    }

    static func program(
        _ formula: Expression, stateNames: [String], dimension: Int
    ) throws(SimulationError) -> Program {
        let variables = stateNames.flatMap { name in (1...dimension).map { Symbol("\(name)\($0)") } }
        var replacements: [Symbol: Expression] = [:]
        for symbol in formula.symbols {
            guard symbol.derivatives.isEmpty else { continue }
            var label = symbol.name
            if case .coordinate(let k)? = symbol.indices.first, symbol.indices.count == 1 { label += "\(k)" }
            if dimension == 1, stateNames.contains(label) { label += "1" }
            if let variable = variables.first(where: { $0.name == label }) {
                replacements[symbol] = Expression(variable)
            }
        }
        do {
            return try Program([formula.substituting(replacements)], inputs: variables)
        } catch {
            throw .compilation(error)
        }
    }
}

extension WeakErrorProblem.Test {
    /// The loss.
    public static func loss(on landscape: Landscape) -> Self {
        let quantity = Quantity.loss(landscape)
        guard landscape.dimension == 1 else { return Self(quantity) }
        return Self(quantity) { landscape.value(at: [$0]) }
    }

    /// A test function given as a formula, see ``Quantity/init(_:_:stateNames:dimension:)``.
    public init(
        _ name: String, _ formula: Expression, stateNames: [String], dimension: Int
    ) throws(SimulationError) {
        let quantity = try Quantity(name, formula, stateNames: stateNames, dimension: dimension)
        guard stateNames.count == 1, dimension == 1 else {
            self.init(quantity)
            return
        }
        let program = try Quantity.program(formula, stateNames: stateNames, dimension: dimension)
        self.init(quantity) { program([$0])[0] }
    }
}
