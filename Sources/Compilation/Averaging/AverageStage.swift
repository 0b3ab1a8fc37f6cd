import Algebra
import Matching

/// The values of a function that averaging gave rise to, for many states of one coordinate.
struct AverageStage: Sendable {
    private let evaluator: AverageEvaluator
    /// The arguments.
    private let program: Program

    init(_ evaluator: AverageEvaluator, _ program: Program) {
        self.evaluator = evaluator
        self.program = program
    }

    /// - Parameters:
    ///   - table: the inputs of the kernel's programs.
    ///   - interpolates: whether values may be interpolated.
    func evaluate(
        _ table: UnsafeMutablePointer<UnsafeMutablePointer<Double>>, uniforms: UnsafePointer<Double>,
        into result: UnsafeMutablePointer<Double>, count: Int, interpolates: Bool
    ) {
        let inputs = program.inputCount
        let width = program.outputCount
        withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, width * count)) { memory in
            withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Double>.self, capacity: inputs + width + 1) {
                tables in
                guard let base = memory.baseAddress, let inner = tables.baseAddress else { return }
                for k in 0..<inputs { inner[k] = table[k] }
                for k in 0..<width { inner[inputs + k] = base + k * count }
                program.evaluate(inner, uniforms: uniforms, count: count)
                for lane in 0..<count {
                    let arguments = (0..<width).map { base[$0 * count + lane] }
                    result[lane] =
                        interpolates ? evaluator.interpolated(at: arguments) : evaluator.value(at: arguments)
                }
            }
        }
    }
}

extension SDE {
    /// The evaluators of the functions that averaging gave rise to.
    func averageEvaluators() throws(CompilationError) -> [Function: AverageEvaluator] {
        var result: [Function: AverageEvaluator] = [:]
        for function in averages?.functions ?? [] where result[function.function] == nil {
            result[function.function] = try AverageEvaluator(function, varying: Set(states + [time]))
        }
        return result
    }
}

extension Averages {
    /// - Throws: ``CompilationError/notStationary(factor:value:)`` where the fast states have no stationary law.
    func requireContractions(_ table: ParameterTable) throws(CompilationError) {
        for factor in contractions {
            let symbols = factor.symbols
            guard symbols.allSatisfy({ $0.indices.isEmpty && !$0.isField }) else { continue }
            var values: [Symbol: Double] = [:]
            for symbol in symbols { values[symbol] = try table.values(of: symbol)[0] }
            let value = factor.evaluated(at: values)
            guard value > -1, value < 1 else { throw .notStationary(factor: factor.text, value: value) }
        }
    }
}
