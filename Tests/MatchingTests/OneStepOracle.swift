import Algebra
import Matching
import Numerics
import Rules
import Testing

@testable import Probability

/// The one-step moments of a rule in one coordinate by quadrature of the rule itself, and the coefficients of its model
/// by extrapolation to a vanishing step size.
///
/// E D(eta)/eta and Cov D(eta)/eta^2 are smooth in eta through zero, so that a polynomial through values at positive and
/// negative step sizes gives b0 = E[D1], E[D2] and S = Cov(D1).
struct OneStepOracle {
    let rule: UpdateRule
    var values: [Symbol: Double]
    /// f'' at the position.
    var curvature = 0.7

    private static let steps: [Double] = [-4, -3, -2, -1, 1, 2, 3, 4].map { $0 * 0.002 }
    private static let law = try? NumericNoiseLaw(.gaussian)
    private static let panel = GaussRule.legendre(24)

    /// Expectations without a closed form are integrated over the normal law.
    func value(_ expression: Expression, _ overrides: [Symbol: Double] = [:]) -> Double {
        var point = values.merging(overrides) { $1 }
        var count = 0
        guard expression.containsExpectation, let law = OneStepOracle.law else {
            return expression.evaluated(at: point)
        }
        let plain = expression.replacing { node in
            guard let named = NamedExpectation(node, law: law) else { return nil }
            let symbol = Symbol("E\(count)")
            count += 1
            point[symbol] = (try? named.value(at: point)) ?? .nan
            return Expression(symbol)
        }
        return plain.evaluated(at: point)
    }

    /// The increments at one step size, as functions of the standard normal noise.
    private func increments(_ eta: Double, _ z: Double) -> [Double] {
        var point = values
        let time = values[UpdateRule.time] ?? 0
        point[rule.stepSize] = eta
        point[UpdateRule.stepIndex] = time / eta + 1
        let mean = values[Symbol("f", role: .field, derivatives: [.free("i")])] ?? 0
        point[rule.gradient.symbol] = mean + (values[rule.noiseScale] ?? 0) * z
        return zip(rule.states, rule.updates).map { $1.evaluated(at: point) - (point[$0.symbol] ?? 0) }
    }

    /// The points where a sign, absolute value or maximum in the rule changes its branch, in the noise.
    private func kinks(_ eta: Double) -> [Double] {
        var arguments: [Expression] = []
        for update in rule.updates {
            update.forEachNode { node in
                guard case .function(let function, let operands) = node.content, node.contains(rule.gradient.symbol)
                else { return }
                switch function {
                case .sign, .abs: arguments.append(operands[0])
                case .max: for other in operands.dropFirst() { arguments.append(operands[0] - other) }
                default: break
                }
            }
        }
        let mean = values[Symbol("f", role: .field, derivatives: [.free("i")])] ?? 0
        let scale = values[rule.noiseScale] ?? 0
        let time = values[UpdateRule.time] ?? 0
        var result: [Double] = []
        for argument in Set(arguments) {
            func height(_ z: Double) -> Double {
                value(
                    argument,
                    [rule.stepSize: eta, UpdateRule.stepIndex: time / eta + 1, rule.gradient.symbol: mean + scale * z])
            }
            let grid = (0...320).map { -8.0 + 0.05 * Double($0) + 0.0123 }
            for (left, right) in zip(grid, grid.dropFirst()) where height(left) * height(right) < 0 {
                var (low, high) = (left, right)
                for _ in 0..<60 {
                    let middle = (low + high) / 2
                    if height(low) * height(middle) <= 0 { high = middle } else { low = middle }
                }
                result.append((low + high) / 2)
            }
        }
        return result
    }

    /// E D and E D D^T at one step size.
    private func moments(_ eta: Double) -> (mean: [Double], second: [[Double]]) {
        let edges = ([-9, -6, -4, -2, 0, 2, 4, 6, 9] + kinks(eta)).sorted()
        let count = rule.states.count
        var mean = [Double](repeating: 0, count: count)
        var second = [[Double]](repeating: mean, count: count)
        for (left, right) in zip(edges, edges.dropFirst()) where right > left {
            for (node, weight) in zip(OneStepOracle.panel.nodes, OneStepOracle.panel.weights) {
                let z = (left + right) / 2 + (right - left) / 2 * node
                let mass = weight * (right - left) / 2 * SpecialFunctions.normalDensity(z)
                let increment = increments(eta, z)
                for a in 0..<count {
                    mean[a] += mass * increment[a]
                    for c in 0..<count { second[a][c] += mass * increment[a] * increment[c] }
                }
            }
        }
        return (mean, second)
    }

