import Algebra

/// The arguments of a command, with the values of its options as texts.
struct ParsedArguments: Sendable {
    let syntax: CommandSyntax
    private let values: [String: [String]]
    /// The operand; empty only for a command that has none.
    let operand: String
    /// The operands after the first.
    let moreOperands: [String]

    init(syntax: CommandSyntax, values: [String: [String]], operands: [String]) {
        self.syntax = syntax
        self.values = values
        operand = operands.first ?? ""
        moreOperands = Array(operands.dropFirst())
    }

    /// The value of an option, where it was given.
    subscript(option: Option) -> String? { values[option.name]?.last }

    /// Every value of an option that may be repeated.
    func all(_ option: Option) -> [String] { values[option.name] ?? [] }

    func contains(_ option: Option) -> Bool { values[option.name] != nil }

    // MARK: Typed values

    /// One of the names that a type has.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ option: Option, default value: Choice, among choices: [Choice] = Array(Choice.allCases)
    ) throws(Failure) -> Choice where Choice.RawValue == String {
        guard let text = self[option] else { return value }
        guard let choice = choices.first(where: { $0.rawValue == text.lowercased() }) else {
            let names = choices.map(\.rawValue)
            let nearest = nearestName(to: text, among: names).map { "; did you mean '\($0)'?" } ?? ""
            throw Failure("\(option.spelling) is one of \(names.joined(separator: ", ")), not '\(text)'\(nearest)")
        }
        return choice
    }

    /// A whole number within bounds; `1e5` and `10_000` are read too.
    func integer(_ option: Option, in range: ClosedRange<Int>) throws(Failure) -> Int? {
        guard let text = self[option] else { return nil }
        let number = Int(text) ?? Double(text.replacing("_", with: "")).flatMap { Int(exactly: $0) }
        guard let number else { throw Failure("\(option.spelling) is a whole number, not '\(text)'") }
        guard range.contains(number) else {
            let bound =
                range.upperBound == .max
                ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
            throw Failure("\(option.spelling) is \(bound), not \(text)")
        }
        return number
    }

    /// A positive finite number.
    func positive(_ option: Option) throws(Failure) -> Double? {
        guard let text = self[option] else { return nil }
        return try positive(text, of: option)
    }

    /// A list of positive finite numbers, separated by commas.
    func positives(_ option: Option) throws(Failure) -> [Double]? {
        guard let text = self[option] else { return nil }
        var result: [Double] = []
        for part in text.splitAtCommas { result.append(try positive(part, of: option)) }
        return result
    }

    private func positive(_ text: String, of option: Option) throws(Failure) -> Double {
        let number = try NumberInput.value(text, of: option.spelling)
        guard number > 0 else { throw Failure("\(option.spelling) takes positive numbers, not \(text)") }
        return number
    }

    /// A list of finite numbers, separated by commas.
    func numbers(_ option: Option) throws(Failure) -> [Double]? {
        guard let text = self[option] else { return nil }
        var result: [Double] = []
        for part in text.splitAtCommas { result.append(try NumberInput.value(part, of: option.spelling)) }
        return result
    }
}
