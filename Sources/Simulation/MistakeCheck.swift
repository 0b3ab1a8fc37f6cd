import Algebra
import Compilation
import Matching
import Rules

/// What weak errors say of a model of order 2 that is wrong in one place, for every mistake of ``ModelMistake``.
///
/// A mistake is noticed where the weak error of some moment refutes order 2. A mistake whose effect is no larger than the
/// error of the right model leaves the verdict undecided; supported it must never be, unless the conditions of order 2 tolerate it.
public struct MistakeCheck: Sendable {
    /// What was found for one model.
    public struct Entry: Sendable {
        /// The mistake; `nil` for the derived model.
        public let mistake: ModelMistake?
        /// Whether the model has weak order 2 all the same, by the weight of its difference.
        public let isTolerated: Bool
        /// Refuted where a moment refutes it, supported where all do, undecided otherwise.
        public let verdict: OrderFit.Verdict
        /// The moment with the lowest order, which decides; `nil` where no order is known.
        public let decisive: WeakErrorResult?
        public let method: WeakErrorResult.Method

        /// Whether the verdict is one that a model of this kind may have.
        public var passes: Bool { isTolerated ? verdict != .refutes : verdict != .supports }
    }

    public let entries: [Entry]
    /// Mistakes after which there are no numbers, as the model leaves its domain.
    public let withoutNumbers: [ModelMistake]

    public var passes: Bool { entries.allSatisfy(\.passes) }

    /// How many mistakes of each kind have the verdict; of those that order 2 tolerates or of the others.
    public func count(_ verdict: OrderFit.Verdict, tolerated: Bool) -> Int {
        entries.count { $0.mistake != nil && $0.isTolerated == tolerated && $0.verdict == verdict }
    }
}

extension MistakeCheck {
    static let etas = [0.1, 0.05, 0.025]
    private static let horizon = 0.2

    /// Grids of many digits where there are any, and few paths where there are none.
    public static var defaultWeakError: WeakError {
        WeakError(paths: 2000, solver: DeterministicSolver(tolerance: 1e-7))
    }

    /// Checks the model of a derivation of order 2, and everything that could be wrong with it, on `x^2/2` in one coordinate;
    /// what is wrong between coordinates on `x1^2/2 + x2^2`.
    ///
    /// The noise has the scale 0.4, parameters are those of ``Evidence`` but for constants as small as `epsilon`, whose terms
    /// nobody would see: they are 0.1. The moments are the first and second ones of all states, or the products of a state of one
    /// coordinate and one of the other. What is not refuted from one
    /// start is looked at from another: an effect that happens to cancel along one path does not along both. On grids where
    /// there are some, see ``WeakError``.
    ///
    /// - Throws: ``SimulationError`` where the derived model has no numbers.
    public init(
        of derivation: Derivation, by check: WeakError = defaultWeakError
    ) throws(SimulationError) {
        func entry(_ mistake: ModelMistake?) throws(SimulationError) -> Entry {
            var model = RuleModel(derivation)
            if let mistake { model.sde = mistake.sde }
            let comparison = mistake.map { ModelComparison(of: $0.sde, with: derivation) }
            var results: [WeakErrorResult] = []
            for start in MistakeCheck.starts where !results.contains(where: { $0.verdict == .refutes }) {
                results += try check.results(
                    of: try MistakeCheck.problem(
                        of: model, derivation, dimension: mistake?.isBetweenCoordinates == true ? 2 : 1, from: start))
            }
            return Entry(
                mistake, isTolerated: comparison.map { $0.weakOrder == .always } ?? true, results: results)
        }
        var entries = [try entry(nil)]
        var withoutNumbers: [ModelMistake] = []
        for mistake in derivation.mistakes {
            do {
                entries.append(try entry(mistake))
            } catch {
                if case .cancelled = error { throw error }
                withoutNumbers.append(mistake)
            }
        }
        self.entries = entries
        self.withoutNumbers = withoutNumbers
    }

    /// The position, averages that are not negative, and others.
    private static let starts = [(0.8, 0.5, 0.2), (-0.6, 0.9, 0.35)]

    private static func problem(
        of model: RuleModel, _ derivation: Derivation, dimension: Int, from start: (Double, Double, Double)
    ) throws(SimulationError) -> WeakErrorProblem {
        let landscape: Landscape
        do { landscape = try .quadratic((1...dimension).map(Double.init)) } catch { throw .compilation(error) }
        let rule = model.rule
        var small = [UpdateRule.noiseScale.name: 0.4]
        for parameter in rule.parameters {
            if let value = parameter.defaultValue?.doubleValue, value.magnitude < 0.01 {
                small[parameter.symbol.name] = 0.1
            }
        }
        let settings = etas.map { eta in
            Evidence.values(of: derivation, stepSize: eta, scalesRates: false).merging(small) { $1 }
        }
        let ofStates = [start.0] + rule.states.dropFirst().map { $0.symbol.bounds.isNonnegative ? start.1 : start.2 }
        let initial = ofStates.flatMap { Array(repeating: $0, count: dimension) }
        let isTimed = derivation.sde.drift.contains { $0.contains(derivation.sde.time) }
        let names = rule.states.map(\.name)
        var tests: [WeakErrorProblem.Test] = []
        for (name, formula) in dimension == 1 ? moments(of: names) : crossMoments(of: names) {
            tests.append(try .init(name, formula, stateNames: names, dimension: dimension))
        }
        return try WeakErrorProblem(
            of: model, on: landscape, settings: settings, accepting: Set(settings.flatMap(\.keys)), initial: initial,
            initialTime: isTimed ? 1 : 0, horizon: horizon, tests: tests)
    }

    /// `x1*x2`, `x1*v2`, `v1*v2`, ... of the states.
    private static func crossMoments(of names: [String]) -> [(name: String, formula: Expression)] {
        names.indices.flatMap { a in
            names[a...].map { name in
                ("\(names[a])1*\(name)2", Expression(Symbol("\(names[a])1")) * Expression(Symbol("\(name)2")))
            }
        }
    }

    /// `x`, `v`, `x^2`, `x*v`, ... of the states.
    private static func moments(of names: [String]) -> [(name: String, formula: Expression)] {
        let states = names.map { ($0, Expression(Symbol($0))) }
        return states
            + states.indices.flatMap { a in
                states[a...].map { name, state in
                    (name == states[a].0 ? "\(name)^2" : "\(states[a].0)*\(name)", states[a].1 * state)
                }
            }
    }
}

extension MistakeCheck.Entry {
    fileprivate init(_ mistake: ModelMistake?, isTolerated: Bool, results: [WeakErrorResult]) {
        self.mistake = mistake
        self.isTolerated = isTolerated
        let verdicts = results.map(\.verdict)
        verdict =
            verdicts.contains(.refutes)
            ? .refutes : verdicts.allSatisfy { $0 == .supports } ? .supports : .undecided
        let relevant = verdict == .refutes ? results.filter { $0.verdict == .refutes } : results
        decisive = relevant.filter { $0.fit != nil }.min { ($0.fit?.order ?? 0) < ($1.fit?.order ?? 0) }
        method = results.first?.method ?? .sampled
    }
}
