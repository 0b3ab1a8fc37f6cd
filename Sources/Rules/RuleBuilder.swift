import Algebra
import ExactNumbers
import Probability

/// Collects the statements of a rule in their order and checks each against those above it.
struct RuleBuilder {
    private(set) var name: String?
    private(set) var about: String?
    private(set) var source: String?
    private(set) var stepSize: Symbol?
    private(set) var parameters: [UpdateRule.Parameter] = []
    private(set) var schedules: [UpdateRule.Schedule] = []
    private(set) var states: [UpdateRule.State] = []
    var gradient: UpdateRule.Gradient?
    var laterGradients: [UpdateRule.Gradient] = []
    private(set) var noise: NoiseLaw?
    private(set) var correlatesNoise = false
    private(set) var noiseScale = UpdateRule.noiseScale
    private(set) var diffusion: [Symbol]?
    private(set) var lines: [UpdateRule.Line] = []
    /// The names that an expression may use at this place.
    var scope = Scope()
    /// What the definitions and next iterates so far stand for, in terms of what was declared.
    private var values: [String: Expression] = [:]
    private var declared: [String: String] = [:]

    init() {
        for symbol in [UpdateRule.stepIndex, UpdateRule.time, UpdateRule.batchSize, UpdateRule.dimension, noiseScale] {
            scope.declare(symbol)
        }
        scope.forbid("eta", because: "the step size `eta` is not declared", remedy: "Add a line `step eta` above.")
    }

    // MARK: Statements

    mutating func setName(_ text: String) throws(RuleDefect) { try RuleBuilder.set(&name, to: text, "optimizer") }
    mutating func setAbout(_ text: String) throws(RuleDefect) { try RuleBuilder.set(&about, to: text, "about") }
    mutating func setSource(_ text: String) throws(RuleDefect) { try RuleBuilder.set(&source, to: text, "source") }

    private static func set<Value>(_ field: inout Value?, to value: Value, _ statement: String) throws(RuleDefect) {
        guard field == nil else {
            throw RuleDefect(message: "a rule has one `\(statement)` statement, and this is the second")
        }
        field = value
    }

    mutating func setStepSize(_ name: String) throws(RuleDefect) {
        let symbol = Symbol(name, bounds: .positive)
        try RuleBuilder.set(&stepSize, to: symbol, "step")
        try declare(name, as: "the step size")
        scope.declare(symbol)
    }

    mutating func add(_ parameter: UpdateRule.Parameter) throws(RuleDefect) {
        let name = parameter.symbol.name
        if let value = parameter.defaultValue, !parameter.admits(value.doubleValue) {
            throw RuleDefect(message: "the default value of `\(name)` lies outside of its declared range")
        }
        try declare(name, as: "a parameter")
        scope.declare(parameter.symbol)
        parameters.append(parameter)
    }

    mutating func add(_ schedule: UpdateRule.Schedule) throws(RuleDefect) {
        try declare(schedule.name, as: "a schedule")
        scope.declareFunction(schedule.name, arguments: 1)
        schedules.append(schedule)
    }

    /// Adds a state; the first one is the position.
    mutating func add(_ state: UpdateRule.State) throws(RuleDefect) {
        let initialValue = try resolved(state.initialValue)
        let known = Set(parameters.map(\.symbol) + [stepSize].compactMap(\.self))
        guard initialValue.symbols.isSubset(of: known) else {
            throw RuleDefect(message: "the initial value of `\(state.name)` may contain parameters only")
        }
        let state = UpdateRule.State(
            state.name, bounds: state.symbol.bounds, initialValue: initialValue, isPosition: states.isEmpty)
        try declare(state.name, as: "a state")
        scope.declare(state.symbol)
        scope.forbid(
            state.nextSymbol.name, because: "`\(state.name)'` is used before its line",
            remedy: "Move the line `\(state.name)' = ...` above this one.")
        states.append(state)
    }

