import Algebra
import Compilation
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

    /// Expressions in the gradient at one step size, at many values of the standard normal noise.
    private struct Tabulated {
        private let program: Program
        private let oracle: OneStepOracle

        init(_ expressions: [Expression], _ oracle: OneStepOracle) throws {
            let rule = oracle.rule
            let given = [rule.stepSize, UpdateRule.stepIndex]
            program = try Program(
                expressions, inputs: [rule.gradient.symbol], uniforms: given,
                constants: oracle.values.filter { !given.contains($0.key) })
            self.oracle = oracle
        }

        /// The values of each expression.
        func callAsFunction(_ eta: Double, _ noise: [Double]) -> [[Double]] {
            let time = oracle.values[UpdateRule.time] ?? 0
            let mean = oracle.values[Symbol("f", role: .field, derivatives: [.free("i")])] ?? 0
            let scale = oracle.values[oracle.rule.noiseScale] ?? 0
            let gradients = noise.map { mean + scale * $0 }
            var results = [Double](repeating: 0, count: program.outputCount * noise.count)
            gradients.withUnsafeBufferPointer { input in
                results.withUnsafeMutableBufferPointer { output in
                    guard let input = input.baseAddress, let output = output.baseAddress else { return }
                    program.evaluate(
                        inputs: [input], uniforms: [eta, time / eta + 1],
                        outputs: (0..<program.outputCount).map { output + $0 * noise.count }, count: noise.count)
                }
            }
            return (0..<program.outputCount).map { Array(results[($0 * noise.count)..<(($0 + 1) * noise.count)]) }
        }
    }

    /// What changes its sign where a sign, absolute value or maximum in the rule changes its branch.
    private var kinkArguments: [Expression] {
        var arguments: Set<Expression> = []
        for update in rule.updates {
            update.forEachNode { node in
                guard case .function(let function, let operands) = node.content, node.contains(rule.gradient.symbol)
                else { return }
                switch function {
                case .sign, .abs: arguments.insert(operands[0])
                case .max: for other in operands.dropFirst() { arguments.insert(operands[0] - other) }
                default: break
                }
            }
        }
        return Array(arguments)
    }

    /// The zeros of the functions in the noise.
    private func zeros(of functions: Tabulated, _ eta: Double) -> [Double] {
        let grid = (0...320).map { -8.0 + 0.05 * Double($0) + 0.0123 }
        var result: [Double] = []
        for (k, heights) in functions(eta, grid).enumerated() {
            for i in 1..<grid.count where heights[i - 1] * heights[i] < 0 {
                var (low, high) = (grid[i - 1], grid[i])
                for _ in 0..<60 {
                    let middle = (low + high) / 2
                    if heights[i - 1] * functions(eta, [middle])[k][0] <= 0 { high = middle } else { low = middle }
                }
                result.append((low + high) / 2)
            }
        }
        return result
    }

    /// E D and E D D^T at one step size.
    private func moments(
        _ updates: Tabulated, kinks: Tabulated, _ eta: Double
    ) -> (mean: [Double], second: [[Double]]) {
        let edges = ([-9, -6, -4, -2, 0, 2, 4, 6, 9] + zeros(of: kinks, eta)).sorted()
        var nodes: [Double] = []
        var masses: [Double] = []
        for (left, right) in zip(edges, edges.dropFirst()) where right > left {
            for (node, weight) in zip(OneStepOracle.panel.nodes, OneStepOracle.panel.weights) {
                let z = (left + right) / 2 + (right - left) / 2 * node
                nodes.append(z)
                masses.append(weight * (right - left) / 2 * SpecialFunctions.normalDensity(z))
            }
        }
        let increments = zip(rule.states, updates(eta, nodes)).map { state, next in
            next.map { $0 - (values[state.symbol] ?? 0) }
        }
        let mean = increments.map { zip(masses, $0).reduce(0) { $0 + $1.0 * $1.1 } }
        let second = increments.map { a in
            increments.map { c in masses.indices.reduce(0) { $0 + masses[$1] * a[$1] * c[$1] } }
        }
        return (mean, second)
    }

    /// b0, E[D2] and S.
    func coefficients() throws -> (first: [Double], second: [Double], covariance: [[Double]]) {
        let count = rule.states.count
        let (updates, kinks) = (try Tabulated(rule.updates, self), try Tabulated(kinkArguments, self))
        let all = OneStepOracle.steps.map { moments(updates, kinks: kinks, $0) }
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
    func check(_ derivation: Derivation, tolerance: Double, at location: SourceLocation = #_sourceLocation) throws {
        let (first, second, covariance) = try coefficients()
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
