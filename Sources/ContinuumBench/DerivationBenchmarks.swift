import Continuum

/// The derivations of the built-in rules.
enum DerivationBenchmarks {
    /// The rules that are derived to order 2 as well.
    private static let secondOrder = ["sgd", "sgdw", "signsgd", "rmsprop", "rmspropw", "adam", "adamw"]

    /// What a rule is derived with: to order 2 every parameter is of order 1.
    private static func options(_ rule: UpdateRule, order: Int) -> DerivationOptions {
        let sizes = order == 1 ? [] : rule.parameters.map { ($0.symbol.name, Weight.zero) }
        return DerivationOptions(order: order, sizes: Dictionary(uniqueKeysWithValues: sizes))
    }

    /// The number of steps of a derivation, or of states of a rule that has no diffusion limit: finding that is the work.
    private static func derive(_ rule: UpdateRule, _ options: DerivationOptions) throws -> Int {
        do {
            return try Derivation(of: rule, options: options).steps.count
        } catch {
            switch error {
            case .noDiffusionLimit, .reflected: return rule.states.count
            default: throw error
            }
        }
    }

    private static func derivation(of names: [String], order: Int, _ title: String) -> Benchmark {
        Benchmark(title) {
            let cases = try names.map { name in
                let rule = try BuiltInRules.rule(named: name)
                return (rule, options(rule, order: order))
            }
            return { try cases.reduce(0) { try $0 + derive($1.0, $1.1) } }
        }
    }

    static let all: [Benchmark] =
        BuiltInRules.keys.map { derivation(of: [$0], order: 1, "derive \($0)") }
        + [derivation(of: BuiltInRules.keys, order: 1, "derive all built-in rules")]
        + secondOrder.map { derivation(of: [$0], order: 2, "derive \($0) to order 2") }
}