    mutating func setNoise(
        _ law: NoiseLaw, isCorrelated: Bool = false, scale: UpdateRule.Scale
    ) throws(RuleDefect) {
        guard !isCorrelated || law == .gaussian else {
            throw RuleDefect(
                message: "noise correlated between coordinates is gaussian, not \(law)",
                remedy: "Write `noise gaussian correlated`, or leave out `correlated`.")
        }
        let known = Set(parameters.map(\.symbol))
        var arguments: [Expression] = []
        for argument in law.arguments { arguments.append(try resolved(argument)) }
        guard arguments.allSatisfy({ $0.symbols.isSubset(of: known) }) else {
            throw RuleDefect(message: "the arguments of a noise law may contain parameters only")
        }
        try RuleBuilder.set(&noise, to: law.replacingArguments(by: arguments), "noise")
        correlatesNoise = isCorrelated
        if scale != .ofCoordinate {
            guard !lines.contains(where: { $0.expression.contains(noiseScale) }) else {
                throw RuleDefect(
                    message: "the noise scale is declared below a line that uses it", remedy: "Move this line above it."
                )
            }
            noiseScale = scale.symbol
            scope.declare(noiseScale)
        }
    }

    mutating func setDiffusion(_ names: [String]) throws(RuleDefect) {
        guard !names.isEmpty else { throw RuleDefect(message: "the diffusion lists no state") }
        var symbols: [Symbol] = []
        for name in names {
            guard let state = states.first(where: { $0.name == name }) else {
                let nearest = nearestName(to: name, among: states.map(\.name))
                throw RuleDefect(
                    message: "`\(name)` is not a state",
                    remedy: nearest.map { "Did you mean `\($0)`?" } ?? "List states that were declared above.")
            }
            guard !symbols.contains(state.symbol) else { throw RuleDefect(message: "`\(name)` is listed twice") }
            symbols.append(state.symbol)
        }
        try RuleBuilder.set(&diffusion, to: symbols, "diffusion")
    }

    mutating func define(_ name: String, as expression: Expression) throws(RuleDefect) {
        let value = try resolved(expression)
        try declare(name, as: "a definition")
        let dependsOnCoordinate = value.symbols.contains { $0.indices.contains(.free(UpdateRule.index)) }
        scope.declare(
            Symbol(name, indices: dependsOnCoordinate ? [.free(UpdateRule.index)] : [], bounds: value.bounds))
        values[name] = value
        lines.append(UpdateRule.Line(kind: .definition, name: name, expression: expression))
    }

    mutating func update(_ name: String, to expression: Expression) throws(RuleDefect) {
        guard let state = states.first(where: { $0.name == name }) else {
            let nearest = nearestName(to: name, among: states.map(\.name))
            throw RuleDefect(
                message: declared[name].map { "`\(name)` is \($0), not a state" } ?? "`\(name)` is not a state",
                remedy: nearest.map { "Did you mean `\($0)'`?" } ?? "Declare it: `state \(name)`.")
        }
        guard values[state.nextSymbol.name] == nil else {
            throw RuleDefect(message: "the state `\(name)` is updated a second time", remedy: "Give it one line.")
        }
        values[state.nextSymbol.name] = try resolved(expression)
        scope.declare(state.nextSymbol)
        lines.append(UpdateRule.Line(kind: .update, name: name, expression: expression))
    }

    // MARK: The whole

    func rule() throws(RuleDefect) -> UpdateRule {
        guard let name, !name.isEmpty else {
            throw RuleDefect(message: "the rule has no name", remedy: "Begin with `optimizer NAME`.")
        }
        guard let stepSize else {
            throw RuleDefect(message: "the rule has no step size", remedy: "Add a line `step eta`.")
        }
        guard !states.isEmpty else {
            throw RuleDefect(message: "the rule has no state", remedy: "Add a line `state x`.")
        }
        guard let gradient else {
            throw RuleDefect(
                message: "the rule draws no gradient", remedy: "Add a line `gradient g at \(states[0].name)`.")
        }
        var updates: [Expression] = []
        for state in states {
            guard let update = values[state.nextSymbol.name] else {
                throw RuleDefect(
                    message: "the state `\(state.name)` is never updated", remedy: "Add a line `\(state.name)' = ...`.",
                    subject: state.name)
            }
            updates.append(update)
        }
        return UpdateRule(self, stepSize: stepSize, gradient: gradient, updates: updates)
    }

