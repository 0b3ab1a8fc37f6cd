import Algebra

/// One step of an optimizer with numbers for its parameters, for many paths at once.
///
/// The stochastic gradients are supplied by the caller, who takes them from the landscape's gradient and the noise.
public struct CompiledUpdate: Sendable {
    public let dimension: Int
    /// The number of states of a coordinate.
    public let stateCount: Int
    /// The number of gradient draws of a coordinate.
    public let drawCount: Int
    private let kernel: CoordinateKernel

    /// Compiles the next iterates of a coordinate's states.
    ///
    /// - Parameters:
    ///   - updates: the next iterate of each state, in the states, the draws, the step index and parameters.
    ///   - states: the states of coordinate `i`, the first its position.
    ///   - draws: the stochastic gradients of coordinate `i`.
    ///   - stepIndex: the index k of the step, 1 for the first.
    ///   - time: the time t = (k - 1) eta, where the updates have it.
    ///   - landscape: where components of the exact gradient and Hessian come from, where the updates have them.
    ///   - parameters: a value for every parameter, by name.
    ///   - accepted: names of parameters that may be given although the updates do not have them.
    ///   - functions: what schedules stand for.
    /// - Throws: ``CompilationError`` that names what is missing, unknown or out of range.
    public init(
        _ updates: [Expression], states: [Symbol], draws: [Symbol], stepIndex: Symbol, time: Symbol? = nil,
        on landscape: Landscape, parameters: [String: Double], accepting accepted: Set<String> = [],
        functions: [Function: ExternalFunction] = [:]
    ) throws(CompilationError) {
        dimension = landscape.dimension
        stateCount = states.count
        drawCount = draws.count
        let uniforms = [stepIndex] + (time.map { [$0] } ?? [])
        let own = Set(states + draws + uniforms + [Expression.dimension])
        let used = Set(updates.flatMap(\.symbols)).subtracting(own)
        let table = try ParameterTable(
            parameters, symbols: used.filter { !$0.isRandom && !($0.role == .field && $0.name == "f") },
            accepted: accepted.union(["B", "eta", "sigma"]), dimension: dimension)
        kernel = try CoordinateKernel(
            CoordinateKernel.Source(
                formulas: updates, states: states, supplied: draws, uniforms: uniforms, functions: functions),
            on: landscape, parameters: table, replacesStates: updates.count == states.count)
    }

    /// The next states of many paths.
    ///
    /// - Parameters:
    ///   - states: state s of coordinate i in row s d + i.
    ///   - draws: draw q of coordinate i in row q d + i.
    ///   - step: the index k of the step.
    ///   - time: the time, where the updates have it.
    ///   - result: receives the next states, and may be the table of the states; no other table overlaps another.
    ///   - coordinates: those that are advanced, if not all; to be given only where the update ``isCoordinatewise``. The
    ///     draws are theirs alone, the states and the result those of all.
    ///   - memory: ``memoryRowCount`` rows of `count` numbers to work in; allocated where there is none.
    public func advance(
        states: LaneRows, draws: LaneRows, step: Int, time: Double = 0, into result: LaneRows, count: Int,
        coordinates: Range<Int>? = nil, memory: UnsafeMutablePointer<Double>? = nil
    ) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2) { uniforms in
            guard let base = uniforms.baseAddress else { return }
            (base[0], base[1]) = (Double(step), time)
            kernel.evaluate(
                states: states, supplied: draws, uniforms: base, into: result, count: count,
                coordinates: coordinates, memory: memory)
        }
    }

    /// Whether a step of a coordinate needs nothing of the others, so that some can be advanced before the others.
    public var isCoordinatewise: Bool { kernel.isCoordinatewise }

    /// How many rows of memory a step takes.
    public var memoryRowCount: Int { kernel.memoryRowCount }

    /// The next state of one path.
    public func next(_ state: State, draws: [Double], step: Int, time: Double = 0) -> State {
        kernel.evaluateOne(states: state, supplied: draws, uniforms: [Double(step), time])
    }
}
