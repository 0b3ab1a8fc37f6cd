import Algebra
import Compilation
import Foundation
import Matching
import Numerics
import Rules
import Simulation

/// The one-step moments of a derived rule on two coupled coordinates, sampled, in units of their standard errors from the
/// coefficients of its model.
struct OneStepSample {
    /// A coefficient of the model beside the sample.
    struct Entry {
        let name: String
        let model: Double
        let sampled: Double
        let standardError: Double
        /// The distance in standard errors, rounding and terms of the order of the step left out.
        var deviation: Double {
            let slack = 2e-3 * Swift.max(1, model.magnitude)
            let distance = Swift.max(0, (model - sampled).magnitude - slack)
            return distance == 0 ? 0 : distance / Swift.max(standardError, slack)
        }
    }

    let entries: [Entry]

    /// A step so small that what the model leaves out is below the errors of sampling.
    static let stepSize = 1.0 / 1_048_576

    /// - Parameter draws: the number of steps that are sampled.
    init(of derivation: Derivation, seed: UInt64, draws: Int) throws {
        let rule = derivation.rule
        let (x, y) = (Expression(Self.position(1)), Expression(Self.position(2)))
        let landscape = try Landscape(x * x / 2 + y * y + x * y / 3 + Expression.power(x, 4) / 8)
        let stream = RandomStream(seed: seed)
        var component = 0
        func uniform(_ low: Double, _ high: Double) -> Double {
            component += 1
            return low + (high - low) * stream.uniform(path: 1, step: 0, component: component)
        }
        var parameters = [rule.stepSize.name: Self.stepSize, rule.noiseScale.name: uniform(0.4, 0.9)]
        for parameter in rule.parameters {
            let size = parameter.size
            // A graded rate is taken at zeta = 1/2.
            let power = size.constant.doubleValue + size.slope.doubleValue / 2
            parameters[parameter.symbol.name] = uniform(0.3, 0.8) * pow(Self.stepSize, power)
        }
        let optimizer = try CompiledOptimizer(
            rule, draw: derivation.draw, on: landscape, parameters: parameters, accepting: Set(parameters.keys))
        let model = try derivation.sde.compiled(
            on: landscape, parameters: parameters, accepting: Set(parameters.keys), draw: derivation.draw)
        let start = rule.states.flatMap { state in
            (0..<2).map { _ in state.symbol.bounds.isNonnegative ? uniform(0.4, 1.4) : uniform(-1, 1) }
        }
        let time = 1.0
        let increments = Self.increments(
            of: optimizer, at: start, step: Int((time / Self.stepSize).rounded()) + 1, stream: stream, draws: draws)
        let (drift, covariance) = (model.drift(start, time), model.covariance(start, time))
        let names = rule.states.flatMap { state in (1...2).map { "\(state.name)\($0)" } }
        var entries: [Entry] = []
        let count = Double(draws)
        func mean(_ values: [Double]) -> (Double, Double) {
            let mean = values.reduce(0, +) / count
            let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
            return (mean, (square / count).squareRoot())
        }
        let centred = increments.map { values in
            let centre = mean(values).0
            return values.map { $0 - centre }
        }
        for a in names.indices {
            let (value, error) = mean(increments[a])
            // Where no draw meets a rare event, the model alone says how large the error is.
            let expected = (covariance[a, a] / count).squareRoot()
            entries.append(
                Entry(
                    name: "b[\(names[a])]", model: drift[a], sampled: value, standardError: Swift.max(error, expected)))
            for c in a..<names.count {
                let (value, error) = mean(zip(centred[a], centred[c]).map { $0 * $1 })
                entries.append(
                    Entry(
                        name: "S[\(names[a]),\(names[c])]", model: covariance[a, c], sampled: value,
                        standardError: Swift.max(error, (covariance[a, a] * covariance[c, c] / count).squareRoot())))
            }
        }
        self.entries = entries
    }

    /// The entries that are more than five standard errors away, or not finite.
    var outliers: [Entry] { entries.filter { !($0.deviation <= 5) } }

    private static func position(_ number: Int) -> Symbol {
        Symbol("x", role: .position, indices: [.coordinate(number)])
    }

    /// D/eta of each variable.
    private static func increments(
        of optimizer: CompiledOptimizer, at start: [Double], step: Int, stream: RandomStream, draws: Int
    ) -> [[Double]] {
        var states = start.flatMap { [Double](repeating: $0, count: draws) }
        var noise = (0..<optimizer.noiseCount).flatMap { component in
            (0..<draws).map { path in
                let normal = stream.normal(path: path, step: 1, component: component)
                return optimizer.law.law == .gaussian ? normal : optimizer.law.draw(coupledTo: normal)
            }
        }
        states.withUnsafeMutableBufferPointer { s in
            noise.withUnsafeMutableBufferPointer { z in
                guard let own = s.baseAddress, let drawn = z.baseAddress else { return }
                optimizer.advance(
                    LaneBlock(own, variables: start.count, lanes: draws),
                    noise: LaneBlock(drawn, variables: optimizer.noiseCount, lanes: draws), step: step)
            }
        }
        return start.indices.map { variable in
            states[(variable * draws)..<((variable + 1) * draws)].map { ($0 - start[variable]) / stepSize }
        }
    }
}
