import VectorTypes

/// Turns a graph into instructions: chooses kernels, fuses products with sums, and assigns registers.
struct Assembler {
    private let graph: Graph
    private let inputCount: Int
    private let outputs: [Int]
    /// How many of the first outputs may be written over the inputs of the same number.
    private let replaced: Int

    private(set) var body: [Instruction] = []
    private(set) var temporaryCount = 0
    private(set) var sharedValues: [Double] = []
    private(set) var uniformSlots: [(slot: Int, uniform: Int)] = []
    private(set) var prologue: [SharedInstruction] = []

    private var isReachable: [Bool]
    /// How often a node is read by nodes that lanes differ in, or is an output.
    private var useCount: [Int]
    private var isFused: Set<Int> = []
    private var sharedSlot: [Int: Int] = [:]
    /// Instructions whose target and operands are still nodes; those at `nodes.count` and above are splats.
    private var draft: [Instruction] = []
    private var splatDrafted: Set<Int> = []

    init(_ graph: Graph, inputCount: Int, outputs: [Int], replacing replaced: Int) {
        self.replaced = replaced
        self.graph = graph
        self.inputCount = inputCount
        self.outputs = outputs
        isReachable = [Bool](repeating: false, count: graph.nodes.count)
        useCount = [Int](repeating: 0, count: graph.nodes.count)
    }

    mutating func assemble() {
        markReachable()
        for id in graph.nodes.indices where isReachable[id] && !graph.isVarying[id] { placeShared(id) }
        markFused()
        for id in graph.nodes.indices where isReachable[id] && graph.isVarying[id] && !isFused.contains(id) {
            select(id)
        }
        assignRegisters()
    }

    private mutating func markReachable() {
        var stack = outputs
        for output in outputs { useCount[output] += 1 }
        while let id = stack.popLast() {
            if isReachable[id] { continue }
            isReachable[id] = true
            for operand in graph.nodes[id].operands {
                if graph.isVarying[id] { useCount[operand] += 1 }
                stack.append(operand)
            }
        }
    }

    private mutating func placeShared(_ id: Int) {
        let node = graph.nodes[id]
        let slot = sharedValues.count
        sharedSlot[id] = slot
        sharedValues.append(0)
        switch node.operation {
        case .constant: sharedValues[slot] = node.value.high
        case .uniform(let k): uniformSlots.append((slot, k))
        default:
            let operands = node.operands.compactMap { sharedSlot[$0] }
            prologue.append(SharedInstruction(operation: node.operation, target: slot, operands: operands))
        }
    }

    /// A product read once, by a sum, and a reciprocal read once, by a product, are done by their reader.
    private mutating func markFused() {
        for id in graph.nodes.indices where isReachable[id] && graph.isVarying[id] {
            let node = graph.nodes[id]
            switch node.operation {
            case .add:
                if let product = node.operands.last(where: isFusible) { isFused.insert(product) }
            case .subtract:
                // There is no kernel for a difference with a shared value.
                guard node.operands.allSatisfy({ graph.isVarying[$0] }) else { break }
                if let product = node.operands.last(where: isFusible) { isFused.insert(product) }
            case .multiply:
                if let reciprocal = node.operands.first(where: isSingleReciprocal) { isFused.insert(reciprocal) }
            default: break
            }
        }
    }

    private func isFusible(_ id: Int) -> Bool {
        let node = graph.nodes[id]
        guard node.operation == .multiply, graph.isVarying[id], useCount[id] == 1 else { return false }
        return !node.operands.contains(where: isSingleReciprocal)
    }

    private func isSingleReciprocal(_ id: Int) -> Bool {
        graph.nodes[id].operation == .reciprocal && graph.isVarying[id] && useCount[id] == 1
    }

    private mutating func select(_ id: Int) {
        let node = graph.nodes[id]
        switch node.operation {
        case .input: break
        case .add, .subtract: selectSum(id, node.operands, isSubtraction: node.operation == .subtract)
        case .multiply:
            if let position = node.operands.firstIndex(where: isFused.contains) {
                let divisor = graph.nodes[node.operands[position]].operands[0]
                selectBinary(id, node.operands[1 - position], divisor, .divide, sharedFirst: .divideShared)
            } else {
                selectBinary(id, node.operands[0], node.operands[1], .multiply, sharedFirst: .scale)
            }
        case .divide where graph.isVarying[node.operands[1]]:
            selectBinary(id, node.operands[0], node.operands[1], .divide, sharedFirst: .divideShared)
        default:
            let operands = node.operands.map { lanes(of: $0) } + [0, 0, 0, 0]
            draft.append(
                Instruction(
                    kernel: node.operation.kernel, target: id, a: operands[0], b: operands[1], c: operands[2],
                    d: operands[3]))
        }
    }

    private mutating func selectBinary(
        _ id: Int, _ x: Int, _ y: Int, _ operation: VectorOperation, sharedFirst: VectorOperation
    ) {
        if let s = sharedSlot[x] {
            draft.append(Instruction(kernel: .vector(sharedFirst), target: id, a: y, s: s))
        } else if let s = sharedSlot[y] {
            draft.append(Instruction(kernel: .vector(sharedFirst), target: id, a: x, s: s))
        } else {
            draft.append(Instruction(kernel: .vector(operation), target: id, a: x, b: y))
        }
    }

