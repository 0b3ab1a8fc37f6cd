import Algebra
import ExactNumbers
import Probability

/// Reads a rule, one statement a line.
struct RuleParser {
    private let source: SourceText
    var builder = RuleBuilder()
    /// Where each name was declared.
    private var places: [String: Token] = [:]

    static func rule(in source: SourceText) throws(Diagnostic) -> UpdateRule {
        var parser = RuleParser(source: source)
        for line in source.lines { try parser.statement(in: line) }
        do {
            return try parser.builder.rule()
        } catch {
            if let place = error.subject.flatMap({ parser.places[$0] }) {
                throw source.diagnostic(at: place.range.lowerBound, error.message, remedy: error.remedy)
            }
            throw Diagnostic(file: source.file, message: error.message, remedy: error.remedy)
        }
    }

    private init(source: SourceText) { self.source = source }

    static let keywords = [
        "optimizer", "about", "source", "step", "parameter", "schedule", "let", "state", "gradient", "noise",
        "diffusion",
    ]

    private mutating func statement(in line: Range<Int>) throws(Diagnostic) {
        var cursor = try TokenCursor(source, in: line)
        if cursor.isAtEnd { return }
        guard let (word, token) = cursor.takeName() else {
            throw cursor.expected("a statement or an update `x' = ...`")
        }
        if cursor.token.isMark(.prime) || cursor.token.isMark(.equals) { return try update(word, token, &cursor) }
        switch word {
        case "optimizer": try optimizer(&cursor, token)
        case "about":
            let text = try quotation(&cursor)
            try at(token) { () throws(RuleDefect) in try builder.setAbout(text) }
        case "source":
            let text = try quotation(&cursor)
            try at(token) { () throws(RuleDefect) in try builder.setSource(text) }
        case "step":
            let (name, place) = try newName(&cursor, "the name of the step size")
            try at(place) { () throws(RuleDefect) in try builder.setStepSize(name) }
        case "parameter": try parameters(&cursor)
        case "schedule": try schedule(&cursor)
        case "let": try definition(&cursor)
        case "state": try states(&cursor)
        case "gradient": try gradients(&cursor)
        case "noise": try noise(&cursor, token)
        case "diffusion": try diffusion(&cursor)
        default:
            let nearest = nearestName(to: word, among: RuleParser.keywords)
            throw cursor.failure(
                at: token, "unknown statement `\(word)`",
                remedy: nearest.map { "Did you mean `\($0)`?" }
                    ?? "A line is an update `x' = ...` or begins with one of: \(RuleParser.keywords.joined(separator: ", "))."
            )
        }
        try cursor.expectEnd(after: "the `\(word)` statement")
    }

    // MARK: Updates and definitions

    private mutating func update(_ name: String, _ token: Token, _ cursor: inout TokenCursor) throws(Diagnostic) {
        guard cursor.take(.prime) else {
            let isState = builder.states.contains { $0.name == name }
            throw cursor.expected(
                "`'` after `\(name)`",
                remedy: isState
                    ? "The next iterate is written with a prime: `\(name)' = ...`."
                    : "Write `let \(name) = ...` to name an expression, `\(name)' = ...` for the next iterate of a state."
            )
        }
        try cursor.expect(.equals, "after `\(name)'`")
        let expression = try self.expression(&cursor)
        try cursor.expectEnd(after: "the update")
        try at(token) { () throws(RuleDefect) in try builder.update(name, to: expression) }
    }

    private mutating func definition(_ cursor: inout TokenCursor) throws(Diagnostic) {
        let (name, token) = try newName(&cursor, "a name for the expression")
        try cursor.expect(.equals, "after `\(name)`")
        let expression = try self.expression(&cursor)
        try at(token) { () throws(RuleDefect) in try builder.define(name, as: expression) }
    }

    /// An expression in the names that have been declared above, up to the end of the line or a comma.
    private func expression(_ cursor: inout TokenCursor) throws(Diagnostic) -> Expression {
        var parser = ExpressionParser(cursor, scope: builder.scope)
        let result = try parser.expression()
        cursor = parser.cursor
        guard cursor.isAtEnd || cursor.token.isMark(.comma) else {
            throw cursor.expected("an operator or the end of the line", remedy: parser.productRemedy)
        }
        return result
    }

    // MARK: Declarations

    private mutating func optimizer(_ cursor: inout TokenCursor, _ token: Token) throws(Diagnostic) {
        let name: String
        switch cursor.token.kind {
        case .quotation(let text): name = text
        case .name: name = source.text(in: cursor.token.range)
        default: throw cursor.expected("the name of the optimizer")
        }
        guard !name.isEmpty else { throw cursor.expected("the name of the optimizer") }
        cursor.advance()
        try at(token) { () throws(RuleDefect) in try builder.setName(name) }
    }

