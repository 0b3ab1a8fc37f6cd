import Algebra

extension RuleBuilder {
    /// Adds the gradient of the step, or its second one.
    ///
    /// - Parameters:
    ///   - point: where it is drawn; the point of a second gradient may contain the first.
    ///   - sample: whose noise a second gradient has; nil for the first.
    mutating func setGradient(
        _ name: String, at point: Expression, sample: UpdateRule.Gradient.Sample? = nil
    ) throws(RuleDefect) {
        guard secondGradient == nil else {
            throw RuleDefect(
                message: "a rule draws at most two stochastic gradients a step, and this is the third",
                remedy: "Write the rule in terms of two gradients.")
        }
        guard let position = states.first else {
            throw RuleDefect(
                message: "the gradient is drawn before a state is declared", remedy: "Write `state x` above.")
        }
        let isSecond = gradient != nil
        if isSecond, sample == nil {
            throw RuleDefect(
                message: "a second gradient does not say which sample it is drawn from",
                remedy: "End the line with `, same sample` or `, fresh sample`.")
        }
        if !isSecond, sample != nil {
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
        guard isSecond || !lines.contains(where: { $0.kind == .update }) else {
            throw RuleDefect(
                message: "the gradient is drawn after an update", remedy: "Move this line above the updates.")
        }
        try declare(name, as: isSecond ? "the second gradient" : "the gradient")
        let symbol = UpdateRule.gradientSymbol(named: name)
        scope.declare(symbol)
        let drawn = UpdateRule.Gradient(
            symbol: symbol, point: place, sample: sample ?? .fresh, written: point, line: lines.count)
        if isSecond { secondGradient = drawn } else { gradient = drawn }
    }
}
