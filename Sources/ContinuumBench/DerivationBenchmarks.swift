import Continuum

/// The derivations of the built-in rules.
enum DerivationBenchmarks {
    private static let names = ["sgd", "sgdw", "signsgd", "rmsprop", "rmspropw", "adam", "adamw"]

    /// What a rule is derived with: to order 2 every parameter is of order 1.
    private static func options(_ rule: UpdateRule, order: Int) -> DerivationOptions {
        let sizes = order == 1 ? [] : rule.parameters.map { ($0.symbol.name, Weight.zero) }
        return DerivationOptions(order: order, sizes: Dictionary(uniqueKeysWithValues: sizes))
    }

    private static func derivation(of names: [String], order: Int, _ title: String) -> Benchmark {
        Benchmark(title) {
            let cases = try names.map { name in
                let rule = try BuiltInRules.rule(named: name)
                return (rule, options(rule, order: order))
            }
            return { try cases.reduce(0) { try $0 + Derivation(of: $1.0, options: $1.1).steps.count } }
        }
    }

    static let all: [Benchmark] =
        names.map { derivation(of: [$0], order: 1, "derive \($0)") }
        + names.map { derivation(of: [$0], order: 2, "derive \($0) to order 2") }
        + [derivation(of: names, order: 1, "derive all of these")]
}
