/// One operation over lanes: the slot it writes, and the slots and shared values it reads.
///
/// A slot is the number of a pointer to lanes. The target may be one of the operands; what the operation does not read is 0.
package struct VectorInstruction: Hashable, Sendable {
    package var operation: VectorOperation
    package var target: Int32
    package var a: Int32 = 0
    package var b: Int32 = 0
    package var c: Int32 = 0
    package var s: Int32 = 0
    package var t: Int32 = 0

    package init(_ operation: VectorOperation, target: Int) {
        self.operation = operation
        self.target = Int32(target)
    }
}
