import Foundation
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
    func evaluate(_ table: UnsafeMutablePointer<UnsafeMutablePointer<Double>>, uniforms: [Double], count: Int) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: scratchCount(for: count)) { scratch in
            guard let scratch = scratch.baseAddress else { return }
            evaluate(table, uniforms: uniforms, count: count, scratch: scratch)
        }
    }

    /// How many numbers of memory a call for so many states takes.
    func scratchCount(for count: Int) -> Int {
        sharedValues.count + temporaryCount * min(count, Self.blockSize) + 1
    }

    /// The same in memory that the caller has, of any values.
    func evaluate(
        _ table: UnsafeMutablePointer<UnsafeMutablePointer<Double>>, uniforms: [Double], count: Int,
        scratch: UnsafeMutablePointer<Double>
    ) {
        let lanes = min(count, Self.blockSize)
        let outer = inputCount + outputCount
        computeShared(uniforms, into: scratch)
        let registers = scratch + sharedValues.count
        withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Double>.self, capacity: outer + temporaryCount + 1) {
            guard let slots = $0.baseAddress else { return }
            for k in 0..<temporaryCount { slots[outer + k] = registers + k * lanes }
            body.withUnsafeBufferPointer { body in
                var done = 0
                while done < count {
                    for k in 0..<outer { slots[k] = table[k] + done }
                    let lanes = min(count - done, Self.blockSize)
                    for instruction in body { run(instruction, slots, scratch, lanes) }
                    done += lanes
                }
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

    private func computeShared(_ uniforms: [Double], into shared: UnsafeMutablePointer<Double>) {
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

    private func run(
        _ instruction: Instruction, _ slots: UnsafeMutablePointer<UnsafeMutablePointer<Double>>,
        _ shared: UnsafeMutablePointer<Double>, _ n: Int
    ) {
        let target = slots[instruction.target]
        let (a, b, c) = (slots[instruction.a], slots[instruction.b], slots[instruction.c])
        let (s, t) = (shared[instruction.s], shared[instruction.t])
        switch instruction.kernel {
        case .copy: target.update(from: a, count: n)
        case .splat: target.update(repeating: s, count: n)
        case .add: VectorArithmetic.add(a, b, into: target, n)
        case .addShared: VectorArithmetic.add(a, s, into: target, n)
        case .subtract: VectorArithmetic.subtract(a, b, into: target, n)
        case .subtractFromShared: VectorArithmetic.subtract(s, a, into: target, n)
        case .multiply: VectorArithmetic.multiply(a, b, into: target, n)
        case .scale: VectorArithmetic.multiply(a, s, into: target, n)
        case .divide: VectorArithmetic.divide(a, b, into: target, n)
        case .divideShared: VectorArithmetic.divide(s, a, into: target, n)
        case .multiplyAdd: VectorArithmetic.multiplyAdd(a, b, c, into: target, n)
        case .multiplyAddShared: VectorArithmetic.multiplyAdd(a, b, s, into: target, n)
        case .scaleAdd: VectorArithmetic.multiplyAdd(a, s, c, into: target, n)
        case .scaleAddShared: VectorArithmetic.multiplyAdd(a, s, t, into: target, n)
        case .multiplySubtract: VectorArithmetic.multiplySubtract(a, b, c, into: target, n)
        case .subtractMultiply: VectorArithmetic.subtractProduct(c, a, b, into: target, n)
        case .scaleSubtract: VectorArithmetic.multiplySubtract(a, s, c, into: target, n)
        case .subtractScale: VectorArithmetic.subtractProduct(c, a, s, into: target, n)
        case .operation(let operation):
            let d = slots[instruction.d]
            if case .external(let index, let arity) = operation {
                for i in 0..<n { target[i] = externals[index](Array([a[i], b[i], c[i], d[i]].prefix(arity))) }
            } else {
                Self.run(operation, target, a, b, c, d, n)
            }
        }
    }

    /// The loops of operations that have no kernel of their own; those without a vector function go lane by lane.
    private static func run(
        _ operation: Operation, _ target: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>,
        _ b: UnsafePointer<Double>, _ c: UnsafePointer<Double>, _ d: UnsafePointer<Double>, _ n: Int
    ) {
        switch operation {
        case .negate: VectorArithmetic.negate(a, into: target, n)
        case .reciprocal: VectorArithmetic.divide(1, a, into: target, n)
        case .squareRoot: VectorFunctions.apply(.squareRoot, a, into: target, n)
        case .magnitude: VectorFunctions.apply(.magnitude, a, into: target, n)
        case .sign: VectorFunctions.apply(.sign, a, into: target, n)
        case .signProduct: VectorFunctions.apply(.signProduct, a, b, into: target, n)
        case .maximum: VectorFunctions.apply(.maximum, a, b, into: target, n)
        case .complementOfSquare: VectorArithmetic.complementOfSquare(a, into: target, n)
        case .sumError: VectorFunctions.apply(.sumError, a, b, into: target, n)
        case .productError: VectorFunctions.apply(.productError, a, b, into: target, n)
        case .exponentialCorrection: VectorFunctions.apply(.corrected, a, b, into: target, n)
        case .errorCore: VectorFunctions.apply(.errorCore, a, into: target, n)
        case .errorFromCore: VectorFunctions.apply(.errorFromCore, a, b, into: target, n)
        case .complementFromCore: VectorFunctions.apply(.complementFromCore, a, b, into: target, n)
        case .complementCorrection: VectorFunctions.correctedComplement(a, at: b, by: c, into: target, n)
        case .exponential: VectorFunctions.apply(.exponential, a, into: target, n)
        case .logarithm: VectorFunctions.apply(.logarithm, a, into: target, n)
        case .errorFunction: VectorFunctions.apply(.errorFunction, a, into: target, n)
        case .errorComplement: VectorFunctions.apply(.errorComplement, a, into: target, n)
        case .sine: VectorFunctions.apply(.sine, a, into: target, n)
        case .cosine: VectorFunctions.apply(.cosine, a, into: target, n)
        case .hyperbolicTangent: VectorFunctions.apply(.hyperbolicTangent, a, into: target, n)
        default: for i in 0..<n { target[i] = operation.evaluated(a[i], b[i], c[i], d[i]) }
        }
    }
}