    private mutating func selectSum(_ id: Int, _ operands: [Int], isSubtraction: Bool) {
        guard let position = operands.firstIndex(where: isFused.contains) else {
            let (x, y) = (operands[0], operands[1])
            if !isSubtraction {
                selectBinary(id, x, y, .add, sharedFirst: .addShared)
            } else if let s = sharedSlot[x] {
                draft.append(Instruction(kernel: .vector(.subtractFromShared), target: id, a: y, s: s))
            } else {
                draft.append(Instruction(kernel: .vector(.subtract), target: id, a: x, b: lanes(of: y)))
            }
            return
        }
        let factors = graph.nodes[operands[position]].operands
        let other = operands[1 - position]
        let scale = factors.firstIndex { sharedSlot[$0] != nil }
        var operation: VectorOperation
        var instruction = Instruction(kernel: .vector(.multiplyAdd), target: id)
        if let scale, let s = sharedSlot[factors[scale]] {
            (instruction.a, instruction.s) = (factors[1 - scale], s)
            operation = !isSubtraction ? .scaleAdd : position == 0 ? .scaleSubtract : .subtractScale
        } else {
            (instruction.a, instruction.b) = (factors[0], factors[1])
            operation = !isSubtraction ? .multiplyAdd : position == 0 ? .multiplySubtract : .subtractMultiply
        }
        if let t = sharedSlot[other] {
            // Only sums fuse with a shared value.
            if scale == nil {
                (operation, instruction.s) = (.multiplyAddShared, t)
            } else {
                (operation, instruction.t) = (.scaleAddShared, t)
            }
        } else {
            instruction.c = other
        }
        instruction.kernel = .vector(operation)
        draft.append(instruction)
    }

    /// The node whose lanes hold the operand: a splat where all lanes share it.
    private mutating func lanes(of id: Int) -> Int {
        guard let slot = sharedSlot[id] else { return id }
        let splat = graph.nodes.count + slot
        if splatDrafted.insert(splat).inserted {
            draft.append(Instruction(kernel: .vector(.splat), target: splat, s: slot))
        }
        return splat
    }

    /// The outputs, those that are inputs which another output may replace by copies made before anything is written.
    private mutating func holdMovedInputs() -> [Int] {
        var results = outputs
        for (k, output) in outputs.enumerated() {
            guard case .input(let j) = graph.nodes[output].operation, j != k, j < replaced else { continue }
            results[k] = 2 * graph.nodes.count + j
            if !draft.contains(where: { $0.target == results[k] }) {
                draft.insert(Instruction(kernel: .vector(.copy), target: results[k], a: output), at: 0)
            }
        }
        return results
    }

    private func isHeld(_ id: Int) -> Bool { id >= 2 * graph.nodes.count }

    /// Linear scan: a register is free again after the last instruction that reads it.
    private mutating func assignRegisters() {
        let results = holdMovedInputs()
        var lastUse: [Int: Int] = [:]
        var definition: [Int: Int] = [:]
        for (position, instruction) in draft.enumerated() {
            definition[instruction.target] = position
            for operand in instruction.reads { lastUse[operand] = position }
        }
        var slots: [Int: Int] = [:]
        // The last instruction that reads an input which an output may replace.
        var lastRead: [Int: Int] = [:]
        for id in graph.nodes.indices {
            guard case .input(let k) = graph.nodes[id].operation else { continue }
            slots[id] = k
            if k < replaced { lastRead[k] = lastUse[id] }
        }
        var copies: [(target: Int, source: Int)] = []
        for (k, output) in results.enumerated() {
            let isEarly = lastRead[k].map { $0 > definition[output] ?? -1 } ?? false
            if slots[output] != nil || sharedSlot[output] != nil || isEarly || isHeld(output) {
                copies.append((inputCount + k, output))
            } else {
                slots[output] = inputCount + k
            }
        }
        let pinned = Set(slots.keys).union(copies.map(\.source))
        var free: [Int] = []
        for (position, instruction) in draft.enumerated() {
            var placed = instruction
            if let slot = slots[instruction.target] {
                placed.target = slot
            } else {
                // Never an operand's register: a loop that reads and writes different memory vectorises.
                let register = free.popLast() ?? temporaryCount
                temporaryCount = max(temporaryCount, register + 1)
                slots[instruction.target] = inputCount + outputs.count + register
                placed.target = inputCount + outputs.count + register
            }
            placed.replaceReads { slots[$0] ?? 0 }
            body.append(placed)
            for operand in Set(instruction.reads) where lastUse[operand] == position && !pinned.contains(operand) {
                if let slot = slots[operand] { free.append(slot - inputCount - outputs.count) }
            }
        }
        for (target, source) in copies {
            if let slot = sharedSlot[source] {
                body.append(Instruction(kernel: .vector(.splat), target: target, s: slot))
            } else if let slot = slots[source] {
                body.append(Instruction(kernel: .vector(.copy), target: target, a: slot))
            }
        }
    }
}

extension Instruction {
    /// The lane operands among a, b, c and d.
    private var operandPaths: [WritableKeyPath<Instruction, Int>] {
        switch kernel {
        case .vector(let operation):
            let reads = operation.reads
            return (reads.a ? [\.a] : []) + (reads.b ? [\.b] : []) + (reads.c ? [\.c] : [])
        case .lanewise(let operation):
            return Array([\.a, \.b, \.c, \.d].prefix(operation.operandCount))
        }
    }

    var reads: [Int] { operandPaths.map { self[keyPath: $0] } }

    mutating func replaceReads(_ transform: (Int) -> Int) {
        for path in operandPaths { self[keyPath: path] = transform(self[keyPath: path]) }
    }
}
