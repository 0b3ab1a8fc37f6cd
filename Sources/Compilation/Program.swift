import Algebra
import MachineCode
import Numerics
import VectorTypes

/// A tape of vector instructions that computes expressions for many states at once.
///
/// The expressions' common graph is walked once at compile time; constants are folded, what does not differ between
/// states is computed once for a call, and each remaining instruction runs over a block of lanes, so that its dispatch
/// costs nothing and its loop vectorises. Where the processor can run it, machine code made at compile time does many
/// instructions in one loop. The values agree with the formulas to a few units in the last place; see
/// ``Lowering`` for the forms that keep them so in the tails.
public struct Program: Sendable {
    /// The number of lanes that an instruction runs over: as many as keep the registers in the nearest cache.
    static let blockSize = 256

    public let inputCount: Int
    public let uniformCount: Int
    public let outputCount: Int
    /// The instructions of the vector unit.
    let vectorCode: [VectorInstruction]
    /// The instructions between them that have no vector code.
    let lanewiseCode: [LanewiseInstruction]
    /// Both as loops of machine code, where this processor can run them and they gain.
    let machineCode: MachineCode?
    /// The number of instructions that run for every state.
    public let instructionCount: Int
    /// The number of registers for intermediate results.
    let temporaryCount: Int
    /// The values that all lanes share: constants in place, the rest to be computed by the prologue.
    let sharedValues: [Double]
    let uniformSlots: [(slot: Int, uniform: Int)]
    let prologue: [SharedInstruction]
    let externals: [ExternalFunction]
    private let inputsRead: Set<Int>

    /// An operation lane by lane.
    struct LanewiseInstruction: Sendable {
        /// The number of vector instructions before it.
        let position: Int
        let operation: Operation
        let slots: Instruction
    }

    /// Compiles expressions.
    ///
    /// - Parameters:
    ///   - outputs: the expressions.
    ///   - inputs: the symbols whose values differ between states.
    ///   - uniforms: the symbols whose value is given once for a call, such as the time.
    ///   - constants: the symbols whose values are known.
    ///   - functions: what functions known by name, such as schedules, stand for.
    /// - Throws: ``CompilationError`` for a symbol without a value, a function without a kernel, or a formula that is
    ///   deeper than 1000 or larger than 200000 operations.
    public init(
        _ outputs: [Expression], inputs: [Symbol], uniforms: [Symbol] = [], constants: [Symbol: Double] = [:],
        functions: [Function: ExternalFunction] = [:]
    ) throws(CompilationError) {
        var bindings: [Symbol: Lowering.Binding] = constants.mapValues { .constant($0) }
        for (k, symbol) in uniforms.enumerated() { bindings[symbol] = .uniform(k) }
        for (k, symbol) in inputs.enumerated() { bindings[symbol] = .input(k) }
        let names = bindings.keys.map(\.name)
        try self.init(
            outputs, inputCount: inputs.count, uniformCount: uniforms.count, functions: functions
        ) { symbol throws(CompilationError) in
            guard let binding = bindings[symbol] else {
                throw .unboundSymbol(symbol.label, nearest: nearestName(to: symbol.name, among: names))
            }
            return binding
        }
    }

    /// - Parameter replaced: how many of the first outputs may be written over the inputs of the same number.
    init(
        _ outputs: [Expression], inputCount: Int, uniformCount: Int, replacing replaced: Int = 0,
        functions: [Function: ExternalFunction] = [:],
        resolve: @escaping (Symbol) throws(CompilationError) -> Lowering.Binding
    ) throws(CompilationError) {
        var lowering = Lowering(definitions: functions, resolve: resolve)
        var results: [Int] = []
        for output in outputs { results.append(try lowering.lower(output)) }
        let (graph, nodes) = lowering.graph.sharingErrorCores(results)
        var assembler = Assembler(graph, inputCount: inputCount, outputs: nodes, replacing: replaced)
        assembler.assemble()
        self.inputCount = inputCount
        self.uniformCount = uniformCount
        outputCount = outputs.count
        (vectorCode, lanewiseCode) = Self.code(of: assembler.body)
        instructionCount = assembler.body.count
        machineCode = Self.machineCode(
            of: vectorCode, lanewiseCode, results: inputCount..<inputCount + outputs.count)
        inputsRead = Set(assembler.body.flatMap(\.reads).filter { $0 < inputCount })
        temporaryCount = assembler.temporaryCount
        sharedValues = assembler.sharedValues
        uniformSlots = assembler.uniformSlots
        prologue = assembler.prologue
        externals = lowering.externals
    }

    private static func code(of instructions: [Instruction]) -> ([VectorInstruction], [LanewiseInstruction]) {
        var (vector, lanewise): ([VectorInstruction], [LanewiseInstruction]) = ([], [])
        for instruction in instructions {
            switch instruction.kernel {
            case .vector(let operation): vector.append(VectorInstruction(operation, instruction))
            case .lanewise(let operation):
                lanewise.append(
                    LanewiseInstruction(position: vector.count, operation: operation, slots: instruction))
            }
        }
        return (vector, lanewise)
    }

    private static func machineCode(
        of vectorCode: [VectorInstruction], _ lanewiseCode: [LanewiseInstruction], results: Range<Int>
    ) -> MachineCode? {
        guard let registerBits = VectorUnits.machineCodeBits else { return nil }
        let barriers = lanewiseCode.map {
            MachineCode.Barrier(position: $0.position, reads: $0.slots.reads, target: $0.slots.target)
        }
        return MachineCode(vectorCode, barriers: barriers, results: Set(results), registerBits: registerBits)
    }

    /// Whether the outputs are the same whatever the values of the uniforms and of the inputs but those named.
    func depends(onlyOn inputs: Set<Int>) -> Bool {
        uniformSlots.isEmpty && inputsRead.isSubset(of: inputs)
    }
}

extension Symbol {
    /// The name with its indices, as in `x_i`, for messages.
    var label: String {
        func text(_ index: Index) -> String {
            switch index {
            case .coordinate(let n): "\(n)"
            case .free(let name): name
            case .bound: "j"
            }
        }
        let derivative = derivatives.isEmpty ? "" : "d_" + derivatives.map(text).joined() + " "
        return derivative + name + (indices.isEmpty ? "" : "_" + indices.map(text).joined())
    }
}
