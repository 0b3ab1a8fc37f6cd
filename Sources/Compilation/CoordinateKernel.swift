import Algebra
import Probability

/// Formulas of one coordinate compiled for all coordinates and many states at once.
///
/// A class, since a model hands its kernels on at every step, and their tables are many words.
final class CoordinateKernel: Sendable {
    /// What a kernel is compiled from.
    struct Source {
        /// The formulas of coordinate `i`.
        var formulas: [Expression]
        /// The states of coordinate `i`.
        var states: [Symbol]
        /// Further values of coordinate `i` that the caller supplies, such as noise.
        var supplied: [Symbol] = []
        /// Numbers that the caller supplies once for a call, such as the time.
        var uniforms: [Symbol] = []
        /// The gradient draw that named expectations are over.
        var draw: GradientDraw?
        var functions: [Function: ExternalFunction] = [:]
        /// Functions that averaging gave rise to.
        var averages: [Function: AverageEvaluator] = [:]
    }

    /// Whether the formulas of a coordinate need nothing of the others, so that they can be evaluated for some of them.
    let isCoordinatewise: Bool

    /// The number of lanes that all stages pass through before the next ones begin.
    private static let chunk = 512

    let landscape: Landscape
    private let stateCount: Int
    private let suppliedCount: Int
    let outputCount: Int
    private let program: Program
    private let stages: [CompiledStage]
    /// The values for each coordinate of the parameters that differ between coordinates.
    private let coordinateParameters: [[Double]]
    private let needs: Needs
    private let dimension: Int
    private let uniformCount: Int
    /// The vectors that a stage is given at most.
    private let operandCount: Int
    /// The rows of intermediate results: what is needed of the landscape, a row for each stage's result, and those of its
    /// operands.
    private let rowCount: Int

    /// What the formulas need of the landscape.
    struct Needs: Sendable {
        var value = false
        var gradient = false
        var hessianDiagonal = false
        var noiseScale = false
    }

    private enum CompiledStage: Sendable {
        case hessianProduct(Program)
        /// The weights, and the derivative of the Hessian's weighted diagonal; `nil` where that is zero.
        case curvatureDerivative(Program, Program?)
        /// The two directions in turn, and the third derivative along both; `nil` where that is zero.
        case thirdDerivative(Program, Program?)
        case scaleDerivative(Program)
        case plainSum(Program)
        case expectation(NoiseIntegral)
        case average(AverageStage)
        case radial(RadialIntegral)
    }

    /// - Parameter replacesStates: whether the formulas are the next states, which may take the place of the states.
    init(
        _ source: Source, on landscape: Landscape, parameters: ParameterTable, replacesStates: Bool = false
    ) throws(CompilationError) {
        guard let index = source.states.first?.indices.first else { throw .undefined }
        let formulas = source.formulas.map { $0.reducingVectorExpectations(over: source.draw) }
        let split = try CoordinateFormulas(formulas, index: index, averages: Set(source.averages.keys))
        let resolver = CoordinateResolver(
            source, stages: split.stages.map(\.result), index: index, on: landscape, parameters: parameters)
        // The parameters of each coordinate become known as the formulas are compiled.
        var stages: [CompiledStage] = []
        for (stage, _) in split.stages {
            switch stage {
            case .hessianProduct(let vector):
                try landscape.requireHessian()
                stages.append(.hessianProduct(try resolver.program([vector])))
            case .curvatureDerivative(let vector):
                stages.append(.curvatureDerivative(try resolver.program([vector]), try landscape.curvatureDerivative()))
            case .thirdDerivative(let first, let second):
                stages.append(
                    .thirdDerivative(try resolver.program([first, second]), try landscape.thirdDerivative()))
            case .scaleDerivative(let vector): stages.append(.scaleDerivative(try resolver.program([vector])))
            case .plainSum(let term): stages.append(.plainSum(try resolver.program([term])))
            case .expectation(let body):
                guard let draw = source.draw else {
                    throw .unsupportedExpectation(Expression.expectation(of: body).text)
                }
                stages.append(.expectation(try NoiseIntegral(of: body, over: draw, resolver)))
            case .average(let function, let arguments):
                guard let evaluator = source.averages[function] else {
                    throw .unsupportedExpectation(Expression.function(function, arguments).text)
                }
                stages.append(.average(AverageStage(evaluator, try resolver.program(arguments))))
            case .radial(let function, let squaredMean, let n):
                stages.append(.radial(try RadialIntegral(of: function, squaredMean: squaredMean, adding: n, resolver)))
            }
        }
        program = try resolver.program(split.outputs, replacing: replacesStates ? source.states.count : 0)
        self.stages = stages
        self.landscape = landscape
        stateCount = source.states.count
        suppliedCount = source.supplied.count
        outputCount = source.formulas.count
        coordinateParameters = resolver.coordinateParameters
        needs = resolver.needs
        dimension = landscape.dimension
        isCoordinatewise = landscape.isCoordinatewise && stages.isEmpty && !needs.value && !needs.noiseScale
        uniformCount = source.uniforms.count
        operandCount = stages.map { if case .thirdDerivative = $0 { 2 } else { 1 } }.max() ?? 0
        let perCoordinate = [needs.gradient, needs.hessianDiagonal, needs.noiseScale].count { $0 }
        rowCount = (needs.value ? 1 : 0) + dimension * (perCoordinate + operandCount + stages.count)
        if needs.hessianDiagonal { try landscape.requireHessian() }
    }

