import Foundation
import VectorTypes

/// The operations of a kernel as a directed acyclic graph in which every distinct operation stands once.
///
/// Nodes are numbered so that operands come before their uses. Operations on constants are done as they are made.
struct Graph {
    struct Node: Hashable {
        var operation: Operation
        var operands: [Int] = []
        /// The value of a constant.
        var value = DoubleDouble(0)
    }

    private(set) var nodes: [Node] = []
    /// Whether the node has a value for each lane, rather than one for all.
    private(set) var isVarying: [Bool] = []
    private var index: [Node: Int] = [:]
    /// The low parts of the nodes for which one was asked; nil where it is zero.
    var lowParts: [Int: Int?] = [:]

    mutating func constant(_ value: DoubleDouble) -> Int { insert(Node(operation: .constant, value: value)) }
    mutating func constant(_ value: Double) -> Int { constant(DoubleDouble(value)) }

    func constantValue(_ id: Int) -> DoubleDouble? {
        nodes[id].operation == .constant ? nodes[id].value : nil
    }

    func isConstant(_ id: Int, _ value: Double) -> Bool {
        constantValue(id).map { $0.high == value && $0.low == 0 } ?? false
    }

    mutating func insert(_ node: Node) -> Int {
        if let known = index[node] { return known }
        let id = nodes.count
        nodes.append(node)
        if case .input = node.operation {
            isVarying.append(true)
        } else {
            isVarying.append(node.operands.contains { isVarying[$0] })
        }
        index[node] = id
        return id
    }

    mutating func input(_ k: Int) -> Int { insert(Node(operation: .input(k))) }
    mutating func uniform(_ k: Int) -> Int { insert(Node(operation: .uniform(k))) }

    /// The node of an operation, simplified where an operand is a constant.
    mutating func apply(_ operation: Operation, _ operands: [Int]) -> Int {
        if let folded = fold(operation, operands) { return folded }
        var operands = operands
        if operation.isCommutative && operands[0] > operands[1] { operands.swapAt(0, 1) }
        return insert(Node(operation: operation, operands: operands))
    }

    mutating func add(_ a: Int, _ b: Int) -> Int {
        if isConstant(a, 0) { return b }
        if isConstant(b, 0) { return a }
        if case .negate = nodes[b].operation { return subtract(a, nodes[b].operands[0]) }
        if case .negate = nodes[a].operation { return subtract(b, nodes[a].operands[0]) }
        return apply(.add, [a, b])
    }

    mutating func subtract(_ a: Int, _ b: Int) -> Int {
        if isConstant(b, 0) { return a }
        if isConstant(a, 0) { return negate(b) }
        if a == b { return constant(0) }
        if case .negate = nodes[b].operation { return add(a, nodes[b].operands[0]) }
        return apply(.subtract, [a, b])
    }

    mutating func negate(_ a: Int) -> Int {
        if case .negate = nodes[a].operation { return nodes[a].operands[0] }
        if case .subtract = nodes[a].operation { return subtract(nodes[a].operands[1], nodes[a].operands[0]) }
        return apply(.negate, [a])
    }

    /// A product; one by the constant zero is zero whatever the other factor, as in the formula.
    mutating func multiply(_ a: Int, _ b: Int) -> Int {
        for (x, y) in [(a, b), (b, a)] {
            if isConstant(x, 1) { return y }
            if isConstant(x, 0) { return x }
            if isConstant(x, -1) { return negate(y) }
            if case .sign = nodes[x].operation { return apply(.signProduct, [y, nodes[x].operands[0]]) }
        }
        return apply(.multiply, [a, b])
    }

    mutating func reciprocal(_ a: Int) -> Int {
        if case .reciprocal = nodes[a].operation { return nodes[a].operands[0] }
        return apply(.reciprocal, [a])
    }

    mutating func squareRoot(_ a: Int) -> Int { apply(.squareRoot, [a]) }

