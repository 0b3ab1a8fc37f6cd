import Algebra
import Rules

/// Names and numbers as in `--set eta=0.01,rho=2`.
struct Assignments: Sendable {
    private(set) var values: [String: Double] = [:]
    /// The texts of noise scales that are no numbers but formulas in the position.
    private(set) var formulas: [String: String] = [:]
    /// The texts of values that are formulas in the step size.
    private(set) var gradedTexts: [String: String] = [:]
    /// In the order in which they were written.
    private(set) var names: [String] = []
    /// The option that they were given with, for messages.
    let option: Option

    init(option: Option) { self.option = option }

    /// - Parameter stepSize: the step size and its value, where values may be formulas in it.
    /// - Throws: a failure for a part without `=`, a value that is no number, and a name given twice.
    init(
        _ arguments: ParsedArguments, _ option: Option, stepSize: (symbol: Symbol, value: Double)? = nil
    ) throws(Failure) {
        self.init(option: option)
        let known = stepSize.map { [$0.symbol: $0.value] } ?? [:]
        for text in arguments.all(option) {
            for part in text.splitAtCommas {
                let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard sides.count == 2, !String(sides[0]).trimmed.isEmpty else {
                    throw Failure("\(option.spelling): expected NAME=VALUE, not '\(part)'")
                }
                let name = Assignments.ascii(String(sides[0]).trimmed)
                let right = String(sides[1]).trimmed
                if option == EvaluateCommand.set, Assignments.isFormula(right, of: name) {
                    guard formulas[name] == nil, values[name] == nil else {
                        throw Failure("\(option.spelling): '\(name)' is given twice")
                    }
                    formulas[name] = right
                    continue
                }
                if right.hasPrefix("("), right.hasSuffix(")") {
                    // One value for each coordinate.
                    for (number, text) in String(right.dropFirst().dropLast()).splitAtCommas.enumerated() {
                        let own = "\(name)\(number + 1)"
                        guard values[own] == nil else { throw Failure("\(option.spelling): '\(own)' is given twice") }
                        set(own, to: try NumberInput.value(text.trimmed, of: "\(option.spelling) \(own)", at: known))
                    }
                    continue
                }
                let value = try NumberInput.value(right, of: "\(option.spelling) \(name)", at: known)
                if !known.isEmpty, (try? NumberInput.value(right, of: name)) == nil { gradedTexts[name] = right }
                guard values[name] == nil, formulas[name] == nil else {
                    throw Failure("\(option.spelling): '\(name)' is given twice")
                }
                set(name, to: value)
            }
        }
    }

    mutating func set(_ name: String, to value: Double) {
        if values[name] == nil { names.append(name) }
        values[name] = value
    }

    mutating func remove(_ name: String) -> Double? {
        names.removeAll { $0 == name }
        return values.removeValue(forKey: name)
    }

    subscript(name: String) -> Double? { values[name] }

    /// Whether the text is a formula in the position for a noise scale.
    private static func isFormula(_ text: String, of name: String) -> Bool {
        let scale = UpdateRule.noiseScale.name
        guard name.hasPrefix(scale), name.dropFirst(scale.count).allSatisfy(\.isNumber) else { return false }
        // A coordinate is an x that is no part of a longer word, such as exp or max.
        let letters = Array(text)
        return letters.indices.contains { k in
            letters[k] == "x" && (k == 0 || !letters[k - 1].isLetter)
                && (k + 1 == letters.count || !letters[k + 1].isLetter)
        }
    }

    /// The name as the rule language spells it: Greek letters by their names, subscript digits as digits.
    static func ascii(_ name: String) -> String {
        name.unicodeScalars.reduce(into: "") { result, scalar in
            if let letter = GreekAlphabet.name(of: scalar) {
                result += letter
            } else if ("₀"..."₉").contains(scalar) {
                result += String(scalar.value - 0x2080)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }
}
