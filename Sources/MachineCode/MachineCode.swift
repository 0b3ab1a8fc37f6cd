import VectorTypes

/// Vector instructions as machine code, made at run time: a run of arithmetic is one loop that keeps in registers what one
/// instruction hands on to the next, where a vector unit has a loop for each.
///
/// The bits of the results are those of the vector units. Operations that need a table or a long polynomial are left to
/// these, and so are lanes that do not fill a register.
package final class MachineCode: Sendable {
    /// What is done in turn.
    package enum Part: Sendable {
        case loop(MachineLoop)
        /// Vector instructions of these numbers.
        case instructions(Range<Int>)
        /// The barrier of this number.
        case barrier(Int)
    }

    /// Something else that is done between the vector instructions.
    package struct Barrier {
        let position: Int
        let reads: [Int]
        let target: Int

        /// - Parameters:
        ///   - position: the number of vector instructions before it.
        ///   - reads: the slots that it reads.
        ///   - target: the slot that it writes.
        package init(position: Int, reads: [Int], target: Int) {
            self.position = position
            self.reads = reads
            self.target = target
        }
    }

    package let parts: [Part]
    /// The number of lanes must be a multiple of this.
    package let laneCount: Int
    private let memory: ExecutableMemory

    /// A run shorter than this is left to a vector unit.
    private static let shortestRun = 2

    /// Compiles instructions.
    ///
    /// - Parameters:
    ///   - barriers: what is done between the instructions, by position.
    ///   - results: the slots whose values are needed at the end.
    ///   - registerBits: 256, or 512 for a processor with level 4 of x86-64.
    /// - Returns: `nil` where there is nothing to gain, or the system grants no executable memory.
    package init?(
        _ instructions: [VectorInstruction], barriers: [Barrier], results: Set<Int>, registerBits: Int
    ) {
        let sections = Self.sections(of: instructions, barriers, results)
        var bytes: [UInt8] = []
        /// Where the function and its constants begin.
        var places: [(function: Int, constants: Int)?] = []
        for section in sections {
            guard case .arithmetic(let range, let live) = section,
                let body = LoopBody(instructions[range], results: live),
                let code = LoopCompiler.code(of: body, registerBits: registerBits)
            else {
                places.append(nil)
                continue
            }
            bytes += [UInt8](repeating: 0, count: -bytes.count & 63)
            let constants = bytes.count
            for number in body.constants { withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes += $0 } }
            places.append((bytes.count, constants))
            bytes += code
        }
        guard !bytes.isEmpty, let memory = ExecutableMemory(bytes) else { return nil }
        self.memory = memory
        laneCount = registerBits / 64
        parts = zip(sections, places).map { section, place in
            switch section {
            case .barrier(let number): .barrier(number)
            case .others(let range): .instructions(range)
            case .arithmetic(let range, _):
                place.map {
                    .loop(
                        MachineLoop(function: memory.base + $0.function, constants: memory.base + $0.constants))
                } ?? .instructions(range)
            }
        }
    }

    private enum Section {
        /// Instructions that become a loop, and the slots whose values are needed afterwards.
        case arithmetic(Range<Int>, live: Set<Int>)
        case others(Range<Int>)
        case barrier(Int)
    }

    private static func sections(
        of instructions: [VectorInstruction], _ barriers: [Barrier], _ results: Set<Int>
    ) -> [Section] {
        var sections: [Section] = []
        var live = results
        /// Puts a run, which ends where the last found one begins, before the sections.
        func prepend(_ range: Range<Int>, isArithmetic: Bool) {
            guard !range.isEmpty else { return }
            if isArithmetic && range.count >= shortestRun {
                sections.append(.arithmetic(range, live: live))
            } else if case .others(let next) = sections.last, next.lowerBound == range.upperBound {
                sections[sections.count - 1] = .others(range.lowerBound..<next.upperBound)
            } else {
                sections.append(.others(range))
            }
            for instruction in instructions[range].reversed() {
                live.remove(Int(instruction.target))
                live.formUnion(instruction.readSlots)
            }
        }
        // From the end, since what is needed afterwards is known only there.
        var end = instructions.count
        for number in (-1..<barriers.count).reversed() {
            let start = number < 0 ? 0 : barriers[number].position
            while end > start {
                let isArithmetic = instructions[end - 1].operation.isArithmetic
                let first = instructions[start..<end].lastIndex { $0.operation.isArithmetic != isArithmetic }
                let begin = first.map { $0 + 1 } ?? start
                prepend(begin..<end, isArithmetic: isArithmetic)
                end = begin
            }
            guard number >= 0 else { break }
            sections.append(.barrier(number))
            live.remove(barriers[number].target)
            live.formUnion(barriers[number].reads)
        }
        return sections.reversed()
    }
}

extension VectorInstruction {
    fileprivate var readSlots: [Int] {
        let reads = operation.reads
        return (reads.a ? [Int(a)] : []) + (reads.b ? [Int(b)] : []) + (reads.c ? [Int(c)] : [])
    }
}
