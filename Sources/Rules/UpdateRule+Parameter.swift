import Algebra
import ExactNumbers

extension UpdateRule {
    /// A parameter of an update rule.
    public struct Parameter: Hashable, Sendable {
        /// The name, with the bounds that were declared.
        public let symbol: Symbol
        public let isInteger: Bool
        /// Whether every coordinate has a value of its own.
        public var isOfCoordinate: Bool { !symbol.indices.isEmpty }
        /// The size as the step size goes to zero, `eta^weight`; O(1) unless it was declared.
        public let size: Weight
        /// The value where none is given.
        public let defaultValue: Rational?

        public init(
            _ name: String, bounds: Bounds = .real, isInteger: Bool = false, size: Weight = .zero,
            ofCoordinate isOfCoordinate: Bool = false, default value: Rational? = nil
        ) {
            symbol = Symbol(name, indices: isOfCoordinate ? [.free(UpdateRule.index)] : [], bounds: bounds)
            self.isInteger = isInteger
            self.size = size
            defaultValue = value
        }

        /// Whether the parameter may have the value.
        public func admits(_ value: Double) -> Bool {
            value.isFinite && symbol.bounds.contains(value) && (!isInteger || value == value.rounded())
        }
    }
}
