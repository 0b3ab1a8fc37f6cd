/// One vector instruction: a kernel, the slot it writes, and the slots and shared values it reads.
///
/// Slots count the inputs first, then the outputs, then the intermediate registers.
struct Instruction: Sendable {
    /// What the instruction does for every lane; v are lanes, s and t shared values.
    enum Kernel: Sendable {
        case copy, splat
        case add, addShared, subtract, subtractFromShared
        case multiply, scale, divide, divideShared
        /// v v + v, v v + s, v s + v, v s + t.
        case multiplyAdd, multiplyAddShared, scaleAdd, scaleAddShared
        /// v v - v, v - v v, v s - v, v - v s.
        case multiplySubtract, subtractMultiply, scaleSubtract, subtractScale
        case operation(Operation)
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