    /// b0, E[D2] and S.
    func coefficients() -> (first: [Double], second: [Double], covariance: [[Double]]) {
        let count = rule.states.count
        let all = OneStepOracle.steps.map { moments($0) }
        func extrapolated(_ values: [Double]) -> (value: Double, slope: Double) {
            // Lagrange's polynomial through the values, and its slope, at zero.
            let x = OneStepOracle.steps
            var (value, slope) = (0.0, 0.0)
            for i in x.indices {
                var weight = 1.0
                var logarithmicSlope = 0.0
                for j in x.indices where j != i {
                    weight *= -x[j] / (x[i] - x[j])
                    logarithmicSlope += 1 / -x[j]
                }
                value += weight * values[i]
                slope += weight * logarithmicSlope * values[i]
            }
            return (value, slope)
        }
        var first: [Double] = []
        var second: [Double] = []
        var covariance = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
        for a in 0..<count {
            let (value, slope) = extrapolated(zip(all, OneStepOracle.steps).map { $0.mean[a] / $1 })
            first.append(value)
            second.append(slope)
            for c in 0..<count {
                covariance[a][c] =
                    extrapolated(
                        zip(all, OneStepOracle.steps).map { ($0.second[a][c] - $0.mean[a] * $0.mean[c]) / ($1 * $1) }
                    ).value
            }
        }
        return (first, second, covariance)
    }

    /// (d_t + b0 . grad) b0 by central differences of the closed form along its own flow.
    func transport(of drift: [Expression]) -> [Double] {
        let base = drift.map { value($0.onOnlyCoordinate(.free("i"))) }
        let gradient = Symbol("f", role: .field, derivatives: [.free("i")])
        func moved(_ h: Double) -> [Double] {
            var shifted = values
            for (state, slope) in zip(rule.states, base) {
                shifted[state.symbol] = (values[state.symbol] ?? 0) + h * slope
            }
            shifted[gradient] = (values[gradient] ?? 0) + h * base[0] * curvature
            shifted[UpdateRule.time] = (values[UpdateRule.time] ?? 0) + h
            return drift.map { value($0.onOnlyCoordinate(.free("i")), shifted) }
        }
        // Eighth-order central differences.
        let h = 0.004
        let weights = [4.0 / 5, -1.0 / 5, 4.0 / 105, -1.0 / 280]
        var result = [Double](repeating: 0, count: drift.count)
        for (k, weight) in weights.enumerated() {
            let (up, down) = (moved(Double(k + 1) * h), moved(-Double(k + 1) * h))
            for a in drift.indices { result[a] += weight * (up[a] - down[a]) / h }
        }
        return result
    }

    /// Compares drift, correction and covariance of a derivation with the rule itself.
    func check(_ derivation: Derivation, tolerance: Double, at location: SourceLocation = #_sourceLocation) {
        let (first, second, covariance) = coefficients()
        let transports = transport(of: derivation.leadingDrift)
        let hessian = Symbol("f", role: .field, derivatives: [.free("i"), .free("i")])
        func close(_ a: Double, _ b: Double, _ what: String) {
            let difference: Double = (a - b).magnitude
            let isClose = difference <= tolerance * Swift.max(1, b.magnitude)
            #expect(isClose, "\(rule.name) \(what): \(a) should be \(b)\n\(rule)", sourceLocation: location)
        }
        for (index, state) in rule.states.enumerated() {
            close(
                value(derivation.leadingDrift[index].onOnlyCoordinate(.free("i"))), first[index],
                "b0_\(state.symbol.name)")
            let correction = value(derivation.driftCorrection[index].onOnlyCoordinate(.free("i")), [hessian: curvature])
            close(correction, second[index] - transports[index] / 2, "b1_\(state.symbol.name)")
            for other in rule.states.indices {
                close(
                    value(derivation.fullCovariance[index][other].onOnlyCoordinate(.free("i"))),
                    covariance[index][other],
                    "S_\(index)\(other)")
            }
        }
    }
}
