import Continuum

/// The derivations of the built-in rules.
enum DerivationBenchmarks {
    /// What a rule is derived with: to order 2 in the regime that it takes.
    private static func options(_ rule: UpdateRule, order: Int) -> DerivationOptions {
        order == 1 ? DerivationOptions() : .secondOrder(of: rule)
    }

    /// The rules that have a model of order 2.
    private static let secondOrder = BuiltInRules.keys.filter { name in
        guard let rule = try? BuiltInRules.rule(named: name) else { return false }
        return (try? Derivation(of: rule, options: options(rule, order: 2))) != nil
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
