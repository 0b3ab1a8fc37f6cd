import Algebra
import Matching
import Numerics
import Probability

/// The state of a path: state s of coordinate i (from 0) is number s d + i, so that all positions come first.
public typealias State = [Double]
/// A matrix over the entries of a ``State``.
public typealias Matrix = DenseMatrix

/// An SDE with numbers for its parameters, on a landscape: a value of many words that never changes, held once.
///
/// Drift and diffusion are closures of one state; `evaluate` and `advance` take many states at once. A coefficient that is
/// singular at a state is infinite or NaN there: see ``isFinite(at:time:)``.
public final class CompiledModel: Sendable {
    /// The number d of coordinates.
    public let dimension: Int
    /// The number of states of a coordinate.
    public let stateCount: Int
    /// The number of Brownian motions of a coordinate; where coordinates share noise, of states, and each motion moves
    /// several coordinates.
    public let noiseCount: Int
    /// The names of the states of a coordinate.
    public let stateNames: [String]
    /// The step size eta.
    public let stepSize: Double
    public let landscape: Landscape
    /// The entries of the diffusion s of a coordinate that are not zero everywhere, by state and Brownian motion; where
    /// coordinates share noise, those of the factor of a coordinate's own covariance.
    public let diffusionEntries: [(state: Int, noise: Int)]

    /// The equation before numbers were put in.
    let sde: SDE
    let coefficients: CoordinateKernel
    let covarianceKernel: CoordinateKernel
    private let diffusionKernel: CoordinateKernel
    /// Whether the noise of one coordinate goes along with that of another.
    public let couplesCoordinates: Bool
    /// The covariance between coordinates, where there is one.
    let pairs: PairKernel?
    private let step: CoordinateKernel

    fileprivate init(
        _ sde: SDE, on landscape: Landscape, parameters: [String: Double], accepted: Set<String>,
        draw: GradientDraw?, functions: [Function: ExternalFunction]
    ) throws(CompilationError) {
        self.sde = sde
        dimension = landscape.dimension
        stateCount = sde.states.count
        let couples = sde.couplesCoordinates && landscape.dimension > 1
        couplesCoordinates = couples
        let motionCount = sde.diffusion.first?.count ?? 0
        noiseCount = couples ? stateCount : motionCount
        stateNames = sde.states.map(\.name)
        self.landscape = landscape
        let covariance = sde.covariance.flatMap { $0 }
        let cross = sde.crossCovariance.flatMap { $0 }
        let formulas = sde.drift + covariance + sde.diffusion.flatMap { $0 } + cross
        let own = Set(sde.states + [sde.time, Expression.dimension])
        let ofDraw = draw.map { [$0.mean, $0.scale] + $0.law.arguments } ?? []
        let used = Set((formulas + ofDraw).flatMap(\.symbols)).union([sde.stepSize])
            .union(draw?.correlation.map { [$0] } ?? []).subtracting(own)
        let table = try ParameterTable(
            sde.defaultValues.merging(parameters) { $1 },
            symbols: used.filter { !$0.isRandom && !($0.role == .field && $0.name == "f") },
            accepted: accepted.union(["B"]).union(sde.defaultValues.keys), dimension: dimension)
        stepSize = try table.values(of: sde.stepSize)[0]
        try sde.averages?.requireContractions(table)

        var entries: [(state: Int, noise: Int)] = []
        for (a, row) in sde.diffusion.enumerated() {
            for (q, entry) in row.enumerated() where !entry.isZero { entries.append((a, q)) }
        }
        diffusionEntries = entries
        let factor = sde.diffusion.map { $0.map(\.guardingVarianceRoots) }
        let diffusion = entries.map { factor[$0.state][$0.noise] }
        var source = CoordinateKernel.Source(
            formulas: sde.drift + diffusion, states: sde.states, uniforms: [sde.time], draw: draw, functions: functions)
        source.averages = try sde.averageEvaluators()
        coefficients = try CoordinateKernel(source, on: landscape, parameters: table)
        source.formulas = diffusion
        diffusionKernel = try CoordinateKernel(source, on: landscape, parameters: table)
        source.formulas = covariance
        covarianceKernel = try CoordinateKernel(source, on: landscape, parameters: table)
        source.formulas = cross
        if couples, let correlation = draw?.correlation {
            _ = try Correlations(
                of: correlation, parameters: sde.defaultValues.merging(parameters) { $1 },
                dimension: landscape.dimension)
        }
        pairs = couples ? try PairKernel(source, other: SDE.otherIndex, on: landscape, parameters: table) : nil

        // One step of Euler and Maruyama's scheme as one kernel.
        let (length, root) = (Symbol("dt"), Symbol("sqrt(eta*dt)"))
        let normals = (0..<motionCount).map { Symbol("Z\($0)", indices: sde.states[0].indices) }
        source.formulas = sde.states.indices.map { a in
            let noise = Expression.sum(of: normals.indices.map { factor[a][$0] * Expression(normals[$0]) })
            return Expression(sde.states[a]) + Expression(length) * sde.drift[a] + Expression(root) * noise
        }
        source.supplied = normals
        source.uniforms += [length, root]
        step = try CoordinateKernel(source, on: landscape, parameters: table, replacesStates: true)
    }

    // MARK: One state

    /// The drift b: (state, time) to state.
    public var drift: @Sendable (State, Double) -> State {
        { [coefficients, stateCount, dimension] state, time in
            Array(evaluateOne(coefficients, state, time).prefix(stateCount * dimension))
        }
    }

