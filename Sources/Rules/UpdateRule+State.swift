import Algebra

extension UpdateRule {
    /// A state of one coordinate of an update rule.
    public struct State: Hashable, Sendable {
        /// The state before the step, `x_i`.
        public let symbol: Symbol
        /// The state after the step, as it is written in the lines of a rule: `x'_i`.
        public let nextSymbol: Symbol
        /// The value before the first step, in terms of parameters; the position starts where the user says.
        public let initialValue: Expression

        /// A state by its name; the first one of a rule is its position.
        public init(_ name: String, bounds: Bounds = .real, initialValue: Expression = .zero, isPosition: Bool = false)
        {
            let index = [Index.free(index)]
            symbol = Symbol(name, role: isPosition ? .position : .plain, indices: index, bounds: bounds)
            nextSymbol = Symbol(name + "'", indices: index, bounds: bounds)
            self.initialValue = initialValue
        }

        public var name: String { symbol.name }
        /// The state before the step.
        public var current: Expression { Expression(symbol) }
        /// The state after the step.
        public var next: Expression { Expression(nextSymbol) }
    }
}
