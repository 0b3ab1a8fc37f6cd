/// The grammar of a command, from which its arguments are read and its help is written.
struct CommandSyntax: Sendable {
    struct Example: Hashable, Sendable {
        let purpose: String
        /// What follows `continuum`.
        let arguments: String
    }

    let name: String
    /// What the command gives, in a line.
    let summary: String
    /// The name and the meaning of the operand; nil where there is none.
    var operand: (name: String, help: String)?
    /// The name and the meaning of any number of further operands; nil where there are none.
    var moreOperands: (name: String, help: String)?
    /// What a reader of the help must know beyond the options.
    var details: [String] = []
    /// Options beyond the common ones, in the order of the help.
    var options: [Option] = []
    var examples: [Example] = []

    var allOptions: [Option] { options + Option.common }

    /// The operand of all commands that act on a rule.
    static let rule = (name: "RULE", help: "the name of a built-in rule in any letter case, or the path of a rule file")
}

extension CommandSyntax {
    var usage: String {
        let names = [operand?.name, moreOperands.map { "[\($0.name)...]" }].compactMap(\.self)
        return (["continuum", name] + names + ["[options]"]).joined(separator: " ")
    }

    var helpText: String {
        var text = "\(summary)\n\nusage: \(usage)\n"
        let operands = [operand, moreOperands].compactMap(\.self)
        if !operands.isEmpty { text += "\n" + operands.map { "  \($0.name)  \($0.help)\n" }.joined() }
        if !details.isEmpty { text += "\n" + details.map { $0 + "\n" }.joined(separator: "\n") }
        let titles = allOptions.map { "\($0.spelling)\($0.value.map { " " + $0 } ?? "")" }
        let width = (titles.map(\.count).max() ?? 0) + 2
        text += "\noptions\n"
        for (title, option) in zip(titles, allOptions) {
            let indent = String(repeating: " ", count: width + 2)
            let lines = CommandSyntax.wrapped(option.help, width: 100 - width)
            text += "  \(title)\(String(repeating: " ", count: width - title.count))"
            text += lines.joined(separator: "\n\(indent)") + "\n"
        }
        if !examples.isEmpty {
            text += "\nexamples\n"
            text += examples.map { "  \($0.purpose):\n    continuum \($0.arguments)\n" }.joined()
        }
        return text
    }

    /// The text in lines of at most `width` characters, broken between words.
    private static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + word.count + 1 > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return lines + [line]
    }
}
