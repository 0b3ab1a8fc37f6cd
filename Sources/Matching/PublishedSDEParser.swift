import Algebra
import Probability
import Rules

/// Reads the SDE that a person has written for a rule, one statement a line.
///
///     statement = "let" name "=" sum | differential "=" ["+" | "-"] term { ("+" | "-") term }
///     term      = [product] ("dt" | "dW" [number])
///
/// A differential is `d` and the name of a state, in either letter case; it may bear the index `_i`.
struct PublishedSDEParser {
    /// The equation of one state.
    private struct Equation {
        let place: Token
        var drift: [Expression] = []
        /// The terms of each Brownian motion by its number, 0 where it has none.
        var noise: [Int: [Expression]] = [:]
    }

    /// What ends a term.
    private enum Differential {
        case time
        case motion(Int)

        static let mostMotions = 99

        init?(_ name: String) {
            let base = name.hasSuffix("_\(UpdateRule.index)") ? String(name.dropLast(2)) : name
            if base == "d\(UpdateRule.time.name)" {
                self = .time
            } else if base == "dW" {
                self = .motion(0)
            } else if base.hasPrefix("dW"), let number = Int(base.dropFirst(2)),
                (1...Differential.mostMotions).contains(number)
            {
                self = .motion(number)
            } else {
                return nil
            }
        }
    }

    private let source: SourceText
    private let rule: UpdateRule
    private let fastStates: [Symbol]
    private var scope: Scope
    private var equations: [Symbol: Equation] = [:]
    /// Where a Brownian motion with, and one without a number was first used.
    private var places: [Bool: Token] = [:]

    static func sde(
        in source: SourceText, rule: UpdateRule, law: NoiseLaw, fastStates: [Symbol]
    ) throws(Diagnostic) -> PublishedSDE {
        var parser = PublishedSDEParser(
            source: source, rule: rule, fastStates: fastStates, scope: Scope(ofModelsOf: rule, law: law))
        for line in source.lines { try parser.statement(in: line) }
        return try parser.result()
    }

    private init(source: SourceText, rule: UpdateRule, fastStates: [Symbol], scope: Scope) {
        self.source = source
        self.rule = rule
        self.fastStates = fastStates
        self.scope = scope
    }

    // MARK: Statements

    private mutating func statement(in line: Range<Int>) throws(Diagnostic) {
        var cursor = try TokenCursor(source, in: line)
        if cursor.isAtEnd { return }
        guard let (word, token) = cursor.takeName() else {
            throw cursor.expected("an equation such as `d\(rule.states[0].name) = ... dt`")
        }
        if word == "let", case .name = cursor.token.kind { return try definition(&cursor) }
        let state = try state(ofDifferential: word, token, cursor)
        guard equations[state] == nil else {
            throw cursor.failure(
                at: token, "the equation of `\(state.name)` is given a second time",
                remedy: "Write all of its terms on one line.")
        }
        try cursor.expect(.equals, "after `\(word)`")
        var equation = Equation(place: token)
        var isNegative = cursor.take(.minus)
        if !isNegative { _ = cursor.take(.plus) }
        while true {
            try term(&cursor, isNegative: isNegative, into: &equation)
            if cursor.isAtEnd { break }
            isNegative = cursor.take(.minus)
            guard isNegative || cursor.take(.plus) else { throw cursor.expected("`+`, `-` or the end of the line") }
        }
        guard !equation.drift.isEmpty else {
            throw cursor.failure(
                at: token, "the equation of `\(state.name)` has no `dt`",
                remedy: "Write `0 dt` where there is no drift.")
        }
        let terms = equation.drift + equation.noise.values.flatMap(\.self)
        if let fast = fastStates.first(where: { fast in fast == state || terms.contains { $0.contains(fast) } }) {
            throw cursor.failure(
                at: token, "`\(fast.name)` is averaged over: an SDE of the slow states does not hold it",
                remedy: "Leave it out, or leave out --regime.")
        }
        equations[state] = equation
    }

    private mutating func definition(_ cursor: inout TokenCursor) throws(Diagnostic) {
        guard let (name, token) = cursor.takeName() else { throw cursor.expected("a name for the expression") }
        guard !scope.knows(name) else {
            throw cursor.failure(at: token, "`\(name)` has a meaning already", remedy: "Choose another name.")
        }
        try cursor.expect(.equals, "after `\(name)`")
        var parser = ExpressionParser(cursor, scope: scope)
        let place = cursor.token
        let value = try parser.expression()
        guard parser.cursor.isAtEnd else {
            throw parser.cursor.expected("an operator or the end of the line", remedy: parser.productRemedy)
        }
        try check(value, at: place, cursor)
        scope.define(name, as: value)
    }

