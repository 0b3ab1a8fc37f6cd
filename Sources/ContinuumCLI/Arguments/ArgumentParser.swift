import Algebra

/// Reads the arguments of one command.
///
/// Options and operands come in any order; `--` ends the options. An option that takes a value takes the next argument,
/// whatever it begins with, unless that is an option of the command.
struct ArgumentParser {
    private let syntax: CommandSyntax
    private var rest: ArraySlice<String>
    private var values: [String: [String]] = [:]
    private var operands: [String] = []

    /// - Throws: a failure for an unknown option (with the nearest name), a missing value, an option given twice, and
    ///   an operand too few or too many.
    static func parse(_ arguments: [String], as syntax: CommandSyntax) throws(Failure) -> ParsedArguments {
        var parser = ArgumentParser(syntax, arguments)
        try parser.run()
        return ParsedArguments(syntax: syntax, values: parser.values, operands: parser.operands)
    }

    private init(_ syntax: CommandSyntax, _ arguments: [String]) {
        self.syntax = syntax
        rest = arguments[...]
    }

    private mutating func run() throws(Failure) {
        var endsOptions = false
        while let argument = rest.popFirst() {
            if endsOptions || argument == "-" || !argument.hasPrefix("-") {
                operands.append(argument)
            } else if argument == "--" {
                endsOptions = true
            } else {
                try readOption(argument)
            }
        }
        if values[Option.help.name] != nil { return }
        if let operand = syntax.operand, operands.isEmpty {
            throw failure("\(syntax.name) needs a \(operand.name): \(operand.help)")
        }
        let limit = syntax.operand == nil ? 0 : syntax.moreOperands == nil ? 1 : Int.max
        if operands.count > limit {
            throw failure("unexpected argument '\(operands[limit])'; options begin with '--'")
        }
    }

    private mutating func readOption(_ argument: String) throws(Failure) {
        if argument == "-h" {
            values[Option.help.name] = [""]
            return
        }
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = String(parts[0].drop { $0 == "-" })
        guard argument.hasPrefix("--"), let option = syntax.allOptions.first(where: { $0.name == name }) else {
            let nearest = nearestName(to: name, among: syntax.allOptions.map(\.name))
            let remedy = nearest.map { "; did you mean '--\($0)'?" } ?? ""
            throw failure("unknown option '\(parts[0])'\(remedy)")
        }
        guard values[name] == nil || option.isRepeatable else {
            throw failure("the option '\(option.spelling)' is given twice")
        }
        values[name, default: []].append(try value(of: option, inline: parts.count > 1 ? parts[1] : nil))
    }

    private mutating func value(of option: Option, inline: String?) throws(Failure) -> String {
        guard let form = option.value else {
            if inline != nil { throw failure("the option '\(option.spelling)' takes no value") }
            return ""
        }
        if let inline { return inline }
        guard let next = rest.first, !isOption(next) else {
            throw failure("the option '\(option.spelling)' needs a value: \(option.spelling) \(form)")
        }
        rest.removeFirst()
        return next
    }

    private func isOption(_ argument: String) -> Bool {
        guard argument.hasPrefix("--") else { return false }
        let name = argument.dropFirst(2).prefix { $0 != "=" }
        return syntax.allOptions.contains { $0.name == name }
    }

    private func failure(_ message: String) -> Failure {
        Failure("\(message)\nSee 'continuum \(syntax.name) --help'.")
    }
}
