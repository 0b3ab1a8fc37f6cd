import Algebra
import Compilation
import Probability
import Rules

/// An update rule with numbers for its parameters, on a landscape: the optimizer itself.
///
/// Each step draws `g = f_i(point) + scale Z` for every coordinate, with the gradient of the landscape at the rule's
/// point and `Z` of the noise law; a second gradient at a point that may depend on the first, with the same noise or its
/// own.
///
/// A class, since an ensemble hands it on at every step, and its fields are many.
public final class CompiledOptimizer: OptimizerKernel {
    public let dimension: Int
    public let stepSize: Double
    /// The law of the noise.
    public let law: NumericNoiseLaw
    /// Draws of the law, coupled to normal numbers.
    public let noise: NoiseSource
    let stateCount: Int
    /// The correlations of the noise of coordinates; `nil` for independent ones.
    private let correlations: Correlations?
    /// The next iterates, in the states and in what ``suppliedCount`` counts.
    private let update: CompiledUpdate
    /// Where the gradients are drawn that are not drawn at the position, in the order in which they are.
    private let points: [CompiledUpdate]
    /// The number of draws of a coordinate with noise of their own.
    private let sampleCount: Int
    private let landscape: Landscape
    /// The mean of the gradient at the position, and the scale of its noise.
    private let gradientLaw: CompiledUpdate
    /// The arguments of the functions with kinks.
    private let kinks: CompiledUpdate?
    private let kinkCount: Int
    let dependsOnStep: Bool
    /// Whether there are no kinks, and every term of the expansion in the step size is a polynomial in the noise.
    private let isPolynomial: Bool

    /// - Parameters:
    ///   - draw: the gradient of coordinate `i`: its scale and its law.
    ///   - parameters: a value for the step size, `sigma` and every parameter without a default, by name.
    ///   - accepted: names that may be given although the rule does not have them.
    ///   - functions: what schedules stand for.
    /// - Throws: ``SimulationError/compilation(_:)`` for a parameter that is missing, unknown or out of range, and
    ///   ``SimulationError/noise(_:)`` for a law that cannot be sampled.
    public init(
        _ rule: UpdateRule, draw: GradientDraw, on landscape: Landscape, parameters: [String: Double],
        accepting accepted: Set<String> = [], functions: [Function: ExternalFunction] = [:]
    ) throws(SimulationError) {
        let parameters = rule.defaultValues.merging(parameters) { $1 }
        dimension = landscape.dimension
        stateCount = rule.states.count
        self.landscape = landscape
        let states = rule.states.map(\.symbol)
        let isShifted = rule.gradient.point != Expression(rule.position)
        func ofCoordinate(_ name: String) -> Symbol { Symbol(name, indices: [.free(UpdateRule.index)]) }
        // Supplied are the noise of each sample, then the mean of each gradient that is not drawn at the position.
        let normals = rule.gradients.filter { $0.sample == .fresh }.indices.map { ofCoordinate("Z\($0)") }
        var means: [Symbol] = []
        var formulas: [Expression] = []
        if isShifted {
            means.append(ofCoordinate("mean1"))
            formulas.append(rule.gradient.point)
        }
        let first =
            (isShifted ? Expression(means[0]) : draw.mean) + draw.scale * Expression(normals[0])
        // On one coordinate the root of a sum of squares is an absolute value, whose kink is known.
        func reduced(_ formula: Expression) -> Expression {
            landscape.dimension == 1 ? formula.onOnlyCoordinate(.free(UpdateRule.index)) : formula
        }
        var updates = rule.updates.map(reduced)
        var values = [(symbol: draw.symbol, value: first)]
        var unused = normals.dropFirst()
        for later in rule.laterGradients {
            var mean = draw.mean
            if later.point != Expression(rule.position) {
                means.append(ofCoordinate("mean\(values.count + 1)"))
                mean = Expression(means[means.count - 1])
                formulas.append(
                    values.reduce(reduced(later.point)) { $0.replacingAtEveryCoordinate($1.symbol, by: $1.value) })
            }
            let noise = later.sample == .same ? normals[0] : unused.popFirst() ?? normals[0]
            values.append((later.symbol, mean + draw.scale * Expression(noise)))
        }
        updates = updates.map { update in
            values.reduce(update) { $0.replacingAtEveryCoordinate($1.symbol, by: $1.value) }
        }
        sampleCount = normals.count
        let random = Set((normals + means).map(\.name))
        isPolynomial = (updates + formulas).allSatisfy {
            $0.kinkArguments.isEmpty && $0.isPolynomial(in: random, whereVanishes: rule.stepSize)
        }
        dependsOnStep = updates.contains { $0.contains(any: [UpdateRule.stepIndex, UpdateRule.time]) }
        let accepted = draw.correlation == nil ? accepted : accepted.union(parameters.keys)
        func compile(
            _ formulas: [Expression], supplied: [Symbol], accepting others: [String] = []
        ) throws(CompilationError) -> CompiledUpdate {
            try CompiledUpdate(
                formulas, states: states, draws: supplied, stepIndex: UpdateRule.stepIndex, time: UpdateRule.time,
                on: landscape, parameters: parameters,
                accepting: accepted.union(rule.parameters.map(\.symbol.name)).union([rule.stepSize.name] + others),
                functions: functions)
        }
        do {
            let supplied = normals + means
            let arguments = (formulas + updates).flatMap(\.kinkArguments).filter { $0.contains(any: supplied) }
            update = try compile(updates, supplied: supplied)
            gradientLaw = try compile([draw.mean, draw.scale], supplied: [], accepting: Array(parameters.keys))
            var points: [CompiledUpdate] = []
            for (number, formula) in formulas.enumerated() {
                points.append(try compile([formula], supplied: normals + means.prefix(number)))
            }
            self.points = points
            kinks = arguments.isEmpty ? nil : try compile(arguments, supplied: supplied)
            kinkCount = arguments.count
            let dimension = landscape.dimension
            correlations =
                if let correlation = draw.correlation, dimension > 1 {
                    try Correlations(of: correlation, parameters: parameters, dimension: dimension)
                } else { nil }
        } catch {
            throw .compilation(error)
        }
        guard let stepSize = parameters[rule.stepSize.name] else {
            throw .compilation(.missingParameter(rule.stepSize.name, given: parameters.keys.sorted()))
        }
        self.stepSize = stepSize
        do {
            let values = Dictionary(
                uniqueKeysWithValues: Set(draw.law.arguments.flatMap(\.symbols)).compactMap { symbol in
                    parameters[symbol.name].map { (symbol, $0) }
                })
            law = try NumericNoiseLaw(draw.law, at: values)
        } catch {
            throw .noise(error)
        }
        noise = correlations.map { NoiseSource(correlationFactor: $0.factor) } ?? NoiseSource(law)
    }

