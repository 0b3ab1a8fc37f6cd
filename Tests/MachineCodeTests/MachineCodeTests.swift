import Foundation
import Numerics
import Testing
import VectorTypes

@testable import MachineCode

/// Lanes in slots that instructions run over, by a vector unit or as machine code.
private struct Lanes {
    var values: [[Double]]

    /// The slots after the instructions ran one by one.
    func afterInstructions(_ instructions: [VectorInstruction], shared: [Double]) -> [[UInt64]] {
        run { slots, lanes in
            instructions.withUnsafeBufferPointer {
                VectorUnits.available[0].unit.run($0, slots: slots, shared: shared, lanes: lanes)
            }
        }
    }

    /// The slots after the parts of machine code ran.
    func after(_ code: MachineCode, _ instructions: [VectorInstruction], shared: [Double]) -> [[UInt64]] {
        run { slots, lanes in
            for part in code.parts {
                switch part {
                case .loop(let loop): loop.run(slots: slots, shared: shared, lanes: lanes)
                case .instructions(let range):
                    instructions[range].withUnsafeBufferPointer {
                        VectorUnits.available[0].unit.run($0, slots: slots, shared: shared, lanes: lanes)
                    }
                case .barrier: Issue.record("no barrier was given")
                }
            }
        }
    }

    /// The bits of all slots, those of NaN being the same whatever its payload.
    private func run(
        _ body: (_ slots: [UnsafeMutablePointer<Double>], _ lanes: Int) -> Void
    ) -> [[UInt64]] {
        let count = values[0].count
        let memory = UnsafeMutableBufferPointer<Double>.allocate(capacity: values.count * count)
        defer { memory.deallocate() }
        _ = memory.initialize(from: values.joined())
        guard let base = memory.baseAddress else { return [] }
        body(values.indices.map { base + $0 * count }, count)
        return values.indices.map { slot in
            (0..<count).map { memory[slot * count + $0] }.map { $0.isNaN ? .max : $0.bitPattern }
        }
    }
}

/// Random choices that are the same in every run.
private struct Choices {
    private let stream: RandomStream
    private var step = 0

    init(seed: UInt64) { stream = RandomStream(seed: seed) }

    mutating func uniform() -> Double {
        step += 1
        return stream.uniform(path: 0, step: step, component: 0)
    }

    mutating func below(_ count: Int) -> Int { Int(uniform() * Double(count)) }

    /// A number of any size and sign, or one at which an operation changes its form.
    mutating func number() -> Double {
        let edges = [0, -0.0, 1, -1, 0.7421875, .infinity, -.infinity, .nan, 0x1p-1074, 1e308, -1e-300]
        guard below(8) > 0 else { return edges[below(edges.count)] }
        return (below(2) == 0 ? -1 : 1) * exp(12 * (uniform() - 0.7))
    }
}

struct MachineCodeTests {
    static let registerBits = VectorUnits.available.map(\.registerBits).filter { $0 >= 256 }

    private static func random(_ operation: VectorOperation, slots: Int, shared: Int, _ choices: inout Choices)
        -> VectorInstruction
    {
        var instruction = VectorInstruction(operation, target: choices.below(slots))
        (instruction.a, instruction.b) = (Int32(choices.below(slots)), Int32(choices.below(slots)))
        (instruction.c, instruction.s) = (Int32(choices.below(slots)), Int32(choices.below(shared)))
        instruction.t = Int32(choices.below(shared))
        return instruction
    }

