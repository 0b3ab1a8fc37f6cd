/// An option of a command: `--name value`, `--name=value`, or `--name` alone for a flag.
struct Option: Hashable, Sendable {
    /// The name without the two hyphens.
    let name: String
    /// What stands for the value in the help; nil for a flag.
    let value: String?
    let help: String
    /// Whether the option may be given several times.
    let isRepeatable: Bool

    init(_ name: String, _ value: String?, _ help: String, isRepeatable: Bool = false) {
        self.name = name
        self.value = value
        self.help = help
        self.isRepeatable = isRepeatable
    }

    /// As the user writes it.
    var spelling: String { "--\(name)" }
}

extension Option {
    static let help = Option("help", nil, "show this help")
    static let output = Option("output", "FILE", "write the result to a file instead of standard output")
    static let quiet = Option("quiet", nil, "no progress and no notes on standard error")

    /// The options that every command has.
    static let common: [Option] = [.output, .quiet, .help]
}