    /// How many rows of numbers, one for each state, are enough memory for a call, however few the states.
    var memoryRowCount: Int { fixedCount + rowCount + program.scratchRowCount(longestRow: dimension) }

    /// The numbers of memory whose count does not depend on the states: the uniforms of a coordinate, and the table of the
    /// rows that the program reads and writes.
    private var fixedCount: Int {
        uniformCount + coordinateParameters.count + program.inputCount + max(2, outputCount)
    }

    /// Evaluates the formulas.
    ///
    /// Rows hold one quantity of one coordinate: quantity q of coordinate i is row q d + i of its table. Where the kernel was
    /// compiled with `replacesStates`, the table of the results may be that of the states.
    ///
    /// - Parameters:
    ///   - first: receives the formulas, or those before number `split`.
    ///   - second: receives the formulas from number `split` on.
    ///   - interpolates: whether averages and radial expectations may be interpolated, as for many states.
    ///   - coordinates: those for which the formulas are evaluated, if not for all; to be given only where the kernel
    ///     ``isCoordinatewise``. The supplied values are theirs alone, the states and the results those of all.
    ///   - memory: ``memoryRowCount`` rows of `count` numbers to work in; allocated where there is none.
    func evaluate(
        states: LaneRows, supplied: LaneRows? = nil, uniforms: UnsafePointer<Double>, into first: LaneRows,
        and second: LaneRows? = nil, split: Int = .max, count: Int, interpolates: Bool = true,
        coordinates: Range<Int>? = nil, memory: UnsafeMutablePointer<Double>? = nil
    ) {
        guard let memory else {
            let lanes = min(count, Self.chunk)
            let capacity = fixedCount + rowCount * lanes + program.scratchCount(for: dimension * lanes)
            return withUnsafeTemporaryAllocation(of: Double.self, capacity: capacity) {
                evaluate(
                    states: states, supplied: supplied, uniforms: uniforms, into: first, and: second, split: split,
                    count: count, interpolates: interpolates, coordinates: coordinates, memory: $0.baseAddress)
            }
        }
        let outputs = Outputs(first: first, second: second ?? first, split: split, dimension: dimension)
        var done = 0
        while done < count {
            let lanes = min(count - done, Self.chunk)
            evaluateChunk(
                states.dropping(lanes: done), supplied?.dropping(lanes: done), uniforms, outputs.dropping(lanes: done),
                coordinates ?? 0..<dimension, memory, lanes, interpolates)
            done += lanes
        }
    }

    /// Where the formulas go.
    private struct Outputs {
        let first: LaneRows
        let second: LaneRows
        let split: Int
        let dimension: Int

        /// The row of a formula of the first coordinate; those of the others follow.
        func row(_ formula: Int) -> UnsafeMutablePointer<Double> {
            formula < split ? first[formula * dimension] : second[(formula - split) * dimension]
        }

        func stride(_ formula: Int) -> Int { formula < split ? first.stride : second.stride }

        func dropping(lanes: Int) -> Outputs {
            Outputs(
                first: first.dropping(lanes: lanes), second: second.dropping(lanes: lanes), split: split,
                dimension: dimension)
        }
    }

