import Algebra
import Analysis
import BuiltInRules
import Matching
import Probability
import Rules

/// Symbols of closed forms, and the analyses of rules.
enum Model {
    static let eta = Expression(Symbol("eta", bounds: .positive))
    static let lambda = Expression(QuadraticModel.curvature)
    static let sigma = Expression(UpdateRule.noiseScale)
    static let time = Expression(UpdateRule.time)
    static let start = Expression(Transient.start)

    static func parameter(_ name: String, _ bounds: Bounds = .positive) -> Expression {
        Expression(Symbol(name, bounds: bounds))
    }

    /// The analysis of a built-in rule, epsilon put to zero where the rule has one.
    static func analysis(
        _ name: String, _ options: DerivationOptions = DerivationOptions(), epsilon: Expression? = .zero
    ) throws -> ModelAnalysis {
        try analysis(BuiltInRules.rule(named: name), options, epsilon: epsilon)
    }

    static func analysis(
        _ rule: UpdateRule, _ options: DerivationOptions = DerivationOptions(), epsilon: Expression? = .zero
    ) throws -> ModelAnalysis {
        let analysis = ModelAnalysis(of: try Derivation(of: rule, options: options))
        guard let epsilon, let symbol = rule.parameter(named: "epsilon")?.symbol, symbol.bounds.contains(0) else {
            return analysis
        }
        return analysis.substituting([symbol: epsilon])
    }

    static func law(
        _ name: String, _ options: DerivationOptions = DerivationOptions(), epsilon: Expression? = .zero
    ) throws -> StationaryLaw {
        try StationaryLaw(of: QuadraticModel(of: analysis(name, options, epsilon: epsilon)))
    }

    /// A value for every symbol: those given by name, 0.7 for the others.
    static func value(_ expression: Expression, _ values: [String: Double]) -> Double {
        var point: [Symbol: Double] = [:]
        for symbol in expression.symbols { point[symbol] = values[symbol.name] ?? 0.7 }
        return expression.evaluated(at: point)
    }
}
