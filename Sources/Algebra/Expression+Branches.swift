/// The branches of functions with kinks.
extension Expression {
    /// The number of branches beyond which nothing is told.
    private static let mostBranches = 64

    /// Whether the expression may vanish on an open set, as `max(x, 0)` and `x - clip(x, -1, 1)` do: whether one of its
    /// branches is zero, or there are too many of them.
    ///
    /// An expression without kinks that is not zero vanishes at points only.
    var mayVanishOnOpenSet: Bool {
        var pending = [self]
        var count = 1
        while let expression = pending.popLast() {
            guard let branches = expression.branchesOfAKink else {
                if ((try? expression.expanded()) ?? expression).isZero { return true }
                continue
            }
            count += branches.count - 1
            if count > Self.mostBranches { return true }
            pending += branches
        }
        return false
    }

    /// What the expression is on either side of one of its kinks; nil where it has none.
    private var branchesOfAKink: [Expression]? {
        var found: (node: Expression, values: [Expression])?
        forEachNode { node in
            guard found == nil, case .function(let function, let arguments) = node.content else { return }
            switch function {
            case .max: found = (node, arguments)
            case .abs: found = (node, [arguments[0], -arguments[0]])
            case .sign: found = (node, [.one, .minusOne])
            default: break
            }
        }
        guard let found else { return nil }
        return found.values.map { value in replacing { $0 == found.node ? value : nil } }
    }
}
