/// Compiles the body of a loop to a function: assigns registers, and lets values wait in memory where there are too few.
///
/// Registers are assigned in one pass over the steps. A register that is needed is taken from the value whose next reader is the
/// furthest away (Belady 1966). Values that all iterations share stay in the registers that the others leave.
struct LoopCompiler {
    private let body: LoopBody
    private var assembler: VectorAssembler

    /// For each value the steps that read it, and how many of them are done.
    private var readers: [[Int]]
    private var readersDone: [Int]
    private var register: [Int?]
    /// Whether a value stands in its home, too.
    private var isHome: [Bool]
    private var occupant: [Int?]
    private var isPinned: [Bool]
    private var isComplete = true

    /// The bytes of the function; `nil` where the registers do not suffice.
    static func code(of body: LoopBody, registerBits: Int) -> [UInt8]? {
        var compiler = LoopCompiler(body, registerBits: registerBits)
        return compiler.compile()
    }

    private init(_ body: LoopBody, registerBits: Int) {
        self.body = body
        assembler = VectorAssembler(registerBits: registerBits)
        let count = body.values.count
        readers = [[Int]](repeating: [], count: count)
        for (position, step) in body.steps.enumerated() {
            for operand in body.operands(of: step) where readers[operand].last != position {
                readers[operand].append(position)
            }
        }
        readersDone = [Int](repeating: 0, count: count)
        register = [Int?](repeating: nil, count: count)
        isHome = [Bool](repeating: false, count: count)
        occupant = [Int?](repeating: nil, count: assembler.registerCount)
        isPinned = [Bool](repeating: false, count: assembler.registerCount)
    }

    private mutating func compile() -> [UInt8]? {
        assembler.beginFunction()
        pinSharedValues()
        let start = assembler.bytes.count
        for (position, step) in body.steps.enumerated() { compile(step, at: position) }
        assembler.endFunction(loopingTo: start)
        return isComplete ? assembler.bytes : nil
    }

    private mutating func compile(_ step: LoopBody.Step, at position: Int) {
        let operands = body.operands(of: step)
        var locked: [Int] = []
        for operand in operands {
            if register[operand] == nil { bring(operand, keeping: locked) }
            locked.append(register[operand] ?? 0)
        }
        for operand in Set(operands) {
            readersDone[operand] += 1
            if readersDone[operand] == readers[operand].count { release(operand) }
        }
        switch step {
        case .store(let value, let slot):
            assembler.store(locked[0], toSlot: slot)
            if body.values[value].home == slot { isHome[value] = true }
        case .compute(let value):
            // What is read here for the last time makes room for the result.
            let target = freeRegister(keeping: locked)
            emit(body.values[value].source, locked, into: target)
            guard !readers[value].isEmpty else { break }
            register[value] = target
            occupant[target] = value
        }
    }

    private mutating func emit(_ source: LoopBody.Source, _ operands: [Int], into target: Int) {
        switch source {
        case .slot(let slot): assembler.load(slot: slot, into: target)
        case .shared(let shared): assembler.broadcast(shared, into: target)
        case .copy: assembler.move(operands[0], to: target)
        case .arithmetic(let operation, _, _):
            assembler.compute(operation, operands[0], operands.last ?? 0, into: target)
        case .selection(let comparison, _, _, _, _):
            assembler.select(
                where: comparison, operands[0], operands[1], then: operands[2], otherwise: operands[3], into: target)
        }
    }

    /// Brings a value to a register that waits in memory, or is read for the first time.
    private mutating func bring(_ value: Int, keeping locked: [Int]) {
        let target = freeRegister(keeping: locked)
        if isHome[value], let home = body.values[value].home {
            assembler.load(slot: home, into: target)
        } else {
            emit(body.values[value].source, [], into: target)
        }
        register[value] = target
        occupant[target] = value
    }

    private mutating func release(_ value: Int) {
        guard let number = register[value], !isPinned[number] else { return }
        occupant[number] = nil
        register[value] = nil
    }

    /// A register that holds nothing, or no longer does.
    private mutating func freeRegister(keeping locked: [Int]) -> Int {
        if let free = occupant.firstIndex(where: { $0 == nil }) { return free }
        var (furthest, distance) = (0, -1)
        for (number, value) in occupant.enumerated() where !isPinned[number] && !locked.contains(number) {
            guard let value, canLeave(value) else { continue }
            let next = readers[value][readersDone[value]]
            if next > distance { (furthest, distance) = (number, next) }
        }
        guard distance >= 0, let value = occupant[furthest] else {
            isComplete = false
            return 0
        }
        if body.values[value].source.isComputed, !isHome[value], let home = body.values[value].home {
            assembler.store(furthest, toSlot: home)
            isHome[value] = true
        }
        release(value)
        return furthest
    }

    private func canLeave(_ value: Int) -> Bool {
        !body.values[value].source.isComputed || body.values[value].home != nil
    }

    /// Keeps the shared values with the most readers in the registers that the other values never need all at once.
    private mutating func pinSharedValues() {
        var pressureChange = [Int](repeating: 0, count: body.steps.count + 1)
        var candidates: [Int] = []
        var definition = [Int?](repeating: nil, count: body.values.count)
        for (position, step) in body.steps.enumerated() {
            if case .compute(let value) = step { definition[value] = position }
        }
        for (value, positions) in readers.enumerated() {
            guard let first = positions.first, let last = positions.last else { continue }
            if case .shared = body.values[value].source {
                candidates.append(value)
            } else {
                pressureChange[definition[value] ?? first] += 1
                pressureChange[last + 1] -= 1
            }
        }
        var (pressure, highest) = (0, 0)
        for change in pressureChange {
            pressure += change
            highest = max(highest, pressure)
        }
        // Two more for shared values that are not kept.
        let spare = max(0, assembler.registerCount - highest - 2)
        candidates.sort { (readers[$0].count, $1) > (readers[$1].count, $0) }
        for (number, value) in candidates.prefix(spare).enumerated() {
            emit(body.values[value].source, [], into: number)
            (register[value], occupant[number], isPinned[number]) = (number, value, true)
        }
    }
}
