import Algebra
import BuiltInRules
import Matching
import Numerics
import Rules
import Testing

/// Closed forms against quadrature of the rule itself.
struct OneStepMomentTests {
    /// Random values for everything a rule mentions.
    private func values(of rule: UpdateRule, seed: UInt64, _ case: Int) -> [Symbol: Double] {
        let stream = RandomStream(seed: seed)
        var component = 0
        func uniform(_ low: Double, _ high: Double) -> Double {
            component += 1
            return low + (high - low) * stream.uniform(path: `case`, step: 0, component: component)
        }
        var values: [Symbol: Double] = [
            UpdateRule.time: uniform(0.5, 1.5), rule.noiseScale: uniform(0.3, 0.8),
            Symbol("f", role: .field, derivatives: [.free("i")]): uniform(-1, 1),
        ]
        for parameter in rule.parameters {
            let bounds = parameter.symbol.bounds
            values[parameter.symbol] = bounds.upper <= 1 ? uniform(0.2, 0.8) : uniform(0.4, 1.6)
        }
        for state in rule.states {
            values[state.symbol] = state.symbol.bounds.isNonnegative ? uniform(0.5, 1.5) : uniform(-1, 1)
        }
        return values
    }

    @Test(arguments: ["sgd", "sgdw", "signsgd", "rmsprop", "rmspropw", "adam", "adamw"])
    func `b0, b1 and S of each built-in rule are its one-step moments`(name: String) throws {
        let rule = try BuiltInRules.rule(named: name)
        let sizes = Dictionary(uniqueKeysWithValues: rule.parameters.map { ($0.symbol.name, Weight.zero) })
        let derivation = try Derivation(of: rule, options: DerivationOptions(order: 2, sizes: sizes))
        for point in 0..<3 {
            try OneStepOracle(rule: rule, values: values(of: rule, seed: 11, point)).check(derivation, tolerance: 1e-10)
        }
    }

    private static let randomRules = (0..<20).map { RandomRule(seed: UInt64($0)).text }

    @Test func `the random rules have one to three states, and every function of the language`() throws {
        let rules = try Self.randomRules.map { try UpdateRule(parsing: $0, file: "random.rule") }
        #expect(Set(rules.map(\.states.count)) == [1, 2, 3])
        for function in ["sign", "abs", "sqrt", "exp", "log", "max", "min", "clip", "erf", "tanh"] {
            #expect(Self.randomRules.contains { $0.contains("\(function)(") }, "no rule has \(function)")
        }
    }

    @Test(arguments: 0..<20)
    func `b0, b1 and S of random rules are their one-step moments`(seed: Int) throws {
        let rule = try UpdateRule(parsing: Self.randomRules[seed], file: "random.rule")
        let derivation = try Derivation(of: rule, options: DerivationOptions(order: 2))
        try OneStepOracle(rule: rule, values: values(of: rule, seed: 29, seed)).check(derivation, tolerance: 1e-8)
    }
}
