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
    /// The number of states at which the coefficients were looked at.
    public let stateCount: Int
    /// The number of coordinates.
    public let dimension: Int
    /// The largest relative difference that counts as none.
    public static let tolerance = 1e-5

    public var largest: Double { entries.map(\.relative).max() ?? 0 }
    public var passes: Bool { entries.allSatisfy { $0.relative <= Self.tolerance } }
}

extension OneStepCheck {
    /// The steps, `1/h` whole so that the time 1 is that of a step.
    private static let steps = (0..<8).map { 0.04 / pow(4, Double($0)) }
    private static let time = 1.0

    /// The check of a derived model, on two coordinates where the rule couples them and one elsewhere.
    ///
    /// - Parameters:
    ///   - model: the SDE to check in place of the derived one.
    ///   - values: the values of the parameters at a step size.
    /// - Throws: ``SimulationError``.
    public init(
        of derivation: Derivation, model sde: SDE? = nil, values: (_ stepSize: Double) -> [String: Double],
        seed: UInt64 = 1
    ) throws(SimulationError) {
        let rule = derivation.rule
        func optimizer(on landscape: Landscape, _ step: Double) throws(SimulationError) -> CompiledOptimizer {
            let parameters = values(step)
            return try CompiledOptimizer(
                rule, draw: derivation.draw, on: landscape, parameters: parameters,
                accepting: Set(parameters.keys))
        }
        var landscape = try Self.landscape(dimension: 1)
        if rule.couplesCoordinates {
            let plane = try Self.landscape(dimension: 2)
            if try optimizer(on: plane, Self.steps[0]).resolvesNoiseOfPair { landscape = plane }
        }
        var states = Self.states(of: rule, dimension: landscape.dimension, seed: seed)
        let names = Self.names(of: rule, dimension: landscape.dimension)
        let count = names.count
        var differences: [[Double]] = []
        var model: [Double] = []
        for step in Self.steps {
            let parameters = values(step)
            let optimizer = try optimizer(on: landscape, step)
            let compiled: CompiledModel
            do {
                compiled = try (sde ?? derivation.sde).compiled(
                    on: landscape, parameters: parameters, accepting: Set(parameters.keys), draw: derivation.draw)
            } catch {
                throw .compilation(error)
            }
            // A model may have no value where averages vanish, as one that divides by their length.
            if step == Self.steps[0], !compiled.isFinite(at: states[3], time: Self.time) { states.removeLast() }
            var found: [(model: Double, difference: Double)] = []
            for state in states {
                let (mean, covariance) = try optimizer.oneStepMoments(at: state, time: Self.time)
                let (drift, spread) = (compiled.drift(state, Self.time), compiled.covariance(state, Self.time))
                for a in 0..<count { found.append((drift[a], mean[a] / step - drift[a])) }
                for a in 0..<count {
                    for c in a..<count {
                        found.append((spread[a, c], covariance[a, c] / (step * step) - spread[a, c]))
                    }
                }
            }
            if differences.isEmpty { differences = found.map { _ in [] } }
            for (index, value) in found.enumerated() { differences[index].append(value.difference) }
            model = found.map(\.model)
        }
        var labels: [String] = names.map { "b[\($0)]" }
        for a in 0..<count { for c in a..<count { labels.append("S[\(names[a]),\(names[c])]") } }
        stateCount = states.count
        dimension = landscape.dimension
        entries = model.indices.map { index in
            Entry(
                coefficient: labels[index % labels.count], model: model[index],
                difference: Self.limit(differences[index]))
        }
    }

    /// `x^2/2 + x^4/8`, with a second coordinate `x2^2 + x1 x2/2 + x1^2 x2/4`.
    private static func landscape(dimension: Int) throws(SimulationError) -> Landscape {
        let x = (1...dimension).map { Expression(Symbol("x", role: .position, indices: [.coordinate($0)])) }
        var loss = x[0] * x[0] / 2 + Expression.power(x[0], 4) / 8
        if dimension > 1 { loss = loss + x[1] * x[1] + x[0] * x[1] / 2 + x[0] * x[0] * x[1] / 4 }
        do {
            return try Landscape(loss)
        } catch {
            throw .compilation(error)
        }
    }

    /// The value at zero of the polynomial in `sqrt(h)` through the values.
    private static func limit(_ values: [Double]) -> Double {
        Extrapolation.limit(of: values, at: steps.map { $0.squareRoot() })
    }

    /// `x`, `v`; on several coordinates `x1`, `x2`, `v1`, `v2`.
    private static func names(of rule: UpdateRule, dimension: Int) -> [String] {
        guard dimension > 1 else { return rule.states.map(\.name) }
        return rule.states.flatMap { state in (1...dimension).map { "\(state.name)\($0)" } }
    }

    /// Three states in general position: positions of both signs, other states within their bounds. And one near the
    /// minimum with averages of zero, where the noise decides the signs.
    private static func states(of rule: UpdateRule, dimension: Int, seed: UInt64) -> [[Double]] {
        let stream = RandomStream(seed: seed)
        return (0..<4).map { index in
            (0..<rule.states.count * dimension).map { component in
                let state = rule.states[component / dimension]
                let u = stream.uniform(path: index, step: 0, component: component)
                let isNonnegative = component >= dimension && state.symbol.bounds.isNonnegative
                if index == 3, !isNonnegative { return component < dimension ? 0.05 + 0.1 * u : 0 }
                if component < dimension { return (index == 1 ? -1 : 1) * (0.4 + 0.8 * u) }
                return isNonnegative ? 0.5 + u : 0.8 * u - 0.3
            }
        }
    }
}

extension UpdateRule {
    /// Whether a coordinate sees others but through its own component of the gradient: by a sum over them, or through the
    /// Hessian at a displaced point.
    var couplesCoordinates: Bool {
        laterGradients.contains { $0.point != Expression(position) } || updates.contains(where: \.containsIndexSum)
    }
}
