import Algebra
import Compilation
import Matching
import Rules

import func Foundation.pow

/// What numbers say of a derived SDE: its one-step moments against the rule itself, and its weak errors on a quadratic and
/// on a saddle. A rule that couples coordinates is looked at on two of them.
public struct Evidence: Sendable {
    /// How much work goes into it.
    public enum Size: Sendable {
        /// Seconds for all built-in rules: the sampled orders often stay undecided.
        case quick
        case full

        var etas: [Double] { self == .quick ? [0.05, 0.025, 0.0125] : [0.05, 0.025, 0.0125, 0.00625] }
        var paths: Int { self == .quick ? 2000 : 200_000 }
    }

    public let oneStep: OneStepCheck
    /// By landscape, in the order of the runs.
    public let weakErrors: [(landscape: String, result: WeakErrorResult)]

    /// Whether nothing contradicts the model.
    public var passes: Bool { oneStep.passes && weakErrors.allSatisfy { $0.result.verdict != .refutes } }
}

extension Evidence {
    /// Gathers the evidence for a derivation of order 1 or 2.
    ///
    /// Parameters have their default, or else a value of their range: 1 where they are positive, 0.1 where they may be zero,
    /// 1/2 in (0, 1), 2 where they are whole. One of size eta^w has that many times eta^w. The noise has the scale 0.2. The
    /// optimizer starts at time 1, its averages at 0.2 or, where they are not negative, at 0.5.
    ///
    /// - Throws: ``SimulationError``.
    public init(
        of derivation: Derivation, size: Size = .quick, seed: UInt64 = 1, threads: Int? = nil,
        cancellation: Cancellation? = nil
    ) throws(SimulationError) {
        let rule = derivation.rule
        oneStep = try OneStepCheck(
            of: derivation, values: { Self.values(of: derivation, stepSize: $0, scalesRates: true) })
        var results: [(landscape: String, result: WeakErrorResult)] = []
        let quadratic =
            rule.couplesCoordinates ? ("quadratic(1,2)", [1.0, 2], [0.8, 0.4]) : ("x^2/2", [1.0], [0.8])
        for (name, curvatures, position) in [quadratic, ("saddle", [], [0.2, 0.8])] {
            let landscape: Landscape
            do {
                landscape = curvatures.isEmpty ? try .saddle() : try .quadratic(curvatures)
            } catch {
                throw .compilation(error)
            }
            let initial =
                position
                + rule.states.dropFirst().flatMap { state in
                    position.map { _ in state.symbol.bounds.isNonnegative ? 0.5 : 0.2 }
                }
            let settings = size.etas.map { Self.values(of: derivation, stepSize: $0, scalesRates: false) }
            let problem = try WeakErrorProblem(
                of: derivation, on: landscape, settings: settings, accepting: Set(settings.flatMap(\.keys)),
                initial: initial, initialTime: 1, horizon: 0.5, tests: [.loss(on: landscape)]
            )
            var check = WeakError(seed: seed, threads: threads, cancellation: cancellation, progress: { _ in })
            check.paths = size.paths
            check.choice = initial.count == 1 ? .automatic : .sampled
            guard let result = try check.results(of: problem).first else { throw .cancelled }
            results.append((name, result))
        }
        weakErrors = results
    }

    /// - Parameter scalesRates: whether a rate of size eta^-zeta is taken with zeta = 1/2, or held at its value.
    static func values(
        of derivation: Derivation, stepSize: Double, scalesRates: Bool
    ) -> [String: Double] {
        let rule = derivation.rule
        var values = [rule.stepSize.name: stepSize, UpdateRule.noiseScale.name: 0.2]
        if derivation.options.usesBatch { values[UpdateRule.batchSize.name] = 4 }
        for parameter in rule.parameters {
            let bounds = parameter.symbol.bounds
            var value = 0.5
            if let own = parameter.defaultValue?.doubleValue {
                value = own
            } else if parameter.isInteger {
                value = 2
            } else if bounds.upper.isFinite, bounds.lower.isFinite {
                value = (bounds.lower + bounds.upper) / 2
            } else if bounds.isPositive {
                value = 1
            } else if bounds.isNonnegative {
                value = 0.1
            }
            let size = derivation.options.sizes[parameter.symbol.name] ?? parameter.size
            let isGraded = !size.slope.isZero
            if !isGraded || scalesRates {
                let exponent = size.constant.doubleValue + 0.5 * size.slope.doubleValue
                value *= exponent == 0 ? 1 : pow(stepSize, exponent)
            }
            values[parameter.symbol.name] = value
        }
        for symbol in Set(derivation.draw.law.arguments.flatMap(\.symbols)) where values[symbol.name] == nil {
            values[symbol.name] = 7
        }
        return values
    }
}