    mutating func declare(_ name: String, as what: String) throws(RuleDefect) {
        if let meaning = UpdateRule.reservedNames[name] {
            throw RuleDefect(message: "`\(name)` is reserved for \(meaning)", remedy: "Choose another name.")
        }
        guard RuleBuilder.isName(name) else {
            throw RuleDefect(message: "`\(name)` is not a name: a name is a letter and letters, digits or `_` after it")
        }
        if let (base, _) = Scope.splitIndices(name), declared[base] != nil {
            throw RuleDefect(
                message: "`\(name)` would be read as `\(base)` with an index", remedy: "Choose another name.")
        }
        if Expression.isFunctionName(name), !UpdateRule.sharedNames.contains(name) {
            throw RuleDefect(message: "`\(name)` is the name of a function", remedy: "Choose another name.")
        }
        if let earlier = declared[name] {
            throw RuleDefect(
                message: "`\(name)` is declared a second time; it is \(earlier)", remedy: "Choose another name.")
        }
        declared[name] = what
    }

    /// The expression in which definitions and next iterates are replaced by what they stand for.
    func resolved(_ expression: Expression) throws(RuleDefect) -> Expression {
        try checkIsUpdate(expression)
        var depth = 0
        func resolve(_ expression: Expression) -> Expression {
            switch expression.content {
            case .symbol(let symbol):
                guard let value = values[symbol.name] else { return expression }
                guard let index = symbol.indices.first else { return value }
                return value.mapIndices { $0 == .free(UpdateRule.index) ? index : $0 }
            case .indexSum(let body):
                // The bound index goes by a name while the body is resolved, so that a value inside is taken at it.
                depth += 1
                defer { depth -= 1 }
                let name = "\(UpdateRule.index)\(depth)"
                let opened = body.mapIndices { index in
                    guard case .bound(let level) = index else { return index }
                    return level == 0 ? .free(name) : .bound(level - 1)
                }
                return .indexSum(over: name, resolve(opened))
            default:
                return expression.mapOperands(resolve)
            }
        }
        let result = resolve(expression)
        guard !result.isUndefined else { throw RuleDefect(message: "this has no value") }
        try checkSymbolsAreDeclared(result)
        return result
    }

    /// Expressions built in Swift may hold symbols that were never declared, or were with other bounds.
    private func checkSymbolsAreDeclared(_ expression: Expression) throws(RuleDefect) {
        var known: Set<Symbol> = [
            UpdateRule.stepIndex, UpdateRule.time, UpdateRule.batchSize, UpdateRule.dimension, noiseScale,
        ]
        known.formUnion(parameters.map(\.symbol))
        known.formUnion(states.map(\.symbol))
        known.formUnion([stepSize, gradient?.symbol].compactMap(\.self) + laterGradients.map(\.symbol))
        for symbol in expression.symbols.sorted() {
            let ofCoordinate = symbol.mapIndices { _ in .free(UpdateRule.index) }
            guard !known.contains(ofCoordinate) else { continue }
            if states.contains(where: { $0.nextSymbol == ofCoordinate }) {
                throw RuleDefect(message: "`\(symbol.name)` is used before its line")
            }
            throw RuleDefect(
                message: declared[symbol.name] == nil
                    ? "`\(symbol.name)` was not declared" : "`\(symbol.name)` was declared with other bounds or indices"
            )
        }
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.first, first.isASCII, first.isLetter else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }

    /// A rule acts on one coordinate, and takes no expectation.
    private func checkIsUpdate(_ expression: Expression) throws(RuleDefect) {
        var defect: RuleDefect?
        expression.forEachNode { node in
            switch node.content {
            case .expectation, .function(.probabilityNegative, _):
                defect = RuleDefect(message: "a rule is computed from one draw, and cannot take an expectation")
            case .symbol(let symbol):
                for index in symbol.indices + symbol.derivatives {
                    switch index {
                    case .free(UpdateRule.index), .bound: break
                    case .free(let name): defect = RuleDefect(message: "the index `\(name)` is not bound by a sum")
                    case .coordinate(let number):
                        defect = RuleDefect(
                            message: "a rule acts on every coordinate alike, and cannot name the coordinate \(number)")
                    }
                }
            default: break
            }
        }
        if let defect { throw defect }
    }
}
