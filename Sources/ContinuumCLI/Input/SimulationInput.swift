import Algebra
import Compilation
import Matching
import Rules
import Simulation

/// The options that verify and simulate share: where paths start, what is read off them, and how many there are.
struct SimulationInput {
    static let position = Option("x0", "X1,X2,...", "the position at the start (default 0.8 in every coordinate)")
    static let start = Option(
        "start", "NAME=NUMBER,...",
        "other states at the start, such as v=0.01, in place of the rule's own values; the model then starts there too; "
            + "verify takes a time as well, t=1",
        isRepeatable: true)
    static let test = Option(
        "test", "EXPR", "the test function, in x1, x2, ... and the other states (default: the loss)")
    static let paths = Option("paths", "N", "the number of paths of an ensemble")
    static let seed = Option(
        "seed", "N", "the seed of the random streams (default 1); the results depend on nothing else")
    static let threads = Option("threads", "N", "the number of threads (default: one a processor)")

    static let options = [position, start, test, paths, seed, threads]

    static let largestStepCount = 1_000_000_000
    static let largestPathCount = 100_000_000

    let rule: UpdateRule
    let landscape: Landscape
    /// The state before the first step: state s of coordinate i at s d + i.
    let initial: [Double]
    /// Where the model starts, if the user said so.
    let modelStart: ModelStart?
    /// The time at the start, 0 unless the user said otherwise.
    let time: Double
    let seed: UInt64
    let threads: Int?

    /// The names of the states that the model has, the first of the rule's.
    let stateNames: [String]

    /// - Parameters:
    ///   - modelStates: the number of states of a coordinate that the model has, the first of the rule's.
    ///   - parameters: numbers for the rule's own initial values.
    init(
        _ rule: UpdateRule, on landscape: Landscape, _ arguments: ParsedArguments, modelStates: Int,
        parameters: ParameterValues
    ) throws(Failure) {
        self.rule = rule
        self.landscape = landscape
        stateNames = rule.states.prefix(modelStates).map(\.name)
        let dimension = landscape.dimension
        let position = try arguments.numbers(SimulationInput.position) ?? Array(repeating: 0.8, count: dimension)
        guard position.count == dimension else {
            throw Failure(
                "--x0 has \(position.count) number\(position.count == 1 ? "" : "s"), but the landscape has "
                    + "\(dimension) coordinate\(dimension == 1 ? "" : "s")\nGive one number for each coordinate.")
        }
        var given = try Assignments(arguments, SimulationInput.start)
        time = given.remove("t") ?? 0
        guard time.isFinite, time >= 0 else { throw Failure("--start: t = \(time) is not a time\nGive t >= 0.") }
        var initial = position
        for state in rule.states.dropFirst() {
            let own = state.initialValue.evaluated { parameters.values[$0.name] ?? .nan }
            let common = given.remove(state.name)
            for coordinate in 1...dimension {
                let name = dimension == 1 ? state.name : "\(state.name)\(coordinate)"
                let value = given.remove("\(state.name)\(coordinate)") ?? common ?? own
                guard value.isFinite, state.symbol.bounds.contains(value) else {
                    throw Failure("--start: \(name) = \(value) is not \(state.symbol.bounds.requirement)")
                }
                initial.append(value)
            }
        }
        if let name = given.names.first {
            let known = rule.states.dropFirst().map(\.name)
            guard name != rule.states[0].name else { throw Failure("--start: give the position with --x0") }
            throw known.isEmpty
                ? Failure("--start: \(rule.name) has no state but its position, which --x0 gives")
                : Failure.unknown("state", name, among: known)
        }
        self.initial = initial
        modelStart =
            arguments.contains(SimulationInput.start) && time == 0
            ? ModelStart(states: Array(initial.prefix(modelStates * dimension))) : nil
        seed = UInt64(try arguments.integer(SimulationInput.seed, in: 0...Int.max) ?? 1)
        threads = try arguments.integer(SimulationInput.threads, in: 1...1024)
    }

    /// The start that the user gave, where all models are regular there at time 0: bias corrections are not, and such a
    /// model starts after the optimizer's first step.
    func givenStart(of models: [any DiffusionKernel]) -> ModelStart? {
        guard let modelStart else { return nil }
        let isRegular = models.allSatisfy { (try? modelStart.check($0, stateNames: stateNames)) != nil }
        return isRegular ? modelStart : nil
    }

    /// Where a model starts: where the user said, or else where its coefficients are regular.
    func start(
        of model: CompiledModel, jumps: Bool = false, beside optimizer: OptimizerProcess
    ) throws(SimulationError) -> ModelStart {
        if let given = givenStart(of: [model]) { return given }
        return try ModelStart.chosen(
            for: model, jumps: jumps, optimizer: optimizer, initial: initial, stateNames: stateNames)
    }

    /// A formula in the states, as a test function.
    func test(_ text: String) throws(Failure) -> WeakErrorProblem.Test {
        let formula = try LandscapeInput.expression(text, of: "--test", states: stateNames)
        do {
            return try WeakErrorProblem.Test(
                text, formula, stateNames: stateNames, dimension: landscape.dimension)
        } catch {
            throw Failure(
                "--test: \(error)\nThe landscape has \(landscape.dimension) coordinate\(landscape.dimension == 1 ? "" : "s")."
            )
        }
    }

    /// The number of parts of a step of the integrator: `eta` or `eta/16`.
    static func substeps(_ text: String, option: Option) throws(Failure) -> Int {
        let parts = text.filter { !$0.isWhitespace }.replacing("η", with: "eta").split(separator: "/")
        guard parts.first == "eta", parts.count <= 2 else {
            throw Failure("\(option.spelling) is eta or eta/M with a whole number M, not '\(text)'")
        }
        guard parts.count == 2 else { return 1 }
        guard let substeps = Int(parts[1]), (1...65536).contains(substeps) else {
            throw Failure("\(option.spelling): M in eta/M is a whole number from 1 to 65536, not '\(parts[1])'")
        }
        return substeps
    }
}

extension Failure {
    /// A simulation that has no result.
    init(_ error: SimulationError) {
        if case .cancelled = error {
            self.init("\(error)", status: .interrupted)
        } else if case .noise(.missingMoment) = error {
            self.init("\(error)", status: .doesNotExist)
        } else if case .infiniteExpectation = error {
            self.init("\(error)", status: .doesNotExist)
        } else if case .blewUp = error {
            self.init(
                "\(error)\nA state that must stay positive (v) can leave its range under the full noise, however fine the "
                    + "integrator: try smaller --etas, a start away from 0 such as --start v=0.5, or --diffusion declared."
            )
        } else {
            self.init("\(error)")
        }
    }
}
