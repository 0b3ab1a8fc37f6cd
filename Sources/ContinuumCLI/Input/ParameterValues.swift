import Algebra
import Probability
import Rules

/// The numbers that a rule's parameters stand for, from those that the user gave.
///
/// A definition may be given in place of a parameter: `beta1 = 0.9` with the line `let beta1 = 1 - eta*rho1` gives
/// `rho1 = (1 - beta1)/eta`.
struct ParameterValues: Sendable {
    /// By name: the step size, the parameters, and those of the noise (sigma, B, nu).
    private(set) var values: [String: Double] = [:]
    private let rule: UpdateRule
    private let draw: GradientDraw
    private let option: Option
    /// Noise scales that are formulas in the position.
    private let scaleFormulas: [String: String]
    /// The texts of values that are formulas in the step size.
    private let gradedTexts: [String: String]

    /// - Parameters:
    ///   - defaults: values of what the user left out.
    ///   - usesBatch: whether the batch size needs a value.
    /// - Throws: a failure for an unknown name, a value out of its range, a definition that cannot be solved, and
    ///   parameters without a value.
    init(
        of rule: UpdateRule, draw: GradientDraw, _ assignments: Assignments, defaults: [String: Double] = [:],
        usesBatch: Bool = false
    ) throws(Failure) {
        self.rule = rule
        self.draw = draw
        option = assignments.option
        scaleFormulas = assignments.formulas
        gradedTexts = assignments.gradedTexts
        let definitions = self.definitions
        var pending: [(name: String, value: Double)] = []
        for name in assignments.names {
            guard let value = assignments[name] else { continue }
            if definitions[name] != nil {
                pending.append((name, value))
            } else {
                try set(name, to: value, reason: nil)
            }
        }
        if values[rule.stepSize.name] == nil { values[rule.stepSize.name] = defaults[rule.stepSize.name] }
        try solve(pending, definitions)
        for (name, value) in defaults where values[name] == nil { values[name] = value }
        for parameter in rule.parameters where values[parameter.symbol.name] == nil {
            values[parameter.symbol.name] = parameter.defaultValue?.doubleValue
        }
        try checkComplete(usesBatch: usesBatch)
    }

    /// Whether the noise of coordinates is correlated.
    var isCorrelated: Bool { draw.correlation != nil }

    /// Gives a value to a name that is known to be one of the noise.
    mutating func set(_ name: String, _ value: Double) { values[name] = value }

    /// The scale of the noise in words: `sigma = 0.5`.
    var noiseDescription: String {
        let numbers = values.keys.filter { $0 == UpdateRule.noiseScale.name || isScaleOfCoordinate($0) }
        return Set(numbers).union(scaleFormulas.keys).sorted()
            .compactMap { name in
                (scaleFormulas[name] ?? gradedTexts[name] ?? values[name]?.plain).map { "\(name) = \($0)" }
            }
            .joined(separator: ", ")
    }

    // MARK: Names

    /// Names of the noise: its scale for all or for single coordinates, and the parameters of its law.
    private var noiseNames: [String] {
        [UpdateRule.noiseScale.name] + Set(draw.law.arguments.flatMap(\.symbols)).map(\.name).sorted()
    }

    private var knownNames: [String] {
        [rule.stepSize.name] + rule.parameters.map(\.symbol.name) + noiseNames + [UpdateRule.batchSize.name]
            + definitions.keys.sorted()
    }

    /// The definitions in terms of parameters.
    private var definitions: [String: Expression] {
        var result: [String: Expression] = [:]
        for line in rule.lines where line.kind == .definition {
            var value = line.expression
            for symbol in line.expression.symbols {
                if let earlier = result[symbol.name] { value = value.substituting(symbol, by: earlier) }
            }
            let isOfCoordinate = value.symbols.contains { !$0.indices.isEmpty || $0.isField }
            if !isOfCoordinate { result[line.name] = value }
        }
        return result
    }

    private func isScaleOfCoordinate(_ name: String) -> Bool {
        !rule.noiseScale.indices.isEmpty && isOfCoordinate(name, UpdateRule.noiseScale.name)
    }

    /// The parameter that a name with the number of a coordinate gives a value to.
    private func parameterOfCoordinate(_ name: String) -> UpdateRule.Parameter? {
        rule.parameters.first { $0.isOfCoordinate && isOfCoordinate(name, $0.symbol.name) }
    }

    private func isOfCoordinate(_ name: String, _ stem: String) -> Bool {
        guard name.hasPrefix(stem), let number = Int(name.dropFirst(stem.count)) else { return false }
        return number > 0
    }

    // MARK: Setting

