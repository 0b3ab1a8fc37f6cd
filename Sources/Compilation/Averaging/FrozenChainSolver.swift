import Algebra
import Matching
import Numerics
import Probability

/// Stationary means and long-run covariances of rates along a frozen chain, by quadrature of its transition operator.
///
/// With the operator `(P f)(u) = E f(F(u, g))` on piecewise polynomials, the stationary law is its left null vector `w`
/// of `I - P`, and the sum of later covariances follows from the Poisson equation `(I - P) chi = E h - c`. A rate that is
/// affine in the companion, `k0 + k1 m`, leads to equations for polynomials in `m` whose coefficients are functions of `u`
/// alone. The range of the state is extended until the law has no weight at its ends.
struct FrozenChainSolver: Sendable {
    /// By how much the values on two grids may differ, relatively.
    static let accuracy = 1e-9

    /// F, the companion's forcing b, then k0 and k1 of each rate; the inputs are u, the standardized noise and the arguments.
    private let functions: Program
    private let kinks: Program
    /// The mean and the scale of the draw, the companion's slope, and the parameters of the law.
    private let constants: Program
    private let rateCount: Int
    private let law: NoiseLaw
    private let lawSymbols: [Symbol]
    private let hasCompanion: Bool
    private let isNonnegative: Bool
    /// The place among the arguments of the mean of the draw, where it is one of them.
    let meanPosition: Int?

    init(_ chain: FrozenFunction, rates: [Expression], _ parameters: [Symbol]) throws(CompilationError) {
        let noise = GradientDraw.variable
        let gradient = chain.draw.mean + chain.draw.scale * Expression(noise)
        var formulas = [chain.next, chain.companionForcing]
        for rate in rates {
            if let companion = chain.companion {
                formulas += [rate.substituting(companion, by: .zero), rate.derivative(by: companion)]
            } else {
                formulas += [rate, .zero]
            }
        }
        formulas = formulas.map { $0.substituting(chain.draw.symbol, by: gradient) }
        let inputs = [chain.state, noise] + parameters
        functions = try Program(formulas, inputs: inputs)
        var arguments: [Expression] = []
        for kink in formulas.flatMap(\.kinks) where kink.contains(noise) && !arguments.contains(kink) {
            arguments.append(kink)
        }
        kinks = try Program(arguments, inputs: inputs)
        lawSymbols = Set(chain.draw.law.arguments.flatMap(\.symbols)).sorted()
        constants = try Program(
            [chain.draw.mean, chain.draw.scale, chain.companionSlope] + lawSymbols.map { Expression($0) },
            inputs: parameters)
        law = chain.draw.law
        rateCount = rates.count
        hasCompanion = chain.companion != nil
        isNonnegative = chain.state.bounds.isNonnegative
        meanPosition = chain.draw.mean.symbol.flatMap { parameters.firstIndex(of: $0) }
    }

    func scale(at arguments: [Double]) -> Double { constants(arguments)[1] }

    /// The stationary mean of the first rate; NaN where it is not found to 1e-8.
    func mean(at arguments: [Double]) -> Double {
        settled(at: arguments) { $0.mean(of: 0) }
    }

    /// The long-run covariance of the first and the last rate; NaN where it is not found to 1e-8.
    func covariance(at arguments: [Double]) -> Double {
        settled(at: arguments) { [rateCount] in $0.covariance(0, rateCount - 1) }
    }

    /// The value on two grids that agree.
    private func settled(at arguments: [Double], _ value: (ChainGrid) -> Double?) -> Double {
        guard arguments.allSatisfy(\.isFinite), var range = range(at: arguments) else { return .nan }
        var last = Double.nan
        for (panels, nodes) in [(6, 9), (6, 13), (12, 17), (24, 17), (48, 21)] {
            range.panels = panels
            guard let grid = grid(at: arguments, range, nodes: nodes), let next = value(grid), next.isFinite else {
                return .nan
            }
            if (next - last).magnitude <= Self.accuracy * max(next.magnitude, last.magnitude) + 1e-13 { return next }
            last = next
        }
        return .nan
    }

