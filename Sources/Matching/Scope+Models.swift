import Algebra
import Probability
import Rules

extension Scope {
    /// The names that a model of a rule may use: what the rule declares, the quantities every rule knows, and what
    /// belongs to the law of the noise.
    package init(ofModelsOf rule: UpdateRule, law: NoiseLaw) {
        self.init()
        gradientIndex = .free(UpdateRule.index)
        for symbol in [UpdateRule.time, UpdateRule.batchSize, UpdateRule.dimension, rule.stepSize] {
            declare(symbol)
        }
        for symbol in law.arguments.flatMap(\.symbols) { declare(symbol) }
        for parameter in rule.parameters { declare(parameter.symbol) }
        for state in rule.states { declare(state.symbol) }
        for schedule in rule.schedules { declareFunction(schedule.name, arguments: 1) }
        declare(rule.noiseScale)
        declare(UpdateRule.loss)
        declare(GradientDraw.variable)
        define(
            "d\(UpdateRule.loss.name)",
            as: Expression(UpdateRule.loss.differentiated(by: .free(UpdateRule.index))))
        declareGradient(of: rule, law)
        for (name, value) in rule.definitions where !knows(name) { define(name, as: value) }
        for state in rule.states {
            let capital = state.name.uppercased()
            if !knows(capital), capital != "E", capital != "P" { define(capital, as: state.current) }
            forbid(
                state.nextSymbol.name, because: "an SDE has no next iterate",
                remedy: "Write the drift and the diffusion in the states.")
        }
        forbid(
            UpdateRule.stepIndex.name, because: "an SDE knows no index of the step",
            remedy: "The step that leaves the time t has k = t/\(rule.stepSize.name) + 1.")
        let differentials = ["dt", "dW"] + (1...9).map { "dW\($0)" }
        for name in differentials where !knows(name) {
            forbid(
                name, because: "`\(name)` stands here as a factor",
                remedy: "Write it after its coefficient without a `*`: `a \(name)`.")
        }
    }

    /// The gradient drawn: a random field under a law that is not specified, and no part of an SDE otherwise.
    private mutating func declareGradient(of rule: UpdateRule, _ law: NoiseLaw) {
        let draw = rule.gradient.symbol
        if law == .any {
            declare(Symbol(draw.name, role: .randomField, indices: draw.indices))
        } else {
            forbid(
                draw.name, because: "`\(draw.name)` is the random gradient of one step",
                remedy: "Write `df` for its mean.")
        }
    }
}

extension UpdateRule {
    /// What the definitions of the rule stand for, as far as they hold for an SDE: they contain no gradient drawn, no next
    /// iterate and no sum over coordinates.
    fileprivate var definitions: [(name: String, value: Expression)] {
        let excluded = Set(states.map(\.nextSymbol) + [gradient.symbol])
        let stepIndex = Expression(UpdateRule.time) / Expression(stepSize) + 1
        var values: [String: Expression] = [:]
        var result: [(name: String, value: Expression)] = []
        for line in lines where line.kind == .definition {
            guard !line.expression.containsIndexSum, !line.expression.contains(any: excluded) else { continue }
            let value = line.expression.replacingSymbols { symbol, _ in values[symbol.name] }
                .substituting(UpdateRule.stepIndex, by: stepIndex)
            // A definition in terms of one that was left out is left out too.
            let names = Set(lines.filter { $0.kind == .definition }.map(\.name))
            guard !value.symbols.contains(where: { names.contains($0.name) }) else { continue }
            values[line.name] = value
            result.append((line.name, value))
        }
        return result
    }
}
