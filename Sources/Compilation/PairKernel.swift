import Algebra

/// Formulas of two coordinates compiled for all pairs of coordinates and many states at once.
struct PairKernel: Sendable {
    let pairCount: Int
    let outputCount: Int
    private let features: CoordinateKernel
    private let program: Program
    private let landscape: Landscape
    private var dimension: Int { landscape.dimension }
    /// Whether the formulas read the entry `d_ij f` of the Hessian.
    private let needsHessian: Bool
    /// For each parameter of a pair its value in every pair.
    private let pairParameters: [[Double]]

    /// - Parameters:
    ///   - source: its formulas have the free indices of its states and `other`.
    /// - Throws: ``CompilationError``.
    init(
        _ source: CoordinateKernel.Source, other: Index, on landscape: Landscape, parameters: ParameterTable
    ) throws(CompilationError) {
        guard let own = source.states.first?.indices.first else { throw .undefined }
        let formulas = source.formulas.map { $0.reducingVectorExpectations(over: source.draw) }
        let split = try PairFormulas(formulas, own: own, other: other)
        var ofOne = source
        ofOne.formulas = split.features
        features = try CoordinateKernel(ofOne, on: landscape, parameters: parameters)
        let count = split.features.count
        let d = landscape.dimension
        self.landscape = landscape
        pairCount = d * (d - 1) / 2
        outputCount = source.formulas.count

        var bindings: [Symbol: Lowering.Binding] = [Expression.dimension: .constant(Double(d))]
        for (k, symbol) in source.uniforms.enumerated() { bindings[symbol] = .uniform(k) }
        for (symbol, k) in split.own { bindings[symbol] = .input(k) }
        for (symbol, k) in split.other { bindings[symbol] = .input(count + k) }
        let entry = Symbol("f", role: .field, derivatives: [own, other])
        needsHessian = split.outputs.contains { $0.contains(entry) }
        if needsHessian {
            try landscape.requireHessian()
            bindings[entry] = .input(2 * count)
        }
        var pairs: [[Double]] = []
        for symbol in Set(split.outputs.flatMap(\.symbols)).sorted() where bindings[symbol] == nil {
            if symbol.indices.isEmpty && symbol.role == .plain {
                bindings[symbol] = .constant(try parameters.values(of: symbol)[0])
            } else if symbol.indices == [own, other] && symbol.role == .plain {
                bindings[symbol] = .uniform(source.uniforms.count + pairs.count)
                pairs.append(try parameters.pairValues(of: symbol))
            }
        }
        pairParameters = pairs
        program = try Program(
            split.outputs, inputCount: 2 * count + (needsHessian ? 1 : 0),
            uniformCount: source.uniforms.count + pairs.count,
            functions: source.functions
        ) { symbol throws(CompilationError) in
            guard let binding = bindings[symbol] else { throw .unboundSymbol(symbol.label, nearest: nil) }
            return binding
        }
    }

    /// The formulas for i < j: formula q of the pair number p, in the order (1, 2), (1, 3), ..., (2, 3), ..., in row
    /// q pairCount + p.
    func evaluate(states: LaneRows, uniforms: [Double], into result: LaneRows, count: Int) {
        guard pairCount > 0 else { return }
        let (featureCount, d) = (features.outputCount, dimension)
        let inputCount = 2 * featureCount + (needsHessian ? 1 : 0)
        let rowCount = featureCount * d + (needsHessian ? d * d + d : 0)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, rowCount * count)) { memory in
            withUnsafeTemporaryAllocation(
                of: UnsafeMutablePointer<Double>.self, capacity: inputCount + outputCount + 1
            ) { tables in
                guard let base = memory.baseAddress, let table = tables.baseAddress else { return }
                let values = LaneRows(base, stride: count)
                if featureCount > 0 {
                    features.evaluate(states: states, uniforms: uniforms, into: values, count: count)
                }
                let hessian = values.dropping(rows: featureCount * d)
                if needsHessian { fillHessian(hessian, at: states, count: count) }
                var pair = 0
                for i in 0..<d {
                    for j in i + 1..<max(i + 1, d) {
                        for k in 0..<featureCount {
                            table[k] = values[k * d + i]
                            table[featureCount + k] = values[k * d + j]
                        }
                        if needsHessian { table[2 * featureCount] = hessian[j * d + i] }
                        for q in 0..<outputCount { table[inputCount + q] = result[q * pairCount + pair] }
                        program.evaluate(table, uniforms: uniforms + pairParameters.map { $0[pair] }, count: count)
                        pair += 1
                    }
                }
            }
        }
    }

    /// The Hessian, entry (i, j) in row j d + i; the d rows after it are working memory.
    private func fillHessian(_ rows: LaneRows, at states: LaneRows, count: Int) {
        let d = dimension
        let unit = rows.dropping(rows: d * d)
        for j in 0..<d {
            for i in 0..<d { unit[i].update(repeating: i == j ? 1 : 0, count: count) }
            landscape.hessianProduct(at: states, unit, into: rows.dropping(rows: j * d), count: count)
        }
    }
}
