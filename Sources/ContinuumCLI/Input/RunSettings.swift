/// What the numbers of an ensemble depend on, by name: parts of one run agree in all of it.
struct RunSettings: Codable, Equatable, Sendable {
    private struct Setting: Codable, Equatable, Sendable {
        let name: String
        let value: String
    }

    private var settings: [Setting] = []

    /// - Parameter value: nil where nothing was given.
    mutating func append(_ name: String, _ value: String?) {
        settings.append(Setting(name: name, value: value ?? ""))
    }

    /// The first difference in words: `--seed is 2 here and 1 there`.
    func difference(from other: RunSettings, here: String, there: String) -> String? {
        for (mine, theirs) in zip(settings, other.settings) where mine != theirs {
            guard mine.name == theirs.name else { break }
            return "\(mine.name) is \(Self.shown(mine.value)) in \(here) and \(Self.shown(theirs.value)) in \(there)"
        }
        return self == other ? nil : "they were written by different versions of continuum"
    }

    private static func shown(_ value: String) -> String {
        if value.isEmpty { return "not given" }
        let line = value.split(whereSeparator: \.isNewline).joined(separator: "; ")
        return line.count <= 200 ? line : line.prefix(200) + "..."
    }
}