    // MARK: The noise

    /// Panels on which the density is smooth, wider in the tails.
    private func panels(_ law: NumericNoiseLaw) -> [Double] {
        let top = law.support.upper.isFinite ? law.support.upper : -law.quantile(1e-17)
        var edges: [Double] = law.kinks + [-top, top]
        var (edge, width) = (0.0, 1.0)
        while edge < top {
            edges += [edge, -edge]
            edge += width
            if edge > 6 { width *= 1.5 }
        }
        return Set(edges.filter { $0.magnitude <= top }).sorted()
    }

    private func numericLaw(at arguments: [Double]) -> NumericNoiseLaw? {
        let values = constants(arguments)
        return try? NumericNoiseLaw(law, at: Dictionary(uniqueKeysWithValues: zip(lawSymbols, values.dropFirst(3))))
    }

    /// Nodes and weights of the noise at one state, cut at the kinks.
    private func noise(
        at state: Double, _ arguments: [Double], _ law: NumericNoiseLaw, _ panels: [Double]
    ) -> (nodes: [Double], weights: [Double]) {
        var edges = panels
        if kinks.outputCount > 0 {
            func values(_ z: Double) -> [Double] { kinks([state, z] + arguments) }
            // The zeros of one kink part those of another that lie close together, as |g| = c does about g = 0.
            for _ in 0..<2 {
                let points = Set(edges).sorted()
                let table = points.map(values)
                for k in 0..<kinks.outputCount {
                    for (left, right) in zip(points.indices, points.indices.dropFirst()) {
                        let (low, high) = (table[left][k], table[right][k])
                        guard low != 0, high != 0, (low < 0) != (high < 0) else { continue }
                        edges.append(Self.zero(between: (points[left], low), (points[right], high)) { values($0)[k] })
                    }
                }
            }
            edges = Set(edges).sorted()
        }
        var (nodes, weights): ([Double], [Double]) = ([], [])
        for (a, b) in zip(edges, edges.dropFirst()) {
            let half = 0.5 * (b - a)
            for (node, weight) in zip(Self.rule.nodes, Self.rule.weights) {
                let z = a + half * (1 + node)
                nodes.append(z)
                weights.append(weight * half * law.density(z))
            }
        }
        let total = weights.reduce(0, +)
        return (nodes, weights.map { $0 / total })
    }

    private static let rule = GaussRule.legendre(14)
    /// A probability above what rounding leaves of the stationary law, and below what would show.
    private static let negligible = 1e-10

    /// By the method of Illinois.
    private static func zero(
        between a: (z: Double, value: Double), _ b: (z: Double, value: Double), of f: (Double) -> Double
    ) -> Double {
        var (a, b) = (a, b)
        for _ in 0..<100 {
            if a.value == 0 { return a.z }
            let z = b.z - b.value * (b.z - a.z) / (b.value - a.value)
            let value = f(z)
            if value == 0 || (b.z - a.z).magnitude < 1e-15 * max(1, z.magnitude) { return z }
            if (value < 0) != (b.value < 0) { a = b } else { a.value *= 0.5 }
            if (z - b.z).magnitude <= 2e-16 * z.magnitude { return z }
            b = (z, value)
        }
        return b.z
    }

    // MARK: The state

    /// Edges of the panels of the state: even ones where most of the law is, wider ones outside.
    struct Range {
        var core: ClosedRange<Double>
        /// The number of panels of the core.
        var panels = 6
        var below: Int
        var above: Int
    }

