import Algebra
import Compilation
import Foundation
import Matching
import Numerics
import Probability
import Rules

/// The one-step moments of an optimizer against the coefficients of its model, in the limit of small steps.
///
/// At several states and step sizes `h` the moments `E D/h - b` and `Cov(D)/h^2 - S` of the rule itself are integrated over
/// the noise and extrapolated to `h = 0` as polynomials in `sqrt(h)`: for an SDE that is matched to first order they vanish.
public struct OneStepCheck: Sendable {
    /// A coefficient at one state.
    public struct Entry: Sendable {
        /// `b[x]` or `S[x,v]`.
        public let coefficient: String
        /// The value of the model at the smallest step.
        public let model: Double
        /// What is left of the difference to the optimizer in the limit.
        public let difference: Double
        /// The difference in units of the coefficient, or of 1 where the coefficient is small.
        public var relative: Double { difference.magnitude / max(1, model.magnitude) }
    }

    public let entries: [Entry]
    /// The largest relative difference that counts as none.
    public static let tolerance = 1e-5

    public var largest: Double { entries.map(\.relative).max() ?? 0 }
    public var passes: Bool { entries.allSatisfy { $0.relative <= Self.tolerance } }
}

extension OneStepCheck {
    /// The steps, `1/h` whole so that the time 1 is that of a step.
    private static let steps = (0..<6).map { 0.04 / pow(4, Double($0)) }
    private static let time = 1.0

    /// The check of a derived model on the landscape `x^2/2 + x^4/8`.
    ///
    /// - Parameters:
    ///   - model: the SDE to check in place of the derived one.
    ///   - values: the values of the parameters at a step size.
    /// - Throws: ``SimulationError``.
    public init(
        of derivation: Derivation, model sde: SDE? = nil, values: (_ stepSize: Double) -> [String: Double],
        seed: UInt64 = 1
    ) throws(SimulationError) {
        let landscape: Landscape
        do {
            let x = Expression(Symbol("x", role: .position, indices: [.coordinate(1)]))
            landscape = try Landscape(x * x / 2 + Expression.power(x, 4) / 8)
        } catch {
            throw .compilation(error)
        }
        let states = Self.states(of: derivation.rule, seed: seed)
        let count = derivation.rule.states.count
        let names = derivation.rule.states.map(\.name)
        var differences = [[Double]](repeating: [], count: states.count * (count + count * (count + 1) / 2))
        var model: [Double] = []
        for step in Self.steps {
            let parameters = values(step)
            let accepted = Set(parameters.keys)
            let optimizer = try CompiledOptimizer(
                derivation.rule, draw: derivation.draw, on: landscape, parameters: parameters, accepting: accepted)
            let compiled: CompiledModel
            do {
                compiled = try (sde ?? derivation.sde).compiled(
                    on: landscape, parameters: parameters, accepting: accepted, draw: derivation.draw)
            } catch {
                throw .compilation(error)
            }
            model = []
            for state in states {
                let (mean, covariance) = try optimizer.oneStepMoments(at: state, time: Self.time)
                let (drift, spread) = (compiled.drift(state, Self.time), compiled.covariance(state, Self.time))
                for a in 0..<count {
                    differences[model.count].append(mean[a] / step - drift[a])
                    model.append(drift[a])
                }
                for a in 0..<count {
                    for c in a..<count {
                        differences[model.count].append(covariance[a, c] / (step * step) - spread[a, c])
                        model.append(spread[a, c])
                    }
                }
            }
        }
        var labels: [String] = names.map { "b[\($0)]" }
        for a in 0..<count { for c in a..<count { labels.append("S[\(names[a]),\(names[c])]") } }
        entries = model.indices.map { index in
            Entry(
                coefficient: labels[index % labels.count], model: model[index],
                difference: Self.limit(differences[index]))
        }
    }

    /// The value at zero of the polynomial in `sqrt(h)` through the values, by Neville's scheme.
    private static func limit(_ values: [Double]) -> Double {
        let roots = steps.map { $0.squareRoot() }
        var column = values
        for width in 1..<values.count {
            for index in 0..<values.count - width {
                let (far, near) = (roots[index], roots[index + width])
                column[index] = (far * column[index + 1] - near * column[index]) / (far - near)
            }
        }
        return column[0]
    }

