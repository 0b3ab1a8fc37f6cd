import VectorTypes

/// One instruction over lanes: a kernel, the slot it writes, and the slots and shared values it reads.
///
/// Slots count the inputs first, then the outputs, then the intermediate registers.
struct Instruction: Sendable {
    enum Kernel: Sendable {
        case vector(VectorOperation)
        /// An operation that has no vector code: lane by lane.
        case lanewise(Operation)
    }

    var kernel: Kernel
    var target: Int
    var a = 0
    var b = 0
    var c = 0
    var d = 0
    var s = 0
    var t = 0
}

extension VectorInstruction {
    /// An operation on the slots of an instruction.
    init(_ operation: VectorOperation, _ slots: Instruction) {
        self.init(operation, target: slots.target)
        (a, b, c) = (Int32(slots.a), Int32(slots.b), Int32(slots.c))
        (s, t) = (Int32(slots.s), Int32(slots.t))
    }
}

/// One operation on values that all lanes share; slots that the operation does not read are the first.
struct SharedInstruction: Sendable {
    let operation: Operation
    let target: Int
    let a: Int
    let b: Int
    let c: Int
    let d: Int

    init(operation: Operation, target: Int, operands: [Int]) {
        self.operation = operation
        self.target = target
        let slots = operands + [0, 0, 0, 0]
        (a, b, c, d) = (slots[0], slots[1], slots[2], slots[3])
    }
}
