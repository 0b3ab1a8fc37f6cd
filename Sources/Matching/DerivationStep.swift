import Algebra

/// One step of a derivation as one would write it on paper.
public struct DerivationStep: Hashable, Sendable {
    /// A named formula: `name = expression`.
    public struct Formula: Hashable, Sendable {
        public let name: String
        public let expression: Expression

        public init(_ name: String, _ expression: Expression) {
            self.name = name
            self.expression = expression
        }
    }

    public let title: String
    /// What is done and why, in a sentence or two.
    public let explanation: String
    public let formulas: [Formula]

    package init(_ title: String, _ explanation: String, _ formulas: [Formula] = []) {
        self.title = title
        self.explanation = explanation
        self.formulas = formulas
    }
}