    @Test(arguments: VectorOperation.allCases.filter(\.isArithmetic))
    func `every arithmetic operation has the bits of the vector unit`(operation: VectorOperation) throws {
        var choices = Choices(seed: 3)
        var instruction = VectorInstruction(operation, target: 0)
        (instruction.a, instruction.b, instruction.c, instruction.t) = (1, 2, 3, 1)
        let lanes = Lanes(values: (0..<4).map { _ in (0..<512).map { _ in choices.number() } })
        // A copy makes it a run long enough for a loop.
        var copy = VectorInstruction(.copy, target: 4)
        copy.a = 1
        let all = Lanes(values: lanes.values + [lanes.values[0]])
        for bits in Self.registerBits {
            let code = try #require(
                MachineCode([copy, instruction], barriers: [], results: [0, 4], registerBits: bits))
            #expect(code.laneCount == bits / 64)
            let isLoop = code.parts.count == 1
            #expect(isLoop)
            #expect(
                all.after(code, [copy, instruction], shared: [1.7, -0.3])
                    == all.afterInstructions([copy, instruction], shared: [1.7, -0.3]), "\(bits) bits")
        }
    }

    /// Far more values than registers, in memory that is written again and again, and functions between the arithmetic.
    @Test(arguments: 0..<60)
    func `random programs have the bits of the vector unit`(seed: UInt64) throws {
        var choices = Choices(seed: seed)
        let (slots, shared) = (4 + choices.below(60), (0..<1 + choices.below(30)).map { _ in 1 + choices.uniform() })
        let operations = VectorOperation.allCases.filter { seed % 2 == 0 ? $0.isArithmetic : true }
        let instructions = (0..<5 + choices.below(200)).map { _ in
            Self.random(operations[choices.below(operations.count)], slots: slots, shared: shared.count, &choices)
        }
        let lanes = Lanes(values: (0..<slots).map { _ in (0..<32).map { _ in choices.number() } })
        let expected = lanes.afterInstructions(instructions, shared: shared)
        for bits in Self.registerBits {
            let code = MachineCode(instructions, barriers: [], results: Set(0..<slots), registerBits: bits)
            #expect(code != nil || seed % 2 == 1)
            guard let code else { continue }
            // Whatever the registers, all arithmetic is compiled.
            let isWhole = code.parts.allSatisfy { if case .loop = $0 { true } else { false } }
            #expect(isWhole || seed % 2 == 1)
            let found = lanes.after(code, instructions, shared: shared)
            for slot in 0..<slots { #expect(found[slot] == expected[slot], "slot \(slot), \(bits) bits") }
        }
    }

    @Test func `values that nothing needs afterwards are not written`() throws {
        var first = VectorInstruction(.add, target: 2)
        (first.a, first.b) = (0, 1)
        var second = VectorInstruction(.multiply, target: 3)
        (second.a, second.b) = (2, 2)
        let lanes = Lanes(
            values: [[Double](repeating: 2, count: 8), .init(repeating: 3, count: 8)] + [
                [Double](repeating: 7, count: 8), .init(repeating: 7, count: 8),
            ])
        for bits in Self.registerBits {
            let code = try #require(
                MachineCode([first, second], barriers: [], results: [3], registerBits: bits))
            let values = lanes.after(code, [first, second], shared: []).map { Double(bitPattern: $0[5]) }
            #expect(values == [2, 3, 7, 25])
        }
    }

    @Test func `what a barrier reads is written before it`() throws {
        var first = VectorInstruction(.add, target: 2)
        (first.a, first.b) = (0, 1)
        var second = first
        (second.operation, second.target, second.a) = (.multiply, 3, 2)
        var third = second
        (third.target, third.a, third.b) = (2, 4, 4)
        let fourth = VectorInstruction(.splat, target: 5)
        for bits in Self.registerBits {
            let code = try #require(
                MachineCode(
                    [first, second, third, fourth], barriers: [.init(position: 2, reads: [2], target: 4)],
                    results: [3, 5], registerBits: bits))
            guard code.parts.count == 3, case .loop(let loop) = code.parts[0], case .barrier(0) = code.parts[1] else {
                Issue.record("the barrier does not stand between two loops")
                continue
            }
            var values = [[2.0, 3, 0, 0, 0, 0]].flatMap { $0.flatMap { [Double](repeating: $0, count: 8) } }
            values.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                loop.run(slots: (0..<6).map { base + 8 * $0 }, shared: [1], lanes: 8)
            }
            #expect(values[16] == 5 && values[24] == 15)
        }
    }
}
