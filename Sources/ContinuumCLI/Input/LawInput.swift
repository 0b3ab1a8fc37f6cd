import Algebra
import ExactNumbers
import Probability
import Rules

/// A noise law as the option `--noise` has it.
enum LawInput {
    /// The law, and whether `correlated` stands after it.
    static func splitCorrelated(_ text: String) -> (law: String, isCorrelated: Bool) {
        let words = text.trimmed.split(separator: " ")
        guard words.count > 1, words.last == "correlated" else { return (text, false) }
        return (String(text.trimmed.dropLast("correlated".count)).trimmed, true)
    }

    /// `gaussian`, `student(3)`, `student(nu)`, `sample(-1, 0, 3) batch 4`: a name that is no parameter of the rule is a
    /// new positive parameter.
    static func law(_ text: String, in rule: UpdateRule) throws(Failure) -> NoiseLaw {
        let (text, batch) = try splitBatch(text.trimmed)
        let name = String(text.prefix { $0 != "(" }).trimmed.lowercased()
        let rest = text.dropFirst(text.prefix { $0 != "(" }.count)
        let isClosed = rest.isEmpty || (rest.last == ")" && rest.count > 2)
        let parts = isClosed && !rest.isEmpty ? String(rest.dropFirst().dropLast()).splitAtCommas : []
        if name == "sample", isClosed { return try sample(parts, batch: batch ?? 1) }
        guard batch == nil else {
            throw Failure("--noise: 'batch' is for a sample\nUse --batch to divide the variance of another law by B.")
        }
        var scope = Scope()
        for parameter in rule.parameters { scope.declare(parameter.symbol) }
        var arguments: [Expression] = []
        for part in parts {
            if isName(part), rule.parameter(named: part) == nil { scope.declare(Symbol(part, bounds: .positive)) }
            do { arguments.append(try Expression(parsing: part, in: scope, file: "--noise")) } catch {
                throw Failure(error)
            }
        }
        guard isClosed, let law = NoiseLaw(name: name, arguments: arguments) else {
            let names = NoiseLaw.spellings.map { String($0.prefix { $0 != "(" }) }
            let nearest = nearestName(to: name, among: names).flatMap { $0 == name ? nil : "; did you mean '\($0)'?" }
            let laws = NoiseLaw.spellings.joined(separator: ", ")
            throw Failure("--noise: there is no law '\(text)'\(nearest ?? "")\nThe laws are \(laws).")
        }
        return law
    }

    /// The text before `batch N`, and N.
    private static func splitBatch(_ text: String) throws(Failure) -> (String, Int?) {
        guard let close = text.lastIndex(of: ")") else { return (text, nil) }
        let words = text[text.index(after: close)...].split(separator: " ")
        guard words.first == "batch" else { return (text, nil) }
        guard words.count == 2, let size = Int(words[1]), size >= 1 else {
            throw Failure("--noise: expected the size of the batch after 'batch'\nIt is a whole number from 1.")
        }
        return (String(text[...close]), size)
    }

    /// A sample from its values, or from a file of them.
    private static func sample(_ parts: [String], batch: Int) throws(Failure) -> NoiseLaw {
        var texts = parts
        if parts.count == 1, let name = parts.first {
            texts = try SampleFile.words(of: name)
        }
        var values: [Rational] = []
        for text in texts {
            let value: Expression
            do { value = try Expression(parsing: text, in: Scope(), file: "--noise") } catch { throw Failure(error) }
            guard let number = value.number else {
                throw Failure("--noise: '\(text)' of the sample is no rational number")
            }
            values.append(number)
        }
        guard let law = NoiseLaw(sample: values, batch: batch) else {
            throw Failure("--noise: a sample is at least two numbers, not all the same")
        }
        return law
    }

    private static func isName(_ text: String) -> Bool {
        text.first?.isLetter == true && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }
}
