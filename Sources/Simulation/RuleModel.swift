import Algebra
import Matching
import Probability
import Rules

/// A rule beside a model of it, before numbers are put in.
public struct RuleModel: Sendable {
    /// The rule, the states that the model has first.
    public let rule: UpdateRule
    /// The gradient drawn in a step.
    public let draw: GradientDraw
    /// The model; between its jumps where there are any.
    public var sde: SDE
    /// The drift of order 1, which alone makes the ordinary differential equation shown beside.
    public var leadingDrift: [Expression]
    /// The jumps; `nil` for an SDE.
    public let jumpForm: JumpForm?
    /// The weak order that the model is said to have.
    public let order: Int

    /// The SDE of a derivation.
    public init(_ derivation: Derivation) {
        rule = derivation.simulatedRule
        draw = derivation.draw
        sde = derivation.sde
        leadingDrift = derivation.leadingDrift
        jumpForm = nil
        order = derivation.options.order
    }

    /// The jump form of a rule.
    public init(_ jumpForm: JumpForm, of rule: UpdateRule) {
        self.rule = rule
        draw = jumpForm.draw
        sde = jumpForm.flow
        leadingDrift = jumpForm.flow.drift
        self.jumpForm = jumpForm
        order = 1
    }
}
