import VectorTypes

/// What a loop does with the lanes of a register: each value is computed once, and read where it was made.
struct LoopBody {
    typealias Arithmetic = VectorAssembler.Arithmetic
    typealias Comparison = VectorAssembler.Comparison
    typealias Shared = VectorAssembler.Shared

    /// Where a value comes from; its operands are the numbers of earlier values.
    enum Source {
        case slot(Int)
        case shared(Shared)
        case copy(Int)
        case arithmetic(Arithmetic, Int, Int)
        case selection(Comparison, Int, Int, then: Int, otherwise: Int)

        var operands: [Int] {
            switch self {
            case .slot, .shared: []
            case .copy(let a), .arithmetic(.squareRoot, _, let a): [a]
            case .arithmetic(_, let a, let b): [a, b]
            case .selection(_, let x, let y, let then, let otherwise): [x, y, then, otherwise]
            }
        }

        /// Whether it takes a step; else it can be read from memory at any time.
        var isComputed: Bool {
            switch self {
            case .slot, .shared: false
            case .copy, .arithmetic, .selection: true
            }
        }
    }

    /// A value, and the slot that it is the value of, where it may wait for its readers; none for what stands between.
    struct Value {
        let source: Source
        fileprivate(set) var home: Int?
    }

    enum Step {
        case compute(Int)
        case store(Int, slot: Int)
    }

    /// The values that a step reads.
    func operands(of step: Step) -> [Int] {
        switch step {
        case .compute(let value): values[value].source.operands
        case .store(let value, _): [value]
        }
    }

    private(set) var values: [Value] = []
    private(set) var steps: [Step] = []
    private(set) var constants: [Double] = []

    private var slotValues: [Int: Int] = [:]
    private var sharedValues: [Shared: Int] = [:]
    private var constantNumbers: [UInt64: Int] = [:]

    /// - Parameter results: the slots whose last values are needed afterwards.
    /// - Returns: `nil` where an operation is not ``VectorOperation/isArithmetic``.
    init?(_ instructions: ArraySlice<VectorInstruction>, results: Set<Int>) {
        var lastWrite: [Int: Int] = [:]
        for (position, instruction) in instructions.enumerated() { lastWrite[Int(instruction.target)] = position }
        for (position, instruction) in instructions.enumerated() {
            let target = Int(instruction.target)
            guard let value = value(of: instruction) else { return nil }
            values[value].home = target
            slotValues[target] = value
            if lastWrite[target] == position && results.contains(target) { steps.append(.store(value, slot: target)) }
        }
    }