    /// The formulas at one state, formula q of coordinate i as number q d + i.
    func evaluateOne(states: [Double], supplied: [Double], uniforms: [Double]) -> [Double] {
        let d = dimension
        precondition(
            states.count == stateCount * d && supplied.count == suppliedCount * d,
            "a state has an entry for each state of each coordinate")
        var memory = states + supplied + [Double](repeating: 0, count: outputCount * d)
        return memory.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return [] }
            let rows = LaneRows(base, stride: 1)
            let result = rows.dropping(rows: (stateCount + suppliedCount) * d)
            evaluate(
                states: rows, supplied: rows.dropping(rows: stateCount * d), uniforms: uniforms, into: result, count: 1,
                interpolates: false)
            return (0..<outputCount * d).map { result[$0][0] }
        }
    }

    private func evaluateChunk(
        _ states: LaneRows, _ supplied: LaneRows?, _ shared: UnsafePointer<Double>, _ outputs: Outputs,
        _ coordinates: Range<Int>, _ memory: UnsafeMutablePointer<Double>, _ lanes: Int, _ interpolates: Bool
    ) {
        let d = dimension
        let (first, n) = (coordinates.lowerBound, coordinates.count)
        let isUniform = coordinateParameters.isEmpty
        memory.update(from: shared, count: uniformCount)
        /// The uniforms, and after them the parameters of a coordinate.
        func uniforms(of coordinate: Int) -> UnsafePointer<Double> {
            for (k, values) in coordinateParameters.enumerated() { memory[uniformCount + k] = values[coordinate] }
            return UnsafePointer(memory)
        }
        var rest = LaneRows(memory + fixedCount, stride: lanes)
        // What is not needed is never read for its value; the states stand in for it.
        func rows(_ count: Int, if isNeeded: Bool) -> LaneRows {
            guard isNeeded else { return states }
            defer { rest = rest.dropping(rows: count) }
            return rest
        }
        let value = rows(1, if: needs.value)
        let gradient = rows(n, if: needs.gradient)
        let diagonal = rows(n, if: needs.hessianDiagonal)
        let scale = rows(d, if: needs.noiseScale)
        let operand = rows(operandCount * d, if: !stages.isEmpty)
        let results = rows(stages.count * d, if: !stages.isEmpty)
        if needs.value { landscape.value(at: states, into: value[0], count: lanes) }
        if needs.gradient { landscape.gradient(at: states, coordinates: coordinates, into: gradient, count: lanes) }
        if needs.hessianDiagonal {
            landscape.hessianDiagonal(at: states, coordinates: coordinates, into: diagonal, count: lanes)
        }
        if needs.noiseScale { landscape.noiseScale?.value(at: states, into: scale, count: lanes) }
        let inputCount = program.inputCount
        // A pointer takes the place of a number.
        let table = UnsafeMutableRawPointer(memory + uniformCount + coordinateParameters.count)
            .bindMemory(to: UnsafeMutablePointer<Double>.self, capacity: inputCount + max(2, outputCount))
        func fillInputs(_ i: Int) {
            for s in 0..<stateCount { table[s] = states[s * d + i] }
            for s in 0..<suppliedCount { table[stateCount + s] = (supplied ?? states)[s * n + i - first] }
            let base = stateCount + suppliedCount
            (table[base], table[base + 1], table[base + 2]) = (value[0], gradient[i - first], diagonal[i - first])
            table[base + 3] = scale[i]
            for s in stages.indices { table[base + 4 + s] = results[s * d + i] }
        }
        for (s, stage) in stages.enumerated() {
            let result = results.dropping(rows: s * d)
            for i in 0..<d {
                fillInputs(i)
                switch stage {
                case .hessianProduct(let vector), .curvatureDerivative(let vector, _), .scaleDerivative(let vector),
                    .plainSum(let vector):
                    table[inputCount] = operand[i]
                    vector.evaluate(table, uniforms: uniforms(of: i), count: lanes)
                case .thirdDerivative(let vectors, _):
                    (table[inputCount], table[inputCount + 1]) = (operand[i], operand[d + i])
                    vectors.evaluate(table, uniforms: uniforms(of: i), count: lanes)
                case .expectation(let integral):
                    integral.evaluate(table, uniforms: uniforms(of: i), into: result[i], count: lanes)
                case .average(let average):
                    average.evaluate(
                        table, uniforms: uniforms(of: i), into: result[i], count: lanes,
                        interpolates: interpolates)
                case .radial(let integral):
                    // The same for every coordinate.
                    if i == 0 {
                        integral.evaluate(
                            table, uniforms: uniforms(of: i), into: result[i], count: lanes,
                            interpolates: interpolates)
                    } else {
                        result[i].update(from: result[0], count: lanes)
                    }
                }
            }
            switch stage {
            case .curvatureDerivative(_, let derivative):
                derivative?.evaluate([states, operand], into: result, count: lanes)
                if derivative == nil { setToZero(result, d, lanes) }
            case .thirdDerivative(_, let derivative):
                derivative?.evaluate([states, operand, operand.dropping(rows: d)], into: result, count: lanes)
                if derivative == nil { setToZero(result, d, lanes) }
            case .hessianProduct: landscape.hessianProduct(at: states, operand, into: result, count: lanes)
            case .scaleDerivative:
                landscape.noiseScale?.derivative(at: states, along: operand, into: result, count: lanes)
                // A scale given as a number does not depend on the position.
                if landscape.noiseScale == nil { setToZero(result, d, lanes) }
            case .plainSum:
                for lane in 0..<lanes {
                    var sum = 0.0
                    for i in 0..<d { sum += operand[i][lane] }
                    for i in 0..<d { result[i][lane] = sum }
                }
            case .expectation, .average, .radial: break
            }
        }
        // Coordinates whose lanes follow each other in every table are one long coordinate.
        let isContiguous =
            isUniform && !needs.value && states.stride == lanes && supplied.map { $0.stride == lanes } != false
            && outputs.first.stride == lanes && outputs.second.stride == lanes
        for i in isContiguous ? coordinates.prefix(1) : coordinates {
            fillInputs(i)
            for q in 0..<outputCount { table[inputCount + q] = outputs.row(q) + i * outputs.stride(q) }
            program.evaluate(
                table, uniforms: uniforms(of: i), count: isContiguous ? n * lanes : lanes, scratch: rest[0])
        }
    }
}

private func setToZero(_ rows: LaneRows, _ count: Int, _ lanes: Int) {
    for i in 0..<count { rows[i].update(repeating: 0, count: lanes) }
}
