import Numerics

/// The law of the standardized gradient noise, as a measure to integrate against.
public enum NoiseMeasure: Sendable {
    /// Finitely many values with their probabilities.
    case atoms([(value: Double, weight: Double)])
    /// A density on an interval that holds all but a negligible part of the law, with its distribution function;
    /// `breaks` are points at which the density is not smooth.
    case density(
        @Sendable (Double) -> Double, distribution: @Sendable (Double) -> Double, range: ClosedRange<Double>,
        breaks: [Double])

    /// The standard normal law; 4e-17 of it lies outside the range.
    public static let gaussian = NoiseMeasure.density(
        { SpecialFunctions.normalDensity($0) }, distribution: { SpecialFunctions.normalDistribution($0) },
        range: -8.4...8.4, breaks: [])

    /// -1 or 1 with probability one half each.
    public static let rademacher = NoiseMeasure.atoms([(-1, 0.5), (1, 0.5)])
}

/// A quadrature rule for a law with a density: Gauss-Legendre rules on panels, each so short that halving it changes
/// nothing.
struct NoiseQuadrature: Sendable {
    /// Values of the noise with their weights.
    struct Nodes {
        var values: [Double] = []
        var weights: [Double] = []
    }

    private struct Panel {
        let lower: Double
        let upper: Double
        let nodes: Nodes
    }

    private let panels: [Panel]
    private let density: @Sendable (Double) -> Double
    private let distribution: @Sendable (Double) -> Double

    /// - Returns: `nil` for a law with atoms.
    init?(_ measure: NoiseMeasure) {
        guard case .density(let density, let distribution, let range, let breaks) = measure else { return nil }
        (self.density, self.distribution) = (density, distribution)
        let edges = Self.edges(range, breaks: breaks)
        panels = zip(edges, edges.dropFirst()).flatMap { Self.panels(from: $0, to: $1, density, depth: 0) }
    }

    /// The ends of the panels, ascending.
    var edges: [Double] { panels.map(\.lower) + panels.suffix(1).map(\.upper) }

    var lower: Double { panels.first?.lower ?? 0 }
    var upper: Double { panels.last?.upper ?? 0 }

    /// The probability of the noise between two numbers; the ends of the range stand for infinity.
    func probability(from a: Double, to b: Double) -> Double {
        (b == upper ? 1 : distribution(b)) - (a == lower ? 0 : distribution(a))
    }

    /// Adds the rule for the part of the law between two numbers, for a function that is smooth there.
    func append(from a: Double, to b: Double, to nodes: inout Nodes) {
        for panel in panels where panel.upper > a && panel.lower < b {
            let isWhole = panel.lower >= a && panel.upper <= b
            let part =
                isWhole ? panel.nodes : Self.rule(from: max(a, panel.lower), to: min(b, panel.upper), density)
            nodes.values += part.values
            nodes.weights += part.weights
        }
    }

    /// The rule for a function that is smooth between some points.
    func nodes(cutAt cuts: [Double]) -> Nodes {
        var nodes = Nodes()
        let edges = [lower] + cuts.filter { $0 > lower && $0 < upper }.sorted() + [upper]
        for (a, b) in zip(edges, edges.dropFirst()) where b > a { append(from: a, to: b, to: &nodes) }
        return nodes
    }

    private static let rule = GaussRule.legendre(16)

    private static func rule(from a: Double, to b: Double, _ density: (Double) -> Double) -> Nodes {
        let half = (b - a) / 2
        let values = rule.nodes.map { a + half * (1 + $0) }
        return Nodes(values: values, weights: zip(values, rule.weights).map { half * $1 * density($0) })
    }

    /// The panel, or its halves where they give another probability.
    private static func panels(
        from a: Double, to b: Double, _ density: (Double) -> Double, depth: Int
    ) -> [Panel] {
        let whole = Panel(lower: a, upper: b, nodes: rule(from: a, to: b, density))
        let middle = a + (b - a) / 2
        let halves = [(a, middle), (middle, b)].map { rule(from: $0, to: $1, density) }
        let difference = halves.flatMap(\.weights).reduce(0, +) - whole.nodes.weights.reduce(0, +)
        guard difference.magnitude > 1e-14, depth < 12 else { return [whole] }
        return panels(from: a, to: middle, density, depth: depth + 1)
            + panels(from: middle, to: b, density, depth: depth + 1)
    }

    /// Panels of width 2.8 around the centre, each twice as wide as the one before in long tails.
    private static func edges(_ range: ClosedRange<Double>, breaks: [Double]) -> [Double] {
        var edges = [range.lowerBound, range.upperBound] + breaks.filter { range.contains($0) }
        var (edge, width) = (0.0, 2.8)
        while edge < max(range.upperBound, -range.lowerBound) {
            edges += [edge, -edge].filter { range.contains($0) }
            edge += width
            if edge > 8 { width *= 2 }
        }
        return Set(edges).sorted()
    }
}
