import Algebra
import Matching

/// What an averaged model averages over, and the functions in its formulas that have no closed form.
struct AveragesReport {
    private let averages: Averages?

    init(_ sde: SDE) { averages = sde.averages }

    private var definitions: [String] {
        var seen: Set<String> = []
        return (averages?.functions ?? []).filter { seen.insert($0.name).inserted }.map(\.definition)
    }

    /// A line for each function; empty where there is none.
    var text: String { definitions.map { $0 + "\n" }.joined() }

    var markdown: String {
        definitions.isEmpty ? "" : "where\n\n" + definitions.map { "- `\($0)`\n" }.joined() + "\n"
    }

    /// nil where nothing is averaged.
    var json: JSONValue? {
        guard let averages else { return nil }
        return [
            "fastStates": .array(averages.fastStates.map { .string($0.name) }),
            "functions": .array(definitions.map(JSONValue.string)),
            "oneStepVariance": averages.presentVariance.map { .string($0.text) } ?? .null,
        ]
    }
}