    private mutating func set(_ name: String, to value: Double, reason: String?) throws(Failure) {
        let place = reason ?? "\(name) = \(value.plain)"
        let bounds: Bounds
        if let parameter = rule.parameter(named: name) ?? parameterOfCoordinate(name) {
            bounds = parameter.symbol.bounds
            if parameter.isInteger, value != value.rounded() {
                throw Failure("\(option.spelling): \(place) is not a whole number")
            }
        } else if name == rule.stepSize.name || name == UpdateRule.batchSize.name || noiseNames.contains(name)
            || isScaleOfCoordinate(name)
        {
            bounds = .positive
        } else if name == draw.correlation?.name {
            bounds = UpdateRule.correlation.bounds
        } else {
            throw Failure.unknown(
                "parameter", name, among: knownNames,
                remedy: "\(option.spelling) gives numbers to names of \(rule.name).")
        }
        guard bounds.contains(value) else {
            throw Failure(
                "\(option.spelling): \(place) is not \(bounds.requirement)\n\(name) must be \(bounds.requirement).")
        }
        values[name] = value
    }

    /// Solves definitions for the one parameter in each that has no value, as long as there is one.
    private mutating func solve(
        _ definitions: [(name: String, value: Double)], _ meanings: [String: Expression]
    ) throws(Failure) {
        var pending = definitions
        while !pending.isEmpty {
            var left: [(name: String, value: Double)] = []
            for (name, value) in pending {
                guard let meaning = meanings[name] else { continue }
                let unknown = meaning.symbols.filter { values[$0.name] == nil }.sorted()
                if unknown.isEmpty {
                    try checkAgreement(of: name, value, with: meaning)
                } else if unknown.count == 1 {
                    try solve(name, value, meaning, for: unknown[0])
                } else {
                    left.append((name, value))
                }
            }
            if left.count == pending.count, let (name, _) = left.first, let meaning = meanings[name] {
                let unknown = meaning.symbols.filter { values[$0.name] == nil }.map(\.name).sorted()
                throw Failure(
                    "\(option.spelling): '\(name)' alone does not tell \(unknown.joined(separator: " and "))\n"
                        + "Give a value to one of them as well.")
            }
            pending = left
        }
    }

    private mutating func solve(
        _ name: String, _ value: Double, _ meaning: Expression, for unknown: Symbol
    ) throws(Failure) {
        let slope = meaning.derivative(by: unknown)
        guard !slope.contains(unknown) else {
            throw Failure(
                "\(option.spelling): '\(name)' cannot be solved for '\(unknown.name)', in which it is not linear\n"
                    + "Give a value to '\(unknown.name)' itself.")
        }
        let offset = evaluate(meaning.substituting(unknown, by: .zero))
        let solution = (value - offset) / evaluate(slope)
        guard solution.isFinite else {
            throw Failure("\(option.spelling): no '\(unknown.name)' gives \(name) = \(value)")
        }
        try set(unknown.name, to: solution, reason: "\(name) = \(value) gives \(unknown.name) = \(solution), which")
    }

    private func checkAgreement(of name: String, _ value: Double, with meaning: Expression) throws(Failure) {
        let other = evaluate(meaning)
        guard (other - value).magnitude > 1e-12 * max(value.magnitude, 1) else { return }
        throw Failure(
            "\(option.spelling): \(name) = \(value), but it follows from the other values that \(name) = \(other)\n"
                + "Leave out '\(name)' or one of \(meaning.symbols.map(\.name).sorted().joined(separator: ", ")).")
    }

    private func evaluate(_ expression: Expression) -> Double {
        expression.evaluated { values[$0.name] ?? .nan }
    }

    private func checkComplete(usesBatch: Bool) throws(Failure) {
        var needed = [rule.stepSize.name] + rule.parameters.map(\.symbol.name) + noiseNames.dropFirst()
        if usesBatch { needed.append(UpdateRule.batchSize.name) }
        let hasScale =
            !scaleFormulas.isEmpty
            || values.keys.contains { $0 == UpdateRule.noiseScale.name || isScaleOfCoordinate($0) }
        if !hasScale { needed.append(UpdateRule.noiseScale.name) }
        let missing = needed.filter { name in
            values[name] == nil && !values.keys.contains { parameterOfCoordinate($0)?.symbol.name == name }
        }
        guard let first = missing.first else { return }
        let names = missing.map { "'\($0)'" }.joined(separator: ", ")
        let verb = missing.count == 1 ? "has no value" : "have no value"
        let instead = definitions.filter { $0.value.symbols.contains { $0.name == first } }.keys.sorted().first
        let remedy = instead.map { ", or \($0)=NUMBER" } ?? ""
        throw Failure(
            "\(rule.name): \(names) \(verb)\nGive one with \(option.spelling) \(first)=NUMBER\(remedy).")
    }
}

extension Bounds {
    /// What a value within the bounds is called.
    var requirement: String {
        if upper.isFinite || lower.isFinite, lower != 0 || upper.isFinite { return "between \(lower) and \(upper)" }
        if isPositive { return "positive" }
        if isNonnegative { return "nonnegative" }
        return excludesZero ? "different from zero" : "a finite number"
    }
}
