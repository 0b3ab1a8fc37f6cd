extension Graph {
    /// The graph in which erf(u) is made from erfc(|u|) wherever both occur: what is dear, the tail, is computed once.
    ///
    /// - Returns: the graph, and the nodes of the outputs in it.
    func sharingTails(_ outputs: [Int]) -> (graph: Graph, outputs: [Int]) {
        var complements: [Int: Int] = [:]
        for (id, node) in nodes.enumerated() where node.operation == .errorComplement {
            let argument = nodes[node.operands[0]]
            if argument.operation == .magnitude { complements[argument.operands[0]] = id }
        }
        let isShared = nodes.contains { $0.operation == .errorFunction && complements[$0.operands[0]] != nil }
        guard isShared else { return (self, outputs) }
        // A complement may stand behind the function that is made from it: the nodes are numbered anew.
        var result = Graph()
        var known: [Int: Int] = [:]
        func number(_ id: Int) -> Int {
            if let found = known[id] { return found }
            let node = nodes[id]
            let new: Int
            if node.operation == .errorFunction, let complement = complements[node.operands[0]] {
                let operands = [number(complement), number(node.operands[0])]
                new = result.insert(Node(operation: .errorFromComplement, operands: operands))
            } else {
                var copy = node
                copy.operands = node.operands.map(number)
                new = result.insert(copy)
            }
            known[id] = new
            return new
        }
        let numbers = outputs.map(number)
        return (result, numbers)
    }
}
