import Algebra

extension RuleBuilder {
    /// The most gradients of a step.
    private static let mostGradients = 25

    /// Adds the gradient of the step, or one that is drawn after it.
    ///
    /// - Parameters:
    ///   - point: where it is drawn; the point of a later gradient may contain the earlier ones.
    ///   - sample: whose noise a later gradient has; nil for the first.
    mutating func setGradient(
        _ name: String, at point: Expression, sample: UpdateRule.Gradient.Sample? = nil
    ) throws(RuleDefect) {
        guard laterGradients.count + 1 < Self.mostGradients else {
            throw RuleDefect(
                message: "a rule draws at most \(Self.mostGradients) stochastic gradients a step",
                remedy: "Write the rule in terms of fewer gradients.")
        }
        guard let position = states.first else {
            throw RuleDefect(
                message: "the gradient is drawn before a state is declared", remedy: "Write `state x` above.")
        }
        let isLater = gradient != nil
        if isLater, sample == nil {
            throw RuleDefect(
                message: "a second gradient does not say which sample it is drawn from",
                remedy: "End the line with `, same sample` or `, fresh sample`.")
        }
        if !isLater, sample != nil {
            throw RuleDefect(
                message: "a sample is named for a second gradient only, and this is the first",
                remedy: "End the line after the point.")
        }
        let place = try resolved(point)
        guard place.contains(position.symbol) else {
            throw RuleDefect(
                message: "the gradient is drawn at a point that does not contain the position `\(position.name)`",
                remedy: "Declare the position before the other states: the first state is the position.")
        }
        guard isLater || !lines.contains(where: { $0.kind == .update }) else {
            throw RuleDefect(
                message: "the gradient is drawn after an update", remedy: "Move this line above the updates.")
        }
        try declare(name, as: isLater ? "a gradient" : "the gradient")
        let symbol = UpdateRule.gradientSymbol(named: name)
        scope.declare(symbol)
        let drawn = UpdateRule.Gradient(
            symbol: symbol, point: place, sample: sample ?? .fresh, written: point, line: lines.count)
        if isLater { laterGradients.append(drawn) } else { gradient = drawn }
    }

    /// Adds gradients at one point, each on a sample of its own.
    mutating func setGradients(
        _ names: [String], at point: Expression, sample: UpdateRule.Gradient.Sample? = nil
    ) throws(RuleDefect) {
        guard names.count == 1 || sample != .same else {
            throw RuleDefect(
                message: "several gradients at one point on the same sample are one gradient",
                remedy: "Give the line one name, or end it with `, fresh sample`.")
        }
        for (number, name) in names.enumerated() {
            try setGradient(name, at: point, sample: number == 0 ? sample : .fresh)
        }
    }
}