    /// The same operations in the same order as those of the vector units, so that the bits are the same.
    private mutating func value(of instruction: VectorInstruction) -> Int? {
        let reads = instruction.operation.reads
        let a = reads.a ? slot(instruction.a) : 0
        let b = reads.b ? slot(instruction.b) : 0
        let c = reads.c ? slot(instruction.c) : 0
        let (s, t) = (Shared.value(Int(instruction.s)), Shared.value(Int(instruction.t)))
        switch instruction.operation {
        case .copy: return compute(.copy(a))
        case .splat: return compute(.copy(shared(s)))
        case .add: return compute(.add, a, b)
        case .addShared: return compute(.add, a, shared(s))
        case .subtract: return compute(.subtract, a, b)
        case .subtractFromShared: return compute(.subtract, shared(s), a)
        case .multiply: return compute(.multiply, a, b)
        case .scale: return compute(.multiply, a, shared(s))
        case .divide: return compute(.divide, a, b)
        case .divideShared: return compute(.divide, shared(s), a)
        case .multiplyAdd: return compute(.add, compute(.multiply, a, b), c)
        case .multiplyAddShared: return compute(.add, compute(.multiply, a, b), shared(s))
        case .scaleAdd: return compute(.add, compute(.multiply, a, shared(s)), c)
        case .scaleAddShared: return compute(.add, compute(.multiply, a, shared(s)), shared(t))
        case .multiplySubtract: return compute(.subtract, compute(.multiply, a, b), c)
        case .subtractMultiply: return compute(.subtract, c, compute(.multiply, a, b))
        case .scaleSubtract: return compute(.subtract, compute(.multiply, a, shared(s)), c)
        case .subtractScale: return compute(.subtract, c, compute(.multiply, a, shared(s)))
        case .negate: return compute(.subtract, constant(0), a)
        case .reciprocal: return compute(.divide, constant(1), a)
        case .squareRoot: return magnitude(compute(.squareRoot, a, a))
        case .magnitude: return magnitude(a)
        case .sign: return signProduct(constant(1), a)
        case .signProduct: return signProduct(a, b)
        case .maximum:
            let larger = select(where: .notGreaterOrEqual, a, b, then: b, otherwise: a)
            return select(where: .unordered, a, a, then: a, otherwise: larger)
        case .complementOfSquare: return compute(.multiply, a, compute(.subtract, constant(2), a))
        case .sumError:
            let sum = compute(.add, a, b)
            let change = compute(.subtract, sum, a)
            let lost = compute(.subtract, a, compute(.subtract, sum, change))
            return compute(.add, lost, compute(.subtract, b, change))
        case .errorFromCore:
            let far = compute(.subtract, compute(.or, compute(.and, b, constant(-0.0)), constant(1)), a)
            return select(where: .lessThan, magnitude(b), nearBound, then: a, otherwise: far)
        case .complementFromCore:
            let size = magnitude(a)
            let near = compute(.subtract, constant(1), size)
            return select(where: .lessThan, magnitude(b), nearBound, then: near, otherwise: size)
        case .productError, .corrected, .correctedComplement, .exponential, .logarithm, .sine, .cosine,
            .hyperbolicTangent, .errorFunction, .errorComplement, .errorCore:
            return nil
        }
    }

    private mutating func magnitude(_ a: Int) -> Int {
        compute(.and, a, constant(Double(bitPattern: 0x7FFF_FFFF_FFFF_FFFF)))
    }

    private mutating func signProduct(_ a: Int, _ b: Int) -> Int {
        let flipped = compute(.exclusiveOr, a, compute(.and, b, constant(-0.0)))
        let product = select(where: .equal, b, constant(0), then: constant(0), otherwise: flipped)
        return select(where: .unordered, b, b, then: b, otherwise: product)
    }

    private var nearBound: Int { mutating get { constant(ErrorFunctionTable.nearBound) } }

    private mutating func compute(_ operation: Arithmetic, _ a: Int, _ b: Int) -> Int {
        compute(.arithmetic(operation, a, b))
    }

    private mutating func select(
        where comparison: Comparison, _ x: Int, _ y: Int, then: Int, otherwise: Int
    ) -> Int {
        compute(.selection(comparison, x, y, then: then, otherwise: otherwise))
    }

    private mutating func compute(_ source: Source) -> Int {
        let value = append(source)
        steps.append(.compute(value))
        return value
    }

    private mutating func slot(_ number: Int32) -> Int {
        let slot = Int(number)
        if let value = slotValues[slot] { return value }
        let value = append(.slot(slot), home: slot)
        slotValues[slot] = value
        return value
    }

    private mutating func shared(_ shared: Shared) -> Int {
        if let value = sharedValues[shared] { return value }
        let value = append(.shared(shared))
        sharedValues[shared] = value
        return value
    }

    private mutating func constant(_ number: Double) -> Int {
        let index = constantNumbers[number.bitPattern] ?? constants.count
        if index == constants.count {
            constants.append(number)
            constantNumbers[number.bitPattern] = index
        }
        return shared(.constant(index))
    }

    private mutating func append(_ source: Source, home: Int? = nil) -> Int {
        values.append(Value(source: source, home: home))
        return values.count - 1
    }
}
