import Algebra
import ExactNumbers
import Rules

extension Regime {
    /// The names whose sizes may be asked for.
    public static func names(in rule: UpdateRule) -> [String] {
        rule.parameters.map(\.symbol.name) + rule.states.dropFirst().map(\.name)
            + [rule.noiseScale.name, UpdateRule.batchSize.name]
    }

    /// Whether the options ask for a noise, a batch or a state that is not of order 1.
    static func isNeeded(for rule: UpdateRule, _ options: DerivationOptions) -> Bool {
        options.sizes.contains { name, size in rule.parameter(named: name) == nil && !size.isZero }
    }

    /// The sizes that the rule declares, with those that the options ask for in their place.
    ///
    /// - Throws: where a name is none of the rule's, or is the position.
    static func requested(by options: DerivationOptions, of rule: UpdateRule) throws(DerivationError) -> [Quantity] {
        var result = rule.parameters.filter { !$0.size.isZero }.map { parameter in
            Quantity(symbol: parameter.symbol, size: parameter.size, origin: .declared)
        }
        for (name, size) in options.sizes.sorted(by: { $0.key < $1.key }) {
            if name == rule.position.name { throw .sizedPosition(rule.position) }
            guard let symbol = symbol(named: name, in: rule) else {
                throw .unknownParameter(name: name, known: names(in: rule))
            }
            result.removeAll { $0.symbol == symbol }
            result.append(Quantity(symbol: symbol, size: size, origin: .requested))
        }
        return result
    }

    private static func symbol(named name: String, in rule: UpdateRule) -> Symbol? {
        if let parameter = rule.parameter(named: name) { return parameter.symbol }
        if let state = rule.state(named: name) { return state.symbol }
        return name == rule.noiseScale.name
            ? rule.noiseScale : name == UpdateRule.batchSize.name ? UpdateRule.batchSize : nil
    }
}
