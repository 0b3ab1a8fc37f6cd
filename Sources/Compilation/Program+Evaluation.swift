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
        let lanes = min(count, Self.blockSize)
        let outer = inputCount + outputCount
        withUnsafeTemporaryAllocation(of: Double.self, capacity: sharedValues.count + temporaryCount * lanes + 1) {
            scratch in
            guard let scratch = scratch.baseAddress else { return }
            computeShared(uniforms, into: scratch)
            let registers = scratch + sharedValues.count
            withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Double>.self, capacity: outer + temporaryCount + 1) {
                guard let slots = $0.baseAddress else { return }
                for k in 0..<temporaryCount { slots[outer + k] = registers + k * lanes }
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
        for k in sharedValues.indices { shared[k] = sharedValues[k] }
        for (slot, uniform) in uniformSlots { shared[slot] = uniforms[uniform] }
        for instruction in prologue {
            if case .external(let index, _) = instruction.operation {
                shared[instruction.target] = externals[index](instruction.operands.map { shared[$0] })
                continue
            }
            func operand(_ k: Int) -> Double { k < instruction.operands.count ? shared[instruction.operands[k]] : 0 }
            shared[instruction.target] = instruction.operation.evaluated(operand(0), operand(1), operand(2), operand(3))
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
        case .copy: for i in 0..<n { target[i] = a[i] }
        case .splat: for i in 0..<n { target[i] = s }
        case .add: for i in 0..<n { target[i] = a[i] + b[i] }
        case .addShared: for i in 0..<n { target[i] = a[i] + s }
        case .subtract: for i in 0..<n { target[i] = a[i] - b[i] }
        case .subtractFromShared: for i in 0..<n { target[i] = s - a[i] }
        case .multiply: for i in 0..<n { target[i] = a[i] * b[i] }
        case .scale: for i in 0..<n { target[i] = a[i] * s }
        case .divide: for i in 0..<n { target[i] = a[i] / b[i] }
        case .divideShared: for i in 0..<n { target[i] = s / a[i] }
        case .multiplyAdd: for i in 0..<n { target[i] = a[i] * b[i] + c[i] }
        case .multiplyAddShared: for i in 0..<n { target[i] = a[i] * b[i] + s }
        case .scaleAdd: for i in 0..<n { target[i] = a[i] * s + c[i] }
        case .scaleAddShared: for i in 0..<n { target[i] = a[i] * s + t }
        case .multiplySubtract: for i in 0..<n { target[i] = a[i] * b[i] - c[i] }
        case .subtractMultiply: for i in 0..<n { target[i] = c[i] - a[i] * b[i] }
        case .scaleSubtract: for i in 0..<n { target[i] = a[i] * s - c[i] }
        case .subtractScale: for i in 0..<n { target[i] = c[i] - a[i] * s }
        case .operation(let operation):
            let d = slots[instruction.d]
            if case .external(let index, let arity) = operation {
                for i in 0..<n { target[i] = externals[index](Array([a[i], b[i], c[i], d[i]].prefix(arity))) }
            } else {
                Self.run(operation, target, a, b, c, d, n)
            }
        }
    }

    /// The loops of operations that have no kernel of their own, each in its own branch so that it vectorises.
    private static func run(
        _ operation: Operation, _ target: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>,
        _ b: UnsafePointer<Double>, _ c: UnsafePointer<Double>, _ d: UnsafePointer<Double>, _ n: Int
    ) {
        switch operation {
        case .negate: for i in 0..<n { target[i] = -a[i] }
        case .reciprocal: for i in 0..<n { target[i] = 1 / a[i] }
        case .squareRoot: for i in 0..<n { target[i] = a[i].squareRoot() }
        case .magnitude: for i in 0..<n { target[i] = a[i].magnitude }
        case .sign: for i in 0..<n { target[i] = Kernels.sign(a[i]) }
        case .signProduct: for i in 0..<n { target[i] = Kernels.signProduct(a[i], b[i]) }
        case .maximum: for i in 0..<n { target[i] = Kernels.maximum(a[i], b[i]) }
        case .complementOfSquare: for i in 0..<n { target[i] = a[i] * (2 - a[i]) }
        case .sumError: for i in 0..<n { target[i] = DoubleDouble.sumError(a[i], b[i], a[i] + b[i]) }
        case .productError: for i in 0..<n { target[i] = DoubleDouble.productError(a[i], b[i]) }
        case .exponentialCorrection: for i in 0..<n { target[i] = Kernels.exponentialCorrection(a[i], b[i]) }
        case .complementCorrection: for i in 0..<n { target[i] = Kernels.complementCorrection(a[i], b[i], c[i]) }
        case .exponential: for i in 0..<n { target[i] = exp(a[i]) }
        case .errorFunction: for i in 0..<n { target[i] = erf(a[i]) }
        case .errorComplement: for i in 0..<n { target[i] = erfc(a[i]) }
        default: for i in 0..<n { target[i] = operation.evaluated(a[i], b[i], c[i], d[i]) }
        }
    }
}
