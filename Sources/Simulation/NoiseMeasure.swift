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

    /// Values of a function of the noise with weights that integrate any smooth function of these values.
    ///
    /// Between kinks the law is integrated by Gauss-Legendre rules on short panels; where the function is constant
    /// between two kinks one value with the exact probability stands for the piece.
    ///
    /// - Parameter kinks: functions at whose changes of sign the function is not smooth.
    func nodes(
        kinks: [(Double) -> Double], of function: (Double) -> Double
    ) -> [(value: Double, weight: Double)] {
        switch self {
        case .atoms(let atoms):
            return atoms.map { (function($0.value), $0.weight) }
        case .density(let density, let distribution, let range, let breaks):
            let panels = Self.panels(range, breaks: breaks)
            let zeros = kinks.flatMap { Self.signChanges(of: $0, on: panels) }.sorted()
            let edges = [range.lowerBound] + zeros + [range.upperBound]
            var nodes: [(value: Double, weight: Double)] = []
            for (a, b) in zip(edges, edges.dropFirst()) where b > a {
                if let constant = Self.constant(function, from: a, to: b) {
                    let below = a == range.lowerBound ? 0 : distribution(a)
                    let above = b == range.upperBound ? 1 : distribution(b)
                    nodes.append((constant, above - below))
                    continue
                }
                let cuts = [a] + panels.filter { $0 > a && $0 < b } + [b]
                for (left, right) in zip(cuts, cuts.dropFirst()) {
                    let half = (right - left) / 2
                    for (node, weight) in zip(Self.rule.nodes, Self.rule.weights) {
                        let z = left + half * (1 + node)
                        nodes.append((function(z), weight * half * density(z)))
                    }
                }
            }
            // The quadrature's own rounding and the neglected tails must not make or lose mass.
            let total = nodes.reduce(0) { $0 + $1.weight }
            return nodes.map { ($0.value, $0.weight / total) }
        }
    }

    private static let rule = GaussRule.legendre(16)

    /// Panels of width 2.8 around the centre that grow by a third outward, so that long tails cost little.
    private static func panels(_ range: ClosedRange<Double>, breaks: [Double]) -> [Double] {
        var edges = [range.lowerBound, range.upperBound] + breaks.filter { range.contains($0) }
        var (edge, width) = (0.0, 2.8)
        while edge < max(range.upperBound, -range.lowerBound) {
            edges += [edge, -edge].filter { range.contains($0) }
            edge += width
            if edge > 8 { width *= 4.0 / 3 }
        }
        return Set(edges).sorted()
    }

    private static func signChanges(of kink: (Double) -> Double, on panels: [Double]) -> [Double] {
        var zeros: [Double] = []
        for (left, right) in zip(panels, panels.dropFirst()) {
            let points = (0...4).map { left + (right - left) * Double($0) / 4 }
            for (a, b) in zip(points, points.dropFirst()) where (kink(a) < 0) != (kink(b) < 0) {
                zeros.append(bisect(kink, a, b))
            }
        }
        return zeros
    }

    private static func bisect(_ kink: (Double) -> Double, _ a: Double, _ b: Double) -> Double {
        var (a, b) = (a, b)
        let isNegative = kink(a) < 0
        for _ in 0..<60 {
            let middle = a + (b - a) / 2
            if middle == a || middle == b { break }
            if (kink(middle) < 0) == isNegative { a = middle } else { b = middle }
        }
        return a + (b - a) / 2
    }

    /// The value of the function if it is the same at five irregular points of the interval.
    private static func constant(_ function: (Double) -> Double, from a: Double, to b: Double) -> Double? {
        let value = function(a + 0.5 * (b - a))
        let others = [0.031, 0.237, 0.741, 0.983].map { function(a + $0 * (b - a)) }
        return others.allSatisfy { $0 == value } ? value : nil
    }
}
