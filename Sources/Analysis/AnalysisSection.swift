import Algebra
import Matching

/// A part of an analysis in the form in which it is read: named steps, then what follows.
public struct AnalysisSection: Hashable, Sendable {
    /// A number with its name.
    public struct Number: Hashable, Sendable {
        public let name: String
        public let value: Double

        init(_ name: String, _ value: Double) {
            self.name = name
            self.value = value
        }
    }

    public let part: AnalysisPart
    /// How the results come about.
    public let steps: [DerivationStep]
    public let results: [DerivationStep.Formula]
    public let numbers: [Number]
    /// What the results assume, and how far they reach.
    public internal(set) var notes: [String]

    init(
        _ part: AnalysisPart, steps: [DerivationStep], results: [DerivationStep.Formula] = [], numbers: [Number] = [],
        notes: [String] = []
    ) {
        self.part = part
        self.steps = steps
        self.results = results
        self.numbers = numbers
        self.notes = notes
    }
}
