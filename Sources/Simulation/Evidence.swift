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
        /// A few seconds a rule: as few paths as a pilot, which finds control variates, pays for.
        case quick
        case full

        var etas: [Double] { self == .quick ? [0.05, 0.025, 0.0125] : [0.05, 0.025, 0.0125, 0.00625] }
        var paths: Int { self == .quick ? WeakError.fewestPathsForPilot : 200_000 }
    }

    /// The parameters, in the order of the rule, and the scale of the noise.
    public let settings: [Setting]
    public let oneStep: OneStepCheck
    /// What the certificate says of the model.
    public let level: MatchingLevel
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
        settings = Self.settings(of: derivation)
        level = derivation.certificate.level
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

    /// The value of a parameter: a number times a power of the step size.
    public struct Setting: Sendable {
        public let name: String
        public let factor: Double
        /// The power at which one-step moments are checked; weak errors hold what is graded at the number itself.
        public let size: Weight

        func value(stepSize: Double, scalesRates: Bool) -> Double {
            guard size.slope.isZero || scalesRates else { return factor }
            let exponent = size.constant.doubleValue + 0.5 * size.slope.doubleValue
            return exponent == 0 ? factor : factor * pow(stepSize, exponent)
        }
    }

    /// The parameters of a rule but for the step size.
    static func settings(of derivation: Derivation) -> [Setting] {
        let rule = derivation.rule
        var settings = rule.parameters.map { parameter in
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
            let name = parameter.symbol.name
            return Setting(name: name, factor: value, size: derivation.options.sizes[name] ?? parameter.size)
        }
        settings.append(Setting(name: UpdateRule.noiseScale.name, factor: 0.2, size: .zero))
        if derivation.options.usesBatch {
            settings.append(Setting(name: UpdateRule.batchSize.name, factor: 4, size: .zero))
        }
        let known = Set(settings.map(\.name))
        for symbol in Set(derivation.draw.law.arguments.flatMap(\.symbols)).sorted() where !known.contains(symbol.name)
        {
            settings.append(Setting(name: symbol.name, factor: 7, size: .zero))
        }
        return settings
    }

    /// - Parameter scalesRates: whether a rate of size eta^-zeta is taken with zeta = 1/2, or held at its value.
    static func values(of derivation: Derivation, stepSize: Double, scalesRates: Bool) -> [String: Double] {
        var values = [derivation.rule.stepSize.name: stepSize]
        for setting in settings(of: derivation) {
            values[setting.name] = setting.value(stepSize: stepSize, scalesRates: scalesRates)
        }
        return values
    }
}
