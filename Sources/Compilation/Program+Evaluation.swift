import Foundation
import MachineCode
import Numerics

extension Program {
    /// Computes the outputs for many states.
    ///
    /// - Parameters:
    ///   - inputs: for each input, its value in each state.
    ///   - uniforms: the values of the uniform symbols.
    ///   - outputs: for each output, where its values go; no output may overlap an input or another output.
    ///   - count: the number of states.
    /// - Precondition: as many inputs, uniforms and outputs as the program has.
    public func evaluate(
        inputs: [UnsafePointer<Double>], uniforms: [Double] = [], outputs: [UnsafeMutablePointer<Double>], count: Int
    ) {
        precondition(
            inputs.count == inputCount && uniforms.count == uniformCount && outputs.count == outputCount,
            "a program is evaluated with the inputs and outputs it was compiled for")
        withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Double>.self, capacity: inputCount + outputCount + 1) {
            guard let table = $0.baseAddress else { return }
            for (k, input) in inputs.enumerated() { table[k] = UnsafeMutablePointer(mutating: input) }
            for (k, output) in outputs.enumerated() { table[inputCount + k] = output }
            evaluate(table, uniforms: uniforms, count: count)
        }
    }

    /// The same, with the pointers to the inputs and then the outputs in one table.
    func evaluate(
        _ table: UnsafeMutablePointer<UnsafeMutablePointer<Double>>, uniforms: UnsafePointer<Double>, count: Int
    ) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: scratchCount(for: count)) { scratch in
            guard let scratch = scratch.baseAddress else { return }
            evaluate(table, uniforms: uniforms, count: count, scratch: scratch)
        }
    }

    /// How many numbers of memory a call for so many states takes.
    func scratchCount(for count: Int) -> Int {
        sharedValues.count + slotCount + temporaryCount * min(count, Self.blockSize) + 1
    }

    /// How many rows of memory of so many states are enough for calls for up to `longestRow` times as many.
    func scratchRowCount(longestRow: Int) -> Int {
        sharedValues.count + slotCount + temporaryCount * min(longestRow, Self.blockSize) + 1
    }

    /// The number of slots: inputs, outputs and registers.
    private var slotCount: Int { inputCount + outputCount + temporaryCount }

    /// The same in memory that the caller has, of any values.
    func evaluate(
        _ table: UnsafeMutablePointer<UnsafeMutablePointer<Double>>, uniforms: UnsafePointer<Double>, count: Int,
        scratch: UnsafeMutablePointer<Double>
    ) {
        computeShared(uniforms, into: scratch)
        let outer = inputCount + outputCount
        // A pointer takes the place of a number.
        let slots = UnsafeMutableRawPointer(scratch + sharedValues.count)
            .bindMemory(to: UnsafeMutablePointer<Double>.self, capacity: slotCount)
        let registers = scratch + sharedValues.count + slotCount
        let stride = min(count, Self.blockSize)
        for k in 0..<temporaryCount { slots[outer + k] = registers + k * stride }
        func runBlocks(_ range: Range<Int>, _ body: (_ lanes: Int) -> Void) {
            for start in Swift.stride(from: range.lowerBound, to: range.upperBound, by: Self.blockSize) {
                for k in 0..<outer { slots[k] = table[k] + start }
                body(min(range.upperBound - start, Self.blockSize))
            }
        }
        let slotTable = UnsafePointer(slots)
        var done = 0
        if let machineCode {
            done = count - count % machineCode.laneCount
            runBlocks(0..<done) { runMachineCode(machineCode, slotTable, shared: scratch, $0) }
        }
        runBlocks(done..<count) { runInstructions(slotTable, shared: scratch, $0) }
    }

    /// The instructions one by one.
    private func runInstructions(
        _ slots: UnsafePointer<UnsafeMutablePointer<Double>>, shared: UnsafePointer<Double>, _ lanes: Int
    ) {
        vectorCode.withUnsafeBufferPointer { code in
            var done = 0
            func runVectorCode(before position: Int) {
                VectorUnits.current.run(
                    UnsafeBufferPointer(rebasing: code[done..<position]), slots: slots, shared: shared, lanes: lanes)
                done = position
            }
            for instruction in lanewiseCode {
                runVectorCode(before: instruction.position)
                run(instruction.operation, instruction.slots, slots, lanes)
            }
            runVectorCode(before: code.count)
        }
    }

    /// The instructions in fused loops, where the machine code has them.
    private func runMachineCode(
        _ code: MachineCode, _ slots: UnsafePointer<UnsafeMutablePointer<Double>>, shared: UnsafePointer<Double>,
        _ lanes: Int
    ) {
        for part in code.parts {
            switch part {
            case .loop(let loop): loop.run(slots: slots, shared: shared, lanes: lanes)
            case .instructions(let range):
                vectorCode.withUnsafeBufferPointer {
                    VectorUnits.current.run(
                        UnsafeBufferPointer(rebasing: $0[range]), slots: slots, shared: shared, lanes: lanes)
                }
            case .barrier(let number):
                run(lanewiseCode[number].operation, lanewiseCode[number].slots, slots, lanes)
            }
        }
    }

    /// The outputs for one state.
    public func callAsFunction(_ inputs: [Double], uniforms: [Double] = []) -> [Double] {
        var results = [Double](repeating: 0, count: outputCount)
        inputs.withUnsafeBufferPointer { source in
            results.withUnsafeMutableBufferPointer { target in
                guard let target = target.baseAddress else { return }
                withUnsafeTemporaryAllocation(of: Double.self, capacity: 1) { empty in
                    guard let base = source.baseAddress ?? empty.baseAddress.map({ UnsafePointer($0) }) else { return }
                    evaluate(
                        inputs: (0..<inputCount).map { base + $0 }, uniforms: uniforms,
                        outputs: (0..<outputCount).map { target + $0 }, count: 1)
                }
            }
        }
        return results
    }

    private func computeShared(_ uniforms: UnsafePointer<Double>, into shared: UnsafeMutablePointer<Double>) {
        sharedValues.withUnsafeBufferPointer { values in
            if let base = values.baseAddress { shared.update(from: base, count: values.count) }
        }
        for (slot, uniform) in uniformSlots { shared[slot] = uniforms[uniform] }
        prologue.withUnsafeBufferPointer { prologue in
            for instruction in prologue {
                let (a, b) = (shared[instruction.a], shared[instruction.b])
                let (c, d) = (shared[instruction.c], shared[instruction.d])
                if case .external(let index, let arity) = instruction.operation {
                    shared[instruction.target] = externals[index](Array([a, b, c, d].prefix(arity)))
                } else {
                    shared[instruction.target] = instruction.operation.evaluated(a, b, c, d)
                }
            }
        }
    }

    /// An operation without vector code, lane by lane.
    private func run(
        _ operation: Operation, _ instruction: Instruction, _ slots: UnsafePointer<UnsafeMutablePointer<Double>>,
        _ n: Int
    ) {
        let target = slots[instruction.target]
        let (a, b) = (slots[instruction.a], slots[instruction.b])
        let (c, d) = (slots[instruction.c], slots[instruction.d])
        if case .external(let index, let arity) = operation {
            for i in 0..<n { target[i] = externals[index](Array([a[i], b[i], c[i], d[i]].prefix(arity))) }
        } else {
            for i in 0..<n { target[i] = operation.evaluated(a[i], b[i], c[i], d[i]) }
        }
    }
}