    /// Where long runs of the chain stay.
    private func range(at arguments: [Double]) -> Range? {
        guard let law = numericLaw(at: arguments) else { return nil }
        let lanes = 64
        var state: UInt64 = 1
        func uniform() -> Double {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return (Double((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53
        }
        let draws = (0..<4096).map { _ in law.quantile(uniform()) }
        var values = [Double](repeating: isNonnegative ? 1e-3 * scale(at: arguments) : 0, count: lanes)
        var length = 256
        var last = (mean: Double.nan, low: 0.0, high: 0.0)
        while length <= 1 << 16 {
            var (sum, low, high) = (0.0, Double.infinity, -Double.infinity)
            for _ in 0..<length {
                let noise = (0..<lanes).map { _ in draws[Int(uniform() * 4096)] }
                values = evaluate(values, noise, arguments)[0]
                for value in values {
                    guard value.isFinite else { return nil }
                    sum += value
                    low = min(low, value)
                    high = max(high, value)
                }
            }
            let mean = sum / Double(length * lanes)
            if (mean - last.mean).magnitude < 0.02 * (high - low), length >= 512 {
                let margin = 0.25 * (high - low)
                guard margin > 0 else { return nil }
                return Range(
                    core: (isNonnegative ? max(low - margin, 0.5 * low) : low - margin)...(high + margin), below: 2,
                    above: 2)
            }
            last = (mean, low, high)
            length *= 2
        }
        return nil
    }

    private func edges(_ range: Range) -> [Double] {
        let (low, high) = (range.core.lowerBound, range.core.upperBound)
        let count = range.panels
        let width = (high - low) / Double(count)
        var edges = (0...count).map { low + width * Double($0) }
        let outer = (high - low) / 6
        var (edge, step) = (high, outer)
        for _ in 0..<range.above {
            edge += step
            edges.append(edge)
            step *= 2
        }
        (edge, step) = (low, outer)
        for _ in 0..<range.below {
            if isNonnegative { edge *= 0.4 } else { edge -= step }
            edges.insert(edge, at: 0)
            step *= 2
        }
        return edges
    }

    /// The functions at many states and noises.
    private func evaluate(_ states: [Double], _ noise: [Double], _ arguments: [Double]) -> [[Double]] {
        let count = states.count
        let rows = 2 + arguments.count + functions.outputCount
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: rows * count) { memory in
            guard let base = memory.baseAddress else { return [] }
            base.update(from: states, count: count)
            (base + count).update(from: noise, count: count)
            for (k, value) in arguments.enumerated() { (base + (2 + k) * count).update(repeating: value, count: count) }
            let results = base + (2 + arguments.count) * count
            functions.evaluate(
                inputs: (0..<2 + arguments.count).map { UnsafePointer(base + $0 * count) },
                outputs: (0..<functions.outputCount).map { results + $0 * count }, count: count)
            return (0..<functions.outputCount).map { k in
                Array(UnsafeBufferPointer(start: results + k * count, count: count))
            }
        }
    }

    /// The chain on a grid that holds all but a negligible part of its law.
    private func grid(at arguments: [Double], _ range: Range, nodes: Int) -> ChainGrid? {
        guard let law = numericLaw(at: arguments) else { return nil }
        var range = range
        let panels = panels(law)
        for _ in 0..<12 {
            let axis = PanelGrid(edges: edges(range), nodes: nodes)
            var rows: [ChainGrid.Row] = []
            for u in axis.points {
                let (z, weights) = noise(at: u, arguments, law, panels)
                let values = evaluate([Double](repeating: u, count: z.count), z, arguments)
                rows.append(ChainGrid.Row(weights: weights, values: values, places: values[0].map(axis.place)))
            }
            let slope = hasCompanion ? constants(arguments)[2] : 0
            guard let grid = ChainGrid(axis, rows, slope: slope) else { return nil }
            let (low, high) = grid.endWeights
            if low <= Self.negligible, high <= Self.negligible { return grid }
            if low > Self.negligible { range.below += 2 }
            if high > Self.negligible { range.above += 1 }
        }
        return nil
    }
}
