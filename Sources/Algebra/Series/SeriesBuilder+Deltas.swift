import ExactNumbers

/// Where Dirac's delta may stand: it is multiplied only by what has no kink, and no function is taken of it.
///
/// A product such as `sign(g + eta c) sign(g)` is not smooth in eta, though each factor has an expansion: its mean is known
/// up to the weight of the delta, and no further.
extension SeriesBuilder {
    /// The factor, up to its deltas where the other one has kinks.
    func regular(_ factor: Expansion, beside other: Expansion, in place: Expression) -> Expansion {
        guard usesDeltas,
            other.terms.contains(where: { $0.coefficient.hasRandomNode { $0.hasKink } })
        else { return factor }
        return withoutDeltas(factor, in: place)
    }

    /// The expansion up to its deltas.
    func withoutDeltas(_ expansion: Expansion, in place: Expression) -> Expansion {
        guard usesDeltas else { return expansion }
        var result = expansion
        for term in expansion.terms where term.coefficient.hasRandomNode(where: \.isDelta) {
            result = result.limited(to: term.weight)
            obstacle = .kink(at: term.coefficient, in: place)
        }
        return result
    }
}

extension Function {
    var isDelta: Bool { if case .dirac = self { true } else { false } }
    var hasKink: Bool { isDelta || [.sign, .abs, .max].contains(self) }
}

extension Expression {
    /// Whether a function of a random argument that meets the condition occurs.
    func hasRandomNode(where condition: (Function) -> Bool) -> Bool {
        guard isRandom else { return false }
        var found = false
        forEachNode { node in
            if !found, node.isRandom, case .function(let function, _) = node.content { found = condition(function) }
        }
        return found
    }

    /// Whether one of the branches of its random maxima may be zero for all draws.
    var mayRestAtZero: Bool {
        var leaves = [self]
        for _ in 0..<32 {
            guard let position = leaves.firstIndex(where: { $0.hasRandomNode { $0 == .max || $0 == .abs } }) else {
                return leaves.contains { leaf in
                    let leaf = (try? leaf.expanded()) ?? leaf
                    return !leaf.isRandom && !leaf.bounds.isNonzero
                }
            }
            let leaf = leaves.remove(at: position)
            var choice: (node: Expression, branches: [Expression])?
            leaf.forEachNode { node in
                guard choice == nil, node.isRandom else { return }
                switch node.content {
                case .function(.max, let operands): choice = (node, operands)
                case .function(.abs, let operands): choice = (node, [operands[0], -operands[0]])
                default: break
                }
            }
            guard let choice else { return true }
            leaves += choice.branches.map { branch in leaf.replacing { $0 == choice.node ? branch : nil } }
        }
        return true
    }
}
