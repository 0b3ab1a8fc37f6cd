/// Quantities of a coordinate at whatever coordinate they stand.
extension Expression {
    /// The sum over every coordinate of the body with its index given by a name that stands nowhere else, and that name
    /// free in it: what ``indexSum(over:_:)`` closes again.
    package static func opened(_ body: Expression, as name: String) -> Expression {
        body.mapIndices { index in
            guard case .bound(let level) = index else { return index }
            return level == 0 ? .free(name) : .bound(level - 1)
        }
    }

    /// The expression of one coordinate written for another.
    package func moved(from name: String, to other: Index) -> Expression {
        mapIndices { $0 == .free(name) ? other : $0 }
    }

    /// The expression where coordinate `i` is the only one: an index sum is its body.
    package func onOnlyCoordinate(_ index: Index) -> Expression {
        guard containsIndexSum else { return self }
        return replacing { node in
            guard case .indexSum(let body) = node.content else { return nil }
            return body.mapIndices { if case .bound = $0 { index } else { $0 } }.onOnlyCoordinate(index)
        }
    }

    /// The expression in which a symbol of coordinate `i` is replaced at every coordinate, inside of sums too, by the
    /// replacement written for that coordinate.
    ///
    /// - Parameter symbol: a symbol with one free index.
    package func replacingAtEveryCoordinate(_ symbol: Symbol, by replacement: Expression) -> Expression {
        guard case .free(let coordinate)? = symbol.indices.first else { return substituting(symbol, by: replacement) }
        var memo: [ObjectIdentifier: Expression] = [:]
        func walk(_ expression: Expression, _ depth: Int) -> Expression {
            switch expression.content {
            case .number, .constant: return expression
            case .symbol(let own):
                guard own.name == symbol.name, own.role == symbol.role, own.indices.count == 1 else {
                    return expression
                }
                return replacement.moved(from: coordinate, to: own.indices[0])
            case .indexSum(let body):
                let name = "\(coordinate)#\(depth)"
                return .indexSum(over: name, walk(.opened(body, as: name), depth + 1))
            default:
                // Nodes outside of sums have no bound index, and are the same wherever they stand.
                let key = ObjectIdentifier(expression.node)
                if depth == 0, let known = memo[key] { return known }
                let result = expression.mapOperands { walk($0, depth) }
                if depth == 0 { memo[key] = result }
                return result
            }
        }
        return walk(self, 0)
    }
}
