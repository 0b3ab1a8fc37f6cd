import Foundation
import Testing
import VectorTypes

@testable import Numerics

struct VectorUnitsTests {
    /// Numbers of all sizes and signs, with those at which functions change their form.
    private static let numbers: [Double] = {
        let stream = RandomStream(seed: 17)
        let edges = [
            0, -0.0, 1, -1, 0.75, 4, -4, 28, 709, -745, 1e5, 2e5, 1e300, 0x1p-1060, .infinity, -.infinity, .nan,
        ]
        return edges
            + (0..<300).map { path in
                let size = exp(20 * (stream.uniform(path: path, step: 0, component: 0) - 0.7))
                return size * stream.normal(path: path, step: 0, component: 1)
            }
    }()

    /// The bits that a unit makes of the numbers, in one order and in two others as further operands.
    private static func bits(of operation: VectorOperation, by unit: any VectorUnit.Type, count: Int) -> [UInt64] {
        var lanes = [
            [Double](repeating: 7, count: count), Array(numbers.prefix(count)), Array(numbers.reversed().prefix(count)),
            Array((numbers[100...] + numbers[..<100]).prefix(count)),
        ].flatMap(\.self)
        var instruction = VectorInstruction(operation, target: 0)
        (instruction.a, instruction.b, instruction.c, instruction.t) = (1, 2, 3, 1)
        lanes.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            let slots = (0..<4).map { base + $0 * count }
            withUnsafeTemporaryAllocation(of: VectorInstruction.self, capacity: 1) {
                $0.initialize(repeating: instruction)
                unit.run(UnsafeBufferPointer($0), slots: slots, shared: [1.7, -0.3], lanes: count)
            }
        }
        return lanes.prefix(count).map { $0.isNaN ? .max : $0.bitPattern }
    }

    @Test(arguments: VectorOperation.allCases)
    func `every unit gives the same bits`(operation: VectorOperation) {
        let reference = Self.bits(of: operation, by: VectorUnits.available[0].unit, count: Self.numbers.count)
        #expect(Set(reference).count > 1 || operation == .splat)
        for choice in VectorUnits.available {
            for count in [0, 1, 7, 8, 9, 23, Self.numbers.count] {
                #expect(
                    Self.bits(of: operation, by: choice.unit, count: count) == Array(reference.prefix(count)),
                    "\(choice.registerBits) bits, \(count) numbers")
            }
        }
    }

    @Test func `every unit draws the same random numbers`() {
        func draws(
            _ count: Int, _ fill: (UnsafeMutableBufferPointer<Double>, RandomAddress) -> Void
        ) -> [Double] {
            var numbers = [Double](repeating: 0, count: count)
            numbers.withUnsafeMutableBufferPointer {
                fill($0, RandomAddress(seed: 0x1234_5678_9ABC, firstPath: 21, step: 1 << 33, component: 5, sign: -1))
            }
            return numbers
        }
        let reference = VectorUnits.available[0].unit
        for choice in VectorUnits.available {
            for count in [1, 11, 43, 200] {
                #expect(draws(count, choice.unit.fillNormal) == draws(count, reference.fillNormal))
                #expect(draws(count, choice.unit.fillUniform) == draws(count, reference.fillUniform))
            }
        }
    }

    @Test func `every unit finds the one number that is not finite, and adds in the same order`() {
        let finite = Self.numbers.map { $0.isFinite ? $0 : 3 }
        let reference = VectorUnits.available[0].unit
        for unit in VectorUnits.available.map(\.unit) {
            let found = [
                unit.areFinite(finite, finite.count), unit.areFinite([1e308, 1e308], 2), unit.areFinite([], 0),
            ]
            #expect(found == [true, true, true])
            for position in finite.indices {
                for value in [Double.nan, .infinity, -.infinity] {
                    var changed = finite
                    changed[position] = value
                    let isFinite = unit.areFinite(changed, changed.count)
                    #expect(!isFinite, "\(value) at \(position)")
                }
            }
            let sums = [unit.sum(finite, finite.count), unit.sumOfSquares(finite, from: 0.1, finite.count)]
            #expect(
                sums == [reference.sum(finite, finite.count), reference.sumOfSquares(finite, from: 0.1, finite.count)])
        }
    }

    @Test func `a loop may write over its operand`() {
        for unit in VectorUnits.available.map(\.unit) {
            var values = (0..<23).map { Double($0) }
            values.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                withUnsafeTemporaryAllocation(of: VectorInstruction.self, capacity: 2) {
                    $0[0] = VectorInstruction(.scaleAdd, target: 0)
                    $0[1] = VectorInstruction(.squareRoot, target: 0)
                    unit.run(UnsafeBufferPointer($0), slots: [base], shared: [2], lanes: 23)
                }
            }
            #expect(values == (0..<23).map { Double(3 * $0).squareRoot() })
        }
    }

    @Test func `the choice is the widest that the processor has`() {
        let bits = VectorUnits.available.map(\.registerBits)
        #expect(bits == bits.sorted() && bits[0] == 128)
        if ProcessInfo.processInfo.environment["CONTINUUM_REGISTER_BITS"] == nil {
            #expect(VectorUnits.choice.registerBits == bits.last)
        }
    }
}
