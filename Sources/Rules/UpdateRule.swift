import Algebra
import ExactNumbers
import Probability

/// One step of an optimizer, written for one coordinate `i`.
///
/// A rule is read from the rule language or built from Swift expressions, and is checked either way: every state has one
/// next iterate, and every name was declared.
public struct UpdateRule: Hashable, Sendable {
    public let name: String
    /// What the rule is, in a line.
    public let about: String
    /// Where the rule was published.
    public let source: String
    /// The step size, the small parameter; positive.
    public let stepSize: Symbol
    public let parameters: [Parameter]
    public let schedules: [Schedule]
    /// The states of coordinate `i`; the first is the position.
    public internal(set) var states: [State]
    public let gradient: Gradient
    /// The stochastic gradients that the same step draws after the first.
    public let laterGradients: [Gradient]
    /// The law of the gradient noise, unless a derivation asks for another.
    public let noise: NoiseLaw
    /// Whether the noise of different coordinates is correlated; independent otherwise.
    public let correlatesNoise: Bool
    /// The scale of the gradient noise; a field where it depends on the position.
    public internal(set) var noiseScale: Symbol
    /// The states that keep noise in the literature's model.
    public let diffusion: [Symbol]
    /// The definitions and the updates, in the order in which they were written.
    public internal(set) var lines: [Line]
    /// The next iterate of each state, in the order of ``states``: an expression in the states, the gradient drawn, the
    /// parameters, the step size, the step index, the time, the batch size and the schedules.
    public internal(set) var updates: [Expression]

    init(_ builder: RuleBuilder, stepSize: Symbol, gradient: Gradient, updates: [Expression]) {
        name = builder.name ?? ""
        about = builder.about ?? ""
        source = builder.source ?? ""
        parameters = builder.parameters
        schedules = builder.schedules
        states = builder.states
        noise = builder.noise ?? .gaussian
        correlatesNoise = builder.correlatesNoise
        noiseScale = builder.noiseScale
        diffusion = builder.diffusion ?? builder.states.map(\.symbol)
        lines = builder.lines
        laterGradients = builder.laterGradients
        self.stepSize = stepSize
        self.gradient = gradient
        self.updates = updates
    }
}

extension UpdateRule {
    /// The same rule with a noise scale that depends on the position.
    public var withScaleOfPosition: UpdateRule {
        var result = self
        result.noiseScale = UpdateRule.noiseScaleField
        let scale = Expression(UpdateRule.noiseScaleField)
        result.updates = updates.map { $0.substituting(noiseScale, by: scale) }
        result.lines = lines.map {
            Line(kind: $0.kind, name: $0.name, expression: $0.expression.substituting(noiseScale, by: scale))
        }
        return result
    }

    /// The position, the first of the states.
    public var position: Symbol { states[0].symbol }

    /// The next iterate of a state; nil where the symbol is not a state of the rule.
    public func update(of state: Symbol) -> Expression? {
        states.firstIndex { $0.symbol == state }.map { updates[$0] }
    }

    /// The values of parameters where none are given, by name.
    public var defaultValues: [String: Double] {
        parameters.reduce(into: [:]) { $0[$1.symbol.name] = $1.defaultValue?.doubleValue }
    }

    public func parameter(named name: String) -> Parameter? { parameters.first { $0.symbol.name == name } }
    public func state(named name: String) -> State? { states.first { $0.symbol.name == name } }

    /// All gradients of a step.
    public var gradients: [Gradient] { [gradient] + laterGradients }

    /// A stochastic gradient of a step: a symbol, and the point at which it is drawn.
    public struct Gradient: Hashable, Sendable {
        /// Where the noise of a gradient comes from.
        public enum Sample: String, Hashable, Sendable {
            /// A sample of its own, independent of the others.
            case fresh
            /// The sample of the first gradient: the same noise.
            case same
        }

        public let symbol: Symbol
        /// The point, in terms of the states; the position alone for most rules. A later gradient's may contain earlier ones.
        public let point: Expression
        public let sample: Sample
        /// The point as it was written, with definitions by name.
        package let written: Expression
        /// The number of lines that stand above the declaration.
        package let line: Int
    }

    /// A schedule: a function of the time that is known by its name alone.
    public struct Schedule: Hashable, Sendable {
        public let name: String
        public let function: Function

        public init(_ name: String) {
            self.name = name
            function = .unnamed(name, derivatives: [0])
        }

        /// The value of the schedule at a time.
        public func callAsFunction(_ time: Expression) -> Expression { .function(function, [time]) }
    }

    /// A line of the rule below its declarations.
    public struct Line: Hashable, Sendable {
        public enum Kind: Hashable, Sendable {
            /// Names an expression.
            case definition
            /// Gives the next iterate of a state.
            case update
        }

        public let kind: Kind
        /// The name that is defined, or the state that is updated.
        public let name: String
        /// The right-hand side as it was written: definitions and next iterates stand in it by name, the latter as
        /// ``State/nextSymbol``.
        public let expression: Expression
    }
}