    /// a^n by repeated squaring.
    mutating func power(_ a: Int, integer n: Int) -> Int {
        if n < 0 { return reciprocal(power(a, integer: -n)) }
        if n == 0 { return constant(1) }
        if n == 1 { return a }
        let half = power(a, integer: n / 2)
        let square = multiply(half, half)
        return n.isMultiple(of: 2) ? square : multiply(square, a)
    }

    private mutating func fold(_ operation: Operation, _ operands: [Int]) -> Int? {
        var values: [DoubleDouble] = []
        for operand in operands {
            guard let value = constantValue(operand) else { return nil }
            values.append(value)
        }
        let result: DoubleDouble
        switch operation {
        case .external: return nil
        case .add: result = values[0] + values[1]
        case .subtract: result = values[0] - values[1]
        case .multiply: result = values[0] * values[1]
        case .divide: result = values[0] / values[1]
        case .negate: result = -values[0]
        case .reciprocal: result = DoubleDouble(1) / values[0]
        case .squareRoot: result = values[0].squareRoot()
        case .magnitude: result = values[0].high < 0 ? -values[0] : values[0]
        default:
            let padded = values.map(\.high) + [0, 0, 0, 0]
            result = DoubleDouble(operation.evaluated(padded[0], padded[1], padded[2], padded[3]))
        }
        return constant(result)
    }
}

/// Low parts: what the rounding of a node lost, to first order, so that a function that magnifies relative errors of its
/// argument, such as erfc or exp far out, can be corrected for them.
extension Graph {
    /// The node that holds (exact value of the node) - (its double), or nil where that is zero or not known.
    mutating func lowPart(_ id: Int) -> Int? {
        if let known = lowParts[id] { return known }
        let result = makeLowPart(nodes[id])
        lowParts[id] = .some(result)
        return result

        func combine(_ parts: [Int?]) -> Int? {
            let present = parts.compactMap { $0 }
            guard var sum = present.first else { return nil }
            for part in present.dropFirst() { sum = add(sum, part) }
            return isConstant(sum, 0) ? nil : sum
        }

        func makeLowPart(_ node: Node) -> Int? {
            let operands = node.operands
            switch node.operation {
            case .constant: return node.value.low == 0 ? nil : constant(node.value.low)
            case .add, .subtract:
                let sign = node.operation == .subtract
                let second = sign ? negate(operands[1]) : operands[1]
                return combine([
                    apply(.sumError, [operands[0], second]), lowPart(operands[0]), lowPart(second),
                ])
            case .negate: return lowPart(operands[0]).map { negate($0) }
            case .multiply:
                return combine([
                    apply(.productError, operands), lowPart(operands[1]).map { multiply(operands[0], $0) },
                    lowPart(operands[0]).map { multiply(operands[1], $0) },
                ])
            case .reciprocal, .divide:
                // 1/(b + b') = r + (1 - r b - r b')/b, the remainder 1 - r b being exact.
                let numerator = node.operation == .divide ? operands[0] : constant(1)
                let divisor = operands[node.operation == .divide ? 1 : 0]
                let product = apply(.multiply, [id, divisor])
                let remainder = subtract(subtract(numerator, product), apply(.productError, [id, divisor]))
                let rest = combine([remainder, lowPart(divisor).map { negate(multiply(id, $0)) }, lowPart(numerator)])
                return rest.map { apply(.divide, [$0, divisor]) }
            case .squareRoot:
                let square = apply(.multiply, [id, id])
                let remainder = subtract(subtract(operands[0], square), apply(.productError, [id, id]))
                let rest = combine([remainder, lowPart(operands[0])])
                return rest.map { apply(.divide, [$0, multiply(constant(2), id)]) }
            case .magnitude: return lowPart(operands[0]).map { apply(.signProduct, [$0, operands[0]]) }
            case .signProduct: return lowPart(operands[0]).map { apply(.signProduct, [$0, operands[1]]) }
            default: return nil
            }
        }
    }
}