    public var variableCount: Int { stateCount * dimension }
    public var noiseCount: Int { sampleCount * dimension }

    /// Whether coordinates share noise.
    var isCorrelated: Bool { correlations != nil }

    /// The noise of every coordinate for which its gradient at the position is zero.
    func noiseWithoutGradient(at states: [Double]) -> [Double] {
        let law = gradientLaw.next(states, draws: [], step: 1)
        return (0..<dimension).map { -law[$0] / law[dimension + $0] }
    }

    public var scratchCount: Int { points.isEmpty ? update.memoryRowCount : 0 }

    public func advance(_ states: LaneBlock, noise: LaneBlock, step: Int) {
        apply(update, states, noise: noise, step: step, into: states)
    }

    public func advance(_ states: LaneBlock, noise: LaneBlock, step: Int, scratch: LaneBlock) {
        apply(update, states, noise: noise, step: step, into: states, memory: points.isEmpty ? scratch.base : nil)
    }

    /// Functions of the states and of what the step draws: the noise, and the means of the gradients that are not drawn
    /// at the position; the next iterates may take the place of the states.
    private func apply(
        _ functions: CompiledUpdate, _ states: LaneBlock, noise: LaneBlock, step: Int, into result: LaneBlock,
        memory: UnsafeMutablePointer<Double>? = nil
    ) {
        guard !points.isEmpty else {
            return functions.advance(
                states: states.rows, draws: noise.rows, step: step, time: time(step), into: result.rows,
                count: states.lanes, memory: memory)
        }
        let suppliedCount = (sampleCount + points.count) * dimension
        let count = dimension + suppliedCount
        withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, count * states.lanes)) { memory in
            guard let base = memory.baseAddress else { return }
            let all = LaneBlock(base, variables: count, lanes: states.lanes)
            let (positions, supplied) = all.split(at: dimension)
            supplied.base.update(from: noise.base, count: noiseCount * states.lanes)
            for (number, point) in points.enumerated() {
                point.advance(
                    states: states.rows, draws: supplied.rows, step: step, time: time(step), into: positions.rows,
                    count: states.lanes)
                let (_, means) = supplied.split(at: noiseCount + number * dimension)
                landscape.gradient(at: positions.rows, into: means.rows, count: states.lanes)
            }
            functions.advance(
                states: states.rows, draws: supplied.rows, step: step, time: time(step), into: result.rows,
                count: states.lanes)
        }
    }

    private func time(_ step: Int) -> Double { Double(step - 1) * stepSize }
}

extension CompiledOptimizer: CoordinatewiseOptimizer {
    var isCoordinatewise: Bool { points.isEmpty && update.isCoordinatewise }

    func advance(_ states: LaneBlock, coordinates: Range<Int>, noise: LaneBlock, step: Int, scratch: LaneBlock) {
        update.advance(
            states: states.rows, draws: noise.rows, step: step, time: time(step), into: states.rows,
            count: states.lanes, coordinates: coordinates, memory: scratch.base)
    }
}

extension CompiledOptimizer {
    /// The same as the grid solver needs it; `nil` but for a single state on one coordinate.
    public var scalar: ScalarOptimizer? {
        guard variableCount == 1, sampleCount == 1 else { return nil }
        return ScalarOptimizer(
            noise: NoiseMeasure(law),
            next: { [self] x, z, step, result in apply(update, x, noise: z, step: step, into: result) },
            kinks: { [self] x, z, step, result in
                if let kinks { apply(kinks, x, noise: z, step: step, into: result) }
            },
            kinkCount: kinkCount, dependsOnStep: dependsOnStep)
    }

    /// A law of few points in place of the noise, where the rule expands in polynomials of it and the law has five moments.
    var pointLaw: PointLaw? {
        guard isPolynomial, correlations == nil, (try? law.moment(3)) == 0, (try? law.moment(5)) == 0,
            let second = try? law.moment(2),
            let fourth = try? law.moment(4)
        else { return nil }
        return PointLaw(second: second, fourth: fourth)
    }
}

extension NoiseMeasure {
    /// A law as a measure; of a long tail, a part of 1e-15 on either side is left out.
    init(_ law: NumericNoiseLaw) {
        guard law.atoms.isEmpty else {
            self = .atoms(law.atoms.map { ($0.value, $0.probability) })
            return
        }
        let lower = max(law.support.lower, law.quantile(1e-15))
        self = .density(
            { law.density($0) }, distribution: { law.distribution($0) }, range: lower...(-lower), breaks: law.kinks)
    }
}
