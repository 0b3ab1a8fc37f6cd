import Algebra
import ExactNumbers
import Probability

/// The line that declares the noise.
extension RuleParser {
    /// `LAW(ARGUMENTS)`, then `batch N` of a sample, `correlated`, and a scale.
    mutating func noise(_ cursor: inout TokenCursor, _ keyword: Token) throws(Diagnostic) {
        guard let (name, token) = cursor.takeName() else { throw cursor.expected("the name of a noise law") }
        var arguments: [Expression] = []
        if cursor.take(.open) {
            repeat {
                var parser = ExpressionParser(cursor, scope: builder.scope)
                arguments.append(try parser.expression())
                cursor = parser.cursor
            } while cursor.take(.comma)
            try cursor.expect(.close, "after the arguments of the noise law")
        }
        let batch = try batchSize(&cursor, of: name)
        guard let law = NoiseLaw(name: name, arguments: arguments)?.withBatch(batch) else {
            if name == "sample" {
                throw cursor.failure(
                    at: token, "a sample is at least two numbers, not all the same",
                    remedy: "Write the values of single samples, such as `sample(-1, 0, 1/2, 3)`.")
            }
            let spellings = NoiseLaw.spellings
            if let spelling = spellings.first(where: { $0.prefix { $0 != "(" } == name }) {
                throw cursor.failure(at: token, "expected the noise law as `\(spelling)`")
            }
            let nearest = nearestName(to: name, among: spellings.map { String($0.prefix { $0 != "(" }) })
            throw cursor.failure(
                at: token, "unknown noise law `\(name)`",
                remedy: nearest.map { "Did you mean `\($0)`?" } ?? "The laws are \(spellings.joined(separator: ", ")).")
        }
        let isCorrelated = cursor.token.kind == .name("correlated")
        if isCorrelated { cursor.advance() }
        var scale = UpdateRule.Scale.ofCoordinate
        if cursor.take(.comma) {
            if cursor.token.kind == .name(UpdateRule.Scale.isotropic.rawValue) {
                cursor.advance()
                scale = .isotropic
            } else {
                try positionDependentScale(&cursor)
                scale = .ofPosition
            }
        }
        try at(keyword) { () throws(RuleDefect) in
            try builder.setNoise(law, isCorrelated: isCorrelated, scale: scale)
        }
    }

    /// `batch 4` after a sample.
    private func batchSize(_ cursor: inout TokenCursor, of law: String) throws(Diagnostic) -> Int {
        guard law == "sample", cursor.token.kind == .name("batch") else { return 1 }
        cursor.advance()
        guard case .number(let number) = cursor.token.kind, let size = number.asInt, size >= 1 else {
            throw cursor.expected("the size of the batch", remedy: "It is a whole number from 1.")
        }
        cursor.advance()
        return size
    }

    /// `scale sigma(x)`.
    private func positionDependentScale(_ cursor: inout TokenCursor) throws(Diagnostic) {
        let position = builder.states.first?.name ?? "x"
        let remedy = "A scale that depends on the position is declared by `scale sigma(\(position))`."
        for word in ["scale", UpdateRule.noiseScale.name] {
            guard cursor.token.kind == .name(word) else { throw cursor.expected("`\(word)`", remedy: remedy) }
            cursor.advance()
        }
        try cursor.expect(.open, remedy: remedy)
        guard cursor.token.kind == .name(position) else { throw cursor.expected("`\(position)`", remedy: remedy) }
        cursor.advance()
        try cursor.expect(.close, remedy: remedy)
    }
}
