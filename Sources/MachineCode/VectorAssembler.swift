/// Writes x86-64 instructions on registers of 256 or 512 bits, each of lanes of doubles.
///
/// The encodings are those of Intel, "64 and IA-32 Architectures Software Developer's Manual", volume 2: VEX for 256 bits
/// and EVEX for 512.
struct VectorAssembler {
    /// An operation on two registers, by its opcode; the square root reads the second alone.
    enum Arithmetic: UInt8 {
        case squareRoot = 0x51
        case and = 0x54
        case or = 0x56
        case exclusiveOr = 0x57
        case add = 0x58
        case multiply = 0x59
        case subtract = 0x5C
        case divide = 0x5E
    }

    /// A comparison, by the number of its predicate; the first two are false for NaN, the others true.
    enum Comparison: UInt8 {
        case equal = 0x00
        case lessThan = 0x11
        case unordered = 0x03
        case notGreaterOrEqual = 0x19
    }

    /// A number that all lanes share: the entry of one of two arrays.
    enum Shared: Hashable {
        /// Of the values that the caller passes.
        case value(Int)
        /// Of the constants that the loop brings along.
        case constant(Int)
    }

    private(set) var bytes: [UInt8] = []
    private let isWide: Bool

    /// The number of registers for lanes, and of lanes in each.
    let registerCount: Int
    let laneCount: Int

    init(registerBits: Int) {
        isWide = registerBits == 512
        // With VEX a register holds the mask of a comparison.
        registerCount = isWide ? 32 : 15
        laneCount = registerBits / 64
    }

    private static let maskRegister = 15

    /// Lanes of a slot.
    mutating func load(slot: Int, into target: Int) {
        readPointer(slot)
        vector(0x10, target, 0, .lanes)
    }

    mutating func store(_ source: Int, toSlot slot: Int) {
        readPointer(slot)
        vector(0x11, source, 0, .lanes)
    }

    mutating func broadcast(_ shared: Shared, into target: Int) {
        vector(0x19, map: 2, isDouble: isWide, target, 0, .shared(shared))
    }

    mutating func move(_ source: Int, to target: Int) { vector(0x28, target, 0, .register(source)) }

    mutating func compute(_ operation: Arithmetic, _ a: Int, _ b: Int, into target: Int) {
        vector(operation.rawValue, target, operation == .squareRoot ? 0 : a, .register(b))
    }

    /// The lanes of one register where a comparison of two others holds, and of another where it does not; the target may be any
    /// of them.
    mutating func select(
        where comparison: Comparison, _ x: Int, _ y: Int, then: Int, otherwise: Int, into target: Int
    ) {
        if isWide {
            vector(0xC2, 1, x, .register(y))
            bytes.append(comparison.rawValue)
            vector(0x65, map: 2, target, otherwise, .register(then), mask: 1)
        } else {
            vector(0xC2, Self.maskRegister, x, .register(y))
            bytes.append(comparison.rawValue)
            vector(0x4B, map: 3, isDouble: false, target, otherwise, .register(then))
            bytes.append(UInt8(Self.maskRegister << 4))
        }
    }

    // The loop is a function with the arguments of the System V convention: rdi points to the pointers of the slots, rsi to the
    // values of the caller, rdx is the number of bytes of a slot, at least those of a register, and rcx points to the
    // constants. r8 counts the bytes that are done, r9 is the pointer of a slot.

    /// Sets the count of what is done to zero.
    mutating func beginFunction() { bytes += [0x45, 0x31, 0xC0] }

    /// Goes on with the lanes of the next register at `start`, if there are any, and else returns.
    mutating func endFunction(loopingTo start: Int) {
        bytes += [0x49, 0x83, 0xC0, UInt8(laneCount * 8)]
        bytes += [0x49, 0x39, 0xD0]
        bytes += [0x0F, 0x82]
        append(Int32(start - (bytes.count + 4)))
        bytes += [0xC5, 0xF8, 0x77, 0xC3]
    }

    private mutating func readPointer(_ slot: Int) {
        bytes += [0x4C, 0x8B, 0x8F]
        append(Int32(8 * slot))
    }

    /// The entry of the array at rsi, register 6, or rcx, register 1.
    private mutating func appendAddress(_ field: UInt8, base: UInt8, _ entry: Int) {
        bytes.append(0x80 | field | base)
        append(Int32(8 * entry))
    }

    private mutating func append(_ number: Int32) {
        withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }

    /// What an instruction reads last.
    private enum Operand {
        case register(Int)
        /// The lanes at r9 + r8.
        case lanes
        case shared(Shared)
    }

    /// One instruction; `isDouble` is the bit W of its encoding.
    private mutating func vector(
        _ opcode: UInt8, map: UInt8 = 1, isDouble: Bool = true, _ target: Int, _ first: Int, _ second: Operand,
        mask: UInt8 = 0
    ) {
        let (target, first) = (UInt8(target), UInt8(first))
        // The upper bits of the second operand's register, or of its base and index; prefixes hold all upper bits inverted.
        let (base, index): (UInt8, UInt8) =
            switch second {
            case .register(let number): (UInt8(number) >> 3 & 1, UInt8(number) >> 4)
            case .lanes: (1, 1)
            case .shared: (0, 0)
            }
        let upperBits = (~target >> 3 & 1) << 7 | (index ^ 1) << 6 | (base ^ 1) << 5
        let width: UInt8 = isDouble ? 1 << 7 : 0
        // The last three bits: the longer registers of VEX, a fixed bit in EVEX, and the prefix 66 of packed doubles.
        let middle = width | (~first & 15) << 3 | 1 << 2 | 1
        if isWide {
            let (wide, targetBit, firstBit): (UInt8, UInt8, UInt8) = (2 << 5, ~target >> 4 & 1, ~first >> 4 & 1)
            bytes += [0x62, upperBits | targetBit << 4 | map, middle, wide | firstBit << 3 | mask]
        } else {
            bytes += [0xC4, upperBits | map, middle]
        }
        bytes.append(opcode)
        let field = (target & 7) << 3
        switch second {
        case .register(let number): bytes.append(0xC0 | field | UInt8(number) & 7)
        case .lanes: bytes += [field | 4, 0x01]
        case .shared(.value(let number)): appendAddress(field, base: 6, number)
        case .shared(.constant(let number)): appendAddress(field, base: 1, number)
        }
    }
}