    /// The diffusion s, S = s s^T: (state, time) to a matrix with a column for each Brownian motion; that of motion q of
    /// coordinate i is column q d + i.
    ///
    /// Where coordinates share noise it is the Cholesky factor of the covariance, of NaN where that is not positive
    /// semidefinite.
    public var diffusion: @Sendable (State, Double) -> Matrix {
        if couplesCoordinates {
            return { [covariance] state, time in
                let matrix = covariance(state, time)
                return (try? matrix.choleskyFactor()) ?? Double.nan * matrix
            }
        }
        return { [diffusionKernel, stateCount, noiseCount, dimension, diffusionEntries] state, time in
            let values = evaluateOne(diffusionKernel, state, time)
            var matrix = Matrix(rows: stateCount * dimension, columns: noiseCount * dimension)
            for (k, entry) in diffusionEntries.enumerated() {
                for i in 0..<dimension {
                    matrix[entry.state * dimension + i, entry.noise * dimension + i] =
                        values[k * dimension + i]
                }
            }
            return matrix
        }
    }

    /// The covariance S, without the factor eta: (state, time) to a symmetric matrix.
    public var covariance: @Sendable (State, Double) -> Matrix {
        { [self] state, time in
            var result = Matrix(rows: stateCount * dimension, columns: stateCount * dimension)
            var values = evaluateOne(covarianceKernel, state, time)
            values += crossCovariance(at: state, time: time)
            values.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                fillCovariance(&result, from: LaneRows(base, stride: 1), lane: 0)
            }
            return result
        }
    }

    /// Whether every coefficient has a finite value at a state.
    public func isFinite(at state: State, time: Double) -> Bool {
        evaluateOne(coefficients, state, time).allSatisfy(\.isFinite)
    }

    // MARK: Many states at once. Row r of a table of states is entry r of every path's State.

    /// The drift, in rows as the states, and the diffusion: entry k of ``diffusionEntries`` for coordinate i is row k d + i
    /// of its table.
    ///
    /// - Precondition: no table overlaps another.
    public func evaluate(states: LaneRows, time: Double, drift: LaneRows, diffusion: LaneRows, count: Int) {
        coefficients.evaluate(
            states: states, uniforms: [time], into: drift, and: diffusion, split: stateCount, count: count)
    }

    /// The diffusion alone, in rows as ``evaluate(states:time:drift:diffusion:count:)`` has them.
    public func evaluateDiffusion(states: LaneRows, time: Double, into result: LaneRows, count: Int) {
        diffusionKernel.evaluate(states: states, uniforms: [time], into: result, count: count)
    }

    /// The covariance: entry (a, c) for coordinate i is row (a n + c) d + i, with n states of a coordinate.
    public func evaluateCovariance(states: LaneRows, time: Double, into result: LaneRows, count: Int) {
        covarianceKernel.evaluate(states: states, uniforms: [time], into: result, count: count)
    }

    /// One step of Euler and Maruyama's scheme: x + b dt + sqrt(eta dt) s Z.
    ///
    /// - Parameters:
    ///   - normals: standard normal numbers, that of motion q of coordinate i in row q d + i.
    ///   - result: receives the next states. It may be the table of the states unless ``couplesCoordinates``; no other table
    ///     overlaps another.
    ///   - coordinates: those that are advanced, if not all; to be given only where the model ``isCoordinatewise``. The
    ///     normal numbers are theirs alone, the states and the result those of all.
    ///   - memory: ``memoryRowCount`` rows of `count` numbers to work in; allocated where there is none.
    public func advance(
        states: LaneRows, normals: LaneRows, time: Double, by length: Double, into result: LaneRows, count: Int,
        coordinates: Range<Int>? = nil, memory: UnsafeMutablePointer<Double>? = nil
    ) {
        if couplesCoordinates {
            return advanceCoupled(
                states: states, normals: normals, time: time, by: length, into: result, count: count)
        }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 3) { uniforms in
            guard let base = uniforms.baseAddress else { return }
            (base[0], base[1], base[2]) = (time, length, (stepSize * length).squareRoot())
            step.evaluate(
                states: states, supplied: normals, uniforms: base, into: result, count: count,
                coordinates: coordinates, memory: memory)
        }
    }

    /// Whether a step of a coordinate needs nothing of the others, so that some can be advanced before the others.
    public var isCoordinatewise: Bool { !couplesCoordinates && step.isCoordinatewise }

    /// How many rows of memory a step takes.
    public var memoryRowCount: Int { step.memoryRowCount }
}

private func evaluateOne(_ kernel: CoordinateKernel, _ state: State, _ time: Double) -> [Double] {
    kernel.evaluateOne(states: state, supplied: [], uniforms: [time])
}

extension SDE {
    /// The model with numbers for its parameters, on a landscape.
    ///
    /// - Parameters:
    ///   - landscape: where the gradient, and at order 2 the Hessian, come from.
    ///   - parameters: a value for the step size and every parameter without a default, by name; `sigma` for all
    ///     coordinates, or `sigma1`, `sigma2`, ... for each.
    ///   - accepted: names of parameters that may be given although the formulas do not have them.
    ///   - draw: the gradient draw that named expectations are over.
    ///   - functions: what schedules stand for.
    /// - Throws: ``CompilationError`` that names what is missing, unknown or out of range.
    public func compiled(
        on landscape: Landscape, parameters: [String: Double], accepting accepted: Set<String> = [],
        draw: GradientDraw? = nil, functions: [Function: ExternalFunction] = [:]
    ) throws(CompilationError) -> CompiledModel {
        try CompiledModel(
            self, on: landscape, parameters: parameters, accepted: accepted, draw: draw, functions: functions)
    }
}