    private mutating func parameters(_ cursor: inout TokenCursor) throws(Diagnostic) {
        let names = try newNames(&cursor, "the name of a parameter")
        var attributes = AttributeParser(cursor, stepSize: builder.stepSize, allowsParameterAttributes: true)
        let read = try attributes.attributes()
        cursor = attributes.cursor
        var value: Rational?
        if cursor.take(.equals) {
            let place = cursor.token
            guard let number = try expression(&cursor).number else {
                throw cursor.failure(at: place, "expected a number as the default value of a parameter")
            }
            value = number
        }
        for (name, token) in names {
            let parameter = UpdateRule.Parameter(
                name, bounds: read.bounds, isInteger: read.isInteger, size: read.size,
                ofCoordinate: read.isOfCoordinate,
                default: value)
            try at(token) { () throws(RuleDefect) in try builder.add(parameter) }
        }
    }

    private mutating func states(_ cursor: inout TokenCursor) throws(Diagnostic) {
        let names = try newNames(&cursor, "the name of a state")
        var attributes = AttributeParser(cursor, stepSize: builder.stepSize, allowsParameterAttributes: false)
        let read = try attributes.attributes()
        cursor = attributes.cursor
        var value = Expression.zero
        if cursor.take(.equals) { value = try expression(&cursor) }
        for (name, token) in names {
            let state = UpdateRule.State(name, bounds: read.bounds, initialValue: value)
            try at(token) { () throws(RuleDefect) in try builder.add(state) }
        }
    }

    private mutating func schedule(_ cursor: inout TokenCursor) throws(Diagnostic) {
        let (name, token) = try newName(&cursor, "the name of a schedule")
        let remedy = "A schedule is a function of the time: `schedule \(name)(t)`."
        try cursor.expect(.open, "after `\(name)`", remedy: remedy)
        guard cursor.token.kind == .name(UpdateRule.time.name) else { throw cursor.expected("`t`", remedy: remedy) }
        cursor.advance()
        try cursor.expect(.close, remedy: remedy)
        try at(token) { () throws(RuleDefect) in try builder.add(UpdateRule.Schedule(name)) }
    }

    private mutating func gradients(_ cursor: inout TokenCursor) throws(Diagnostic) {
        let names = try newNames(&cursor, "the name of the gradient")
        let token = names[0].token
        guard cursor.token.kind == .name("at") else {
            throw cursor.expected(
                "`at` and the point of the gradient", remedy: "Write `gradient \(names[0].name) at x`.")
        }
        cursor.advance()
        let point = try expression(&cursor)
        let end = cursor.token
        let sample = cursor.take(.comma) ? try sample(&cursor) : nil
        let place = sample != nil && builder.gradient == nil ? end : token
        try at(place) { () throws(RuleDefect) in
            try builder.setGradients(names.map(\.name), at: point, sample: sample)
        }
    }

    /// `same sample` or `fresh sample`.
    private func sample(_ cursor: inout TokenCursor) throws(Diagnostic) -> UpdateRule.Gradient.Sample {
        let remedy = "A second gradient ends with `, same sample` or `, fresh sample`."
        guard let (word, token) = cursor.takeName(), let sample = UpdateRule.Gradient.Sample(rawValue: word) else {
            throw cursor.expected("`same sample` or `fresh sample`", remedy: remedy)
        }
        guard cursor.token.kind == .name("sample") else {
            throw cursor.failure(at: token, "expected `sample` after `\(word)`", remedy: remedy)
        }
        cursor.advance()
        return sample
    }

    private mutating func diffusion(_ cursor: inout TokenCursor) throws(Diagnostic) {
        var names: [String] = []
        repeat {
            guard let (name, token) = cursor.takeName() else { throw cursor.expected("the name of a state") }
            names.append(name)
            // A wrong name is reported where it stands.
            var trial = builder
            try at(token) { () throws(RuleDefect) in try trial.setDiffusion(names) }
        } while cursor.take(.comma)
        try at(cursor.token) { () throws(RuleDefect) in try builder.setDiffusion(names) }
    }

    // MARK: Names

    private func quotation(_ cursor: inout TokenCursor) throws(Diagnostic) -> String {
        guard case .quotation(let text) = cursor.token.kind else {
            throw cursor.expected("a text in quotation marks")
        }
        cursor.advance()
        return text
    }

    private mutating func newName(
        _ cursor: inout TokenCursor, _ what: String
    ) throws(Diagnostic) -> (name: String, token: Token) {
        guard let (name, token) = cursor.takeName() else { throw cursor.expected(what) }
        if places[name] == nil { places[name] = token }
        return (name, token)
    }

    private mutating func newNames(
        _ cursor: inout TokenCursor, _ what: String
    ) throws(Diagnostic) -> [(name: String, token: Token)] {
        var result: [(name: String, token: Token)] = []
        repeat { result.append(try newName(&cursor, what)) } while cursor.take(.comma)
        return result
    }

    /// Runs a step of the builder; what it finds wrong is reported at the token.
    func at(_ token: Token, _ body: () throws(RuleDefect) -> Void) throws(Diagnostic) {
        do {
            try body()
        } catch {
            throw source.diagnostic(at: token.range.lowerBound, error.message, remedy: error.remedy)
        }
    }
}