    /// Three states in general position: positions of both signs, other states within their bounds.
    private static func states(of rule: UpdateRule, seed: UInt64) -> [[Double]] {
        let stream = RandomStream(seed: seed)
        return (0..<3).map { index in
            rule.states.enumerated().map { component, state in
                let u = stream.uniform(path: index, step: 0, component: component)
                if component == 0 { return (index == 1 ? -1 : 1) * (0.4 + 0.8 * u) }
                return state.symbol.bounds.isNonnegative ? 0.5 + u : 0.8 * u - 0.3
            }
        }
    }
}

extension CompiledOptimizer {
    /// Mean and covariance of the increments of one step from a state on one coordinate, integrated over the noise.
    ///
    /// - Throws: ``SimulationError/noise(_:)`` for a law without a density, ``SimulationError/compilation(_:)`` where the
    ///   quadrature does not converge.
    func oneStepMoments(at state: [Double], time: Double) throws(SimulationError) -> (
        mean: [Double], covariance: DenseMatrix
    ) {
        let step = Int((time / stepSize).rounded()) + 1
        let width = AdaptiveQuadrature.pointCount
        let lanes = LaneStorage(variables: variableCount, lanes: width)
        let noise = LaneStorage(variables: noiseCount, lanes: width)
        let others = noiseCount == 1 ? [(value: 0.0, weight: 1.0)] : law.nodes
        // An increment is known to the rounding of the state, which the division by the step magnifies.
        let quadrature = AdaptiveQuadrature(absoluteTolerance: 4e-15 / stepSize, relativeTolerance: 1e-12)
        let reach = max(law.support.lower, law.quantile(1e-18)).magnitude
        /// E of a function of the increments in units of the step.
        func expectation(_ body: ([Double]) -> Double) throws(SimulationError) -> Double {
            func values(at points: some Collection<Double>) -> [Double] {
                var sums = [Double](repeating: 0, count: points.count)
                for other in others {
                    for (lane, point) in points.enumerated() { noise.block[0][lane] = point }
                    if noiseCount > 1 { noise.block[1].update(repeating: other.value) }
                    for (variable, value) in state.enumerated() { lanes.block[variable].update(repeating: value) }
                    advance(lanes.block, noise: noise.block, step: step)
                    for lane in sums.indices {
                        sums[lane] +=
                            other.weight * body(state.indices.map { (lanes.block[$0][lane] - state[$0]) / stepSize })
                    }
                }
                return sums
            }
            guard law.atoms.isEmpty else {
                let weights = law.atoms.map(\.probability)
                return zip(values(at: law.atoms.map(\.value)), weights).reduce(0) { $0 + $1.0 * $1.1 }
            }
            do {
                return try quadrature.integral(
                    from: -reach, to: reach, breakpoints: law.kinks,
                    ofBatch: { points in
                        let results = values(at: points)
                        for lane in points.indices { points[lane] = law.density(points[lane]) * results[lane] }
                    })
            } catch {
                throw .quadrature(error)
            }
        }
        var mean: [Double] = []
        for a in state.indices { mean.append(try expectation { $0[a] }) }
        var covariance = DenseMatrix(rows: state.count, columns: state.count)
        for a in state.indices {
            for c in a..<state.count {
                let value = try expectation { [mean] in ($0[a] - mean[a]) * ($0[c] - mean[c]) }
                covariance[a, c] = value * stepSize * stepSize
                covariance[c, a] = covariance[a, c]
            }
        }
        return (mean.map { $0 * stepSize }, covariance)
    }
}

extension NumericNoiseLaw {
    /// The law as points with weights, for functions that are smooth in the noise of a second sample.
    fileprivate var nodes: [(value: Double, weight: Double)] {
        guard atoms.isEmpty else { return atoms.map { ($0.value, $0.probability) } }
        let edge = min(support.upper, quantile(1 - 1e-15).magnitude)
        let panels = 12
        let rule = GaussRule.legendre(16)
        let half = edge / Double(panels)
        return (0..<panels).flatMap { panel in
            zip(rule.nodes, rule.weights).map { node, weight in
                let value = -edge + half * (Double(2 * panel + 1) + node)
                return (value, weight * half * density(value))
            }
        }
    }
}
