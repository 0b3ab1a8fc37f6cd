import Algebra

/// What the symbols of a coordinate's formulas stand for.
///
/// The inputs of every program of a kernel are, in this order: the states, the supplied values, the loss, the component of
/// the gradient, the diagonal entry of the Hessian, the noise scale, and the results of the stages.
final class CoordinateResolver {
    let inputCount: Int
    private(set) var coordinateParameters: [[Double]] = []
    private(set) var needs = CoordinateKernel.Needs()
    let functions: [Function: ExternalFunction]
    private let inputs: [Symbol: Int]
    private let uniforms: [Symbol: Int]
    /// The place of the loss among the inputs.
    private let lossInput: Int
    private let index: Index
    let dimension: Int
    private let parameters: ParameterTable
    /// Whether the noise scale is a function of the position.
    private let hasNoiseScale: Bool
    private var parameterIndex: [Symbol: Int] = [:]

    init(
        _ source: CoordinateKernel.Source, stages: [Symbol], index: Index, on landscape: Landscape,
        parameters: ParameterTable
    ) {
        hasNoiseScale = landscape.noiseScale != nil
        let leading = source.states + source.supplied
        lossInput = leading.count
        inputCount = leading.count + 4 + stages.count
        var inputs: [Symbol: Int] = [:]
        for (k, symbol) in leading.enumerated() { inputs[symbol] = k }
        for (k, symbol) in stages.enumerated() { inputs[symbol] = leading.count + 4 + k }
        self.inputs = inputs
        uniforms = Dictionary(uniqueKeysWithValues: source.uniforms.enumerated().map { ($1, $0) })
        functions = source.functions
        self.index = index
        dimension = landscape.dimension
        self.parameters = parameters
    }

    /// Compiles formulas of the coordinate, with further inputs after those of the kernel.
    ///
    /// - Parameter replaced: how many of the first outputs may be written over the inputs of the same number.
    func program(
        _ outputs: [Expression], appending further: [Symbol] = [], replacing replaced: Int = 0
    ) throws(CompilationError) -> Program {
        // Parameters that differ between coordinates are uniform; each program is given those known when the kernel is
        // complete, more than it needs.
        for output in outputs {
            for symbol in output.symbols.sorted() where !further.contains(symbol) { _ = try binding(of: symbol) }
        }
        return try Program(
            outputs, inputCount: inputCount + further.count, uniformCount: uniforms.count + coordinateParameters.count,
            replacing: replaced, functions: functions
        ) { [self] symbol throws(CompilationError) in
            if let k = further.firstIndex(of: symbol) { return .input(inputCount + k) }
            return try binding(of: symbol)
        }
    }

    private func binding(of symbol: Symbol) throws(CompilationError) -> Lowering.Binding {
        if let k = inputs[symbol] { return .input(k) }
        if let k = uniforms[symbol] { return .uniform(k) }
        if symbol == Expression.dimension { return .constant(Double(dimension)) }
        if symbol.role == .field {
            if symbol.indices.isEmpty && symbol.name == "f" { return try landscapeInput(symbol) }
            if hasNoiseScale, symbol.indices == [index], symbol.derivatives.isEmpty {
                needs.noiseScale = true
                return .input(lossInput + 3)
            }
            // A scale given as a number does not depend on the position.
            if !symbol.derivatives.isEmpty { return .constant(0) }
        }
        guard symbol.derivatives.isEmpty, !symbol.isRandom, symbol.indices.isEmpty || symbol.indices == [index] else {
            throw .unboundSymbol(symbol.label, nearest: nil)
        }
        if let k = parameterIndex[symbol] { return .uniform(uniforms.count + k) }
        let values = try parameters.values(of: symbol)
        if values.count == 1 { return .constant(values[0]) }
        parameterIndex[symbol] = coordinateParameters.count
        coordinateParameters.append(values)
        return .uniform(uniforms.count + coordinateParameters.count - 1)
    }

    private func landscapeInput(_ symbol: Symbol) throws(CompilationError) -> Lowering.Binding {
        switch symbol.derivatives {
        case []:
            needs.value = true
            return .input(lossInput)
        case [index]:
            needs.gradient = true
            return .input(lossInput + 1)
        case [index, index]:
            needs.hessianDiagonal = true
            return .input(lossInput + 2)
        default: throw .unboundSymbol(symbol.label, nearest: nil)
        }
    }
}
