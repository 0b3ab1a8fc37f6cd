import Report

/// A figure of the seed paper made again: the picture, its data, and what became of the claims that it makes.
public struct ReproducedFigure: Sendable {
    /// Something that the figure is said to show, with what was measured.
    public struct Claim: Hashable, Sendable {
        public let statement: String
        /// What the theory or the paper has.
        public let predicted: String
        /// What was measured, with its 95% interval where it is sampled.
        public let measured: String
        public let holds: Bool
    }

    public let name: String
    public let title: String
    public internal(set) var figure = Figure([])
    /// The statistics behind each panel, as comma-separated values, by the name of a file.
    public internal(set) var data: [(file: String, csv: String)] = []
    public internal(set) var claims: [Claim] = []
    /// Settings that the paper does not tell, and how they were chosen.
    public internal(set) var notes: [String] = []

    init(name: String, title: String) {
        self.name = name
        self.title = title
    }

    mutating func add(_ panel: Plot, file: String, _ csv: String) {
        figure.panels.append(panel)
        data.append((file, csv))
    }
}
