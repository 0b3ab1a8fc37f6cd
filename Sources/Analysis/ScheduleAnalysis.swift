import Algebra
import ExactNumbers
import Matching
import Rules

/// What a schedule does to the loss: the step size becomes `eta s(t)`.
///
/// Near a minimum the second moment obeys `q' = -k s q + eta S0 s^2`, k twice the slope of the drift. The quasi-static level
/// `(eta S0/k) s` holds where `s'/(k s^2)` goes to zero; where `s'/s^2` has a finite limit `-l` the level is `eta S0 s/(k - l)` for
/// `k > l`, and the start is forgotten more slowly than the level falls otherwise.
public struct ScheduleAnalysis: Sendable {
    public enum Verdict: Hashable, Sendable {
        /// The loss goes to zero along the quasi-static level.
        case quasiStatic
        /// `s'/s^2` goes to `-l`: the level has `k - l` in place of k where `k > l`.
        case lagging(Expression)
        /// The integral of s is finite: the start is never forgotten.
        case freezes
        /// s does not go to zero.
        case doesNotVanish
    }

    public let dynamics: ReducedDynamics
    /// s(t); an unnamed function where none was given.
    public let schedule: Expression
    /// k: the rate of the second moment at s = 1.
    public let rate: Expression
    /// The second moment on the quasi-static level, to leading order in eta.
    public let level: Expression
    /// The quotient that must vanish: `s'/(k s^2)`.
    public let lag: Expression
    /// nil for a schedule without a formula.
    public let verdict: Verdict?

    /// - Throws: ``AnalysisError/noSchedule(reason:)`` where a limit of the schedule is not known.
    public init(of dynamics: ReducedDynamics, schedule: Expression?) throws(AnalysisError) {
        let sde = dynamics.law.model.analysis.sde
        let time = sde.time
        self.dynamics = dynamics
        let schedule = schedule ?? .function(.unnamed("s", derivatives: [0]), [Expression(time)])
        self.schedule = schedule
        rate = 2 * (dynamics.gain * Expression(QuadraticModel.curvature) + dynamics.decay)
        level = (Expression(sde.stepSize) * dynamics.noise / rate * schedule)
        let quotient = (schedule.derivative(by: time) / schedule ** 2).simplified()
        lag = quotient / rate
        let isFormula = !schedule.isUnnamed
        verdict = isFormula ? try ScheduleAnalysis.verdict(schedule, quotient, time) : nil
    }

    private static func verdict(
        _ schedule: Expression, _ quotient: Expression, _ time: Symbol
    ) throws(AnalysisError) -> Verdict {
        guard schedule.symbols.isSubset(of: [time]) else {
            throw .noSchedule(reason: "\(schedule) has a symbol beside the time")
        }
        func limit(_ expression: Expression) throws(AnalysisError) -> Limit {
            do { return try expression.limit(as: time, to: .infinity) } catch {
                throw .noSchedule(reason: "its limit is not known: \(error)")
            }
        }
        guard case .finite(let end) = try limit(schedule) else {
            throw .noSchedule(reason: "\(schedule) grows without bound")
        }
        if end.isZeroTest() != .zero { return .doesNotVanish }
        guard let value = (try? limit(quotient)).flatMap({ limit in limit.value }) else {
            let exponent = (-Expression(time) * schedule.derivative(by: time) / schedule).simplified()
            if case .finite(let power) = try limit(exponent), (power - 1).bounds.isNonpositive {
                throw .noSchedule(reason: "whether the integral of \(schedule) is finite could not be told")
            }
            // s falls faster than a power of t beyond 1/t.
            return .freezes
        }
        if value.isZeroTest() == .zero { return .quasiStatic }
        return .lagging(-value)
    }

    var section: AnalysisSection {
        let sde = dynamics.law.model.analysis.sde
        var steps = [
            DerivationStep(
                "Time change",
                "With the step size η s(t) the drift is s b and the covariance s² S, so that q = E[x²] obeys "
                    + "q' = -k s q + η S0 s².", [.init("k", rate), .init("S0", dynamics.noise)]),
            DerivationStep(
                "Convergence", "E[f] → 0 needs ∫ s dt = ∞, to forget the start, and s → 0, to silence the noise."),
            DerivationStep(
                "Quasi-static level", "q ≈ (η S0/k) s (1 - s'/(k s²) + ...): it holds where s'/(k s²) → 0.",
                [.init("s'/(k s²)", lag)]),
        ]
        var results: [DerivationStep.Formula] = [
            .init("E[x²] ≈", level),
            .init("E[f] of one coordinate ≈", level * Expression(QuadraticModel.curvature) / 2),
        ]
        if let bound = try? LossBound(of: dynamics) {
            results.append(.init("for any f: E[f] ≲", bound.leadingLevel * schedule))
        }
        var notes: [String] = []
        switch verdict {
        case nil: notes.append("give a schedule with --of, such as --of '1/(1 + t)'")
        case .quasiStatic: notes.append("the condition holds: the loss follows the schedule to zero")
        case .lagging(let delay):
            let lagging = Expression(sde.stepSize) * dynamics.noise / (rate - delay) * schedule
            steps.append(
                DerivationStep(
                    "Lag", "s'/s² → -l with l > 0: q = A s solves the equation with A = η S0/(k - l), for k > l.",
                    [.init("l", delay), .init("k - l", rate - delay)]))
            results = [
                .init("for k > l: E[x²] ≈", lagging),
                .init("for k ≤ l: E[x²] ∝", exp(-rate * Expression(Symbol("∫s dt")))),
            ]
            notes.append(
                "the condition fails: the level has k - l in place of k, and for k ≤ l the start decides the rate")
        case .freezes:
            results = []
            notes.append("∫ s dt is finite: the start is never forgotten, and the loss does not go to zero")
        case .doesNotVanish: notes.append("s does not go to zero: neither does the loss")
        }
        return AnalysisSection(.schedule, steps: steps, results: results, notes: notes)
    }
}

extension Expression {
    fileprivate var isUnnamed: Bool {
        if case .function(.unnamed, _) = content { return true }
        return false
    }
}

extension Limit {
    fileprivate var value: Expression? {
        if case .finite(let value) = self { return value }
        return nil
    }
}
