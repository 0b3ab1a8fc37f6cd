extension Graph {
    /// The graph in which erf(u) and erfc(|u|) are made from one polynomial or tail wherever both occur.
    ///
    /// - Returns: the graph, and the nodes of the outputs in it.
    func sharingErrorCores(_ outputs: [Int]) -> (graph: Graph, outputs: [Int]) {
        // The argument u of every erf(u), and of every erfc(|u|) by its node.
        let errors = Set(nodes.filter { $0.operation == .errorFunction }.map { $0.operands[0] })
        var complements: [Int: Int] = [:]
        for (id, node) in nodes.enumerated() where node.operation == .errorComplement {
            let argument = nodes[node.operands[0]]
            if argument.operation == .magnitude, errors.contains(argument.operands[0]) {
                complements[id] = argument.operands[0]
            }
        }
        if complements.isEmpty { return (self, outputs) }
        let shared = Set(complements.values)
        var result = Graph()
        var numbers: [Int] = []
        func insert(_ operation: Operation, of argument: Int) -> Int {
            let operand = numbers[argument]
            let core = result.insert(Node(operation: .errorCore, operands: [operand]))
            return result.insert(Node(operation: operation, operands: [core, operand]))
        }
        for (id, node) in nodes.enumerated() {
            if node.operation == .errorFunction, shared.contains(node.operands[0]) {
                numbers.append(insert(.errorFromCore, of: node.operands[0]))
            } else if let argument = complements[id] {
                numbers.append(insert(.complementFromCore, of: argument))
            } else {
                var copy = node
                copy.operands = node.operands.map { numbers[$0] }
                numbers.append(result.insert(copy))
            }
        }
        return (result, outputs.map { numbers[$0] })
    }
}