    /// A coefficient and the differential after it.
    private mutating func term(
        _ cursor: inout TokenCursor, isNegative: Bool, into equation: inout Equation
    ) throws(Diagnostic) {
        let place = cursor.token
        var coefficient = Expression.one
        var remedy: String?
        if differential(at: cursor) == nil {
            var parser = ExpressionParser(cursor, scope: scope)
            coefficient = try parser.product()
            cursor = parser.cursor
            try check(coefficient, at: place, cursor)
            let isSum = cursor.token.isMark(.plus) || cursor.token.isMark(.minus)
            remedy = isSum ? "A sum before `dt` is put in parentheses: `(a + b) dt`." : parser.productRemedy
        }
        guard let found = differential(at: cursor) else {
            throw cursor.expected("`dt` or a Brownian motion such as `dW1` after this term", remedy: remedy)
        }
        if isNegative { coefficient = -coefficient }
        switch found {
        case .time: equation.drift.append(coefficient)
        case .motion(let number):
            equation.noise[number, default: []].append(coefficient)
            if places[number == 0] == nil { places[number == 0] = cursor.token }
            if places.count > 1 {
                throw cursor.failure(
                    at: cursor.token, "some Brownian motions have a number and some have none",
                    remedy: "Number all of them: `dW1`, `dW2`.")
            }
        }
        cursor.advance()
    }

    private func differential(at cursor: TokenCursor) -> Differential? {
        guard case .name(let name) = cursor.token.kind else { return nil }
        return Differential(name)
    }

    private func state(ofDifferential word: String, _ token: Token, _ cursor: TokenCursor) throws(Diagnostic) -> Symbol
    {
        let base = word.hasSuffix("_\(UpdateRule.index)") ? String(word.dropLast(2)) : word
        let states = rule.states.map(\.symbol)
        if base.hasPrefix("d") {
            let name = base.dropFirst()
            if let state = states.first(where: { $0.name == name }) { return state }
            if let state = states.first(where: { $0.name.uppercased() == name }) { return state }
        }
        let nearest = nearestName(to: base, among: states.map { "d\($0.name)" })
        throw cursor.failure(
            at: token, "`\(word)` is not the differential of a state of \(rule.name)",
            remedy: nearest.map { "Did you mean `\($0)`?" }
                ?? "Its states are \(states.map(\.name).joined(separator: ", ")).")
    }

    /// A coefficient belongs to the coordinate `i`, and is not random.
    private func check(_ expression: Expression, at token: Token, _ cursor: TokenCursor) throws(Diagnostic) {
        if expression.isUndefined { throw cursor.failure(at: token, "this has no value") }
        if expression.isRandom {
            throw cursor.failure(
                at: token, "a random quantity stands outside of an expectation",
                remedy: "Write its expectation `E[...]`, or the mean gradient `df`.")
        }
        for symbol in expression.symbols.sorted() {
            for index in symbol.indices + symbol.derivatives {
                switch index {
                case .free(UpdateRule.index), .bound: continue
                case .free(let name):
                    throw cursor.failure(
                        at: token, "the index `\(name)` is not bound by a sum", remedy: "Write `sum_\(name)(...)`.")
                case .coordinate(let number):
                    throw cursor.failure(
                        at: token,
                        "an equation is meant for every coordinate alike, and this names coordinate \(number)"
                    )
                }
            }
        }
    }

    // MARK: The whole

    private func result() throws(Diagnostic) -> PublishedSDE {
        let states = rule.states.map(\.symbol).filter { !fastStates.contains($0) }
        for state in states where equations[state] == nil {
            throw Diagnostic(
                file: source.file, message: "there is no equation for `\(state.name)`",
                remedy: "Add a line `d\(state.name) = ... dt`.")
        }
        let rows = states.compactMap { equations[$0] }
        let motions = Set(rows.flatMap(\.noise.keys)).sorted()
        let root = sqrt(Expression(rule.stepSize))
        var unscaled: [PublishedSDE.UnscaledEntry] = []
        var diffusion: [[Expression]] = []
        for (state, row) in zip(states, rows) {
            diffusion.append(
                motions.map { motion in
                    let entry = Expression.sum(of: row.noise[motion] ?? []) / root
                    if entry.hasRoot(of: rule.stepSize) {
                        unscaled.append(.init(state: state, motion: motion == 0 ? "dW" : "dW\(motion)"))
                    }
                    return entry
                })
        }
        let covariance = diffusion.map { row in
            diffusion.map { other in Expression.sum(of: zip(row, other).map { $0 * $1 }) }
        }
        let sde = SDE(
            stepSize: rule.stepSize, time: UpdateRule.time, states: states,
            drift: rows.map { Expression.sum(of: $0.drift) }, covariance: covariance, diffusion: diffusion)
        return PublishedSDE(file: source.file, sde: sde, unscaledEntries: unscaled)
    }
}

extension Expression {
    /// Whether an odd power of the root of the symbol is a factor of a summand.
    fileprivate func hasRoot(of symbol: Symbol) -> Bool {
        ((try? expanded()) ?? self).summands.contains { summand in
            summand.asProduct.factors.contains { factor in
                factor.base.symbol == symbol && factor.exponent.number.map { !$0.isInteger } ?? false
            }
        }
    }
}
