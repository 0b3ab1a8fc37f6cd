import Algebra
import Probability

/// The fast states of a coordinate with the slow ones held fixed: a Markov chain driven by independent gradients.
struct FrozenChain {
    /// The fast states.
    let states: [Symbol]
    /// Their next values, in the states and the gradient drawn.
    let next: [Expression]
    let draw: GradientDraw

    /// The chain of the states that an expression depends on, directly or through their own updates.
    func restricted(to expressions: [Expression]) -> FrozenChain {
        var needed: Set<Symbol> = []
        var pending = states.filter { state in expressions.contains { $0.contains(state) } }
        while let state = pending.popLast() {
            guard needed.insert(state).inserted, let k = states.firstIndex(of: state) else { continue }
            pending += states.filter { next[k].contains($0) && !needed.contains($0) }
        }
        let kept = states.indices.filter { needed.contains(states[$0]) }
        return FrozenChain(states: kept.map { states[$0] }, next: kept.map { next[$0] }, draw: draw)
    }

    /// An expression as `sum_j slope_j y_j + rest`, its slopes free of the fast states and the draw, its rest free of the
    /// fast states; nil where it is not affine.
    func affine(_ expression: Expression) -> (slopes: [Expression], rest: Expression)? {
        var slopes: [Expression] = []
        for state in states {
            let slope = expression.derivative(by: state).expandedIfPossible
            guard !slope.contains(any: states), !slope.contains(draw.symbol) else { return nil }
            slopes.append(slope.commonFactored)
        }
        let zero = Dictionary(uniqueKeysWithValues: states.map { ($0, Expression.zero) })
        return (slopes, expression.substituting(zero))
    }
}

/// A chain that is affine in its states: `y' = A y + b(g)`.
struct AffineChain {
    let chain: FrozenChain
    let matrix: ExpressionMatrix
    /// b(g).
    let forcing: [Expression]

    /// - Returns: nil where the chain is not affine.
    /// - Throws: where it has no stationary law.
    init?(_ chain: FrozenChain) throws(DerivationError) {
        var rows: [[Expression]] = []
        var forcing: [Expression] = []
        for next in chain.next {
            guard let (slopes, rest) = chain.affine(next) else { return nil }
            rows.append(slopes)
            forcing.append(rest)
        }
        self.chain = chain
        self.forcing = forcing
        do { matrix = try ExpressionMatrix(rows) } catch { throw .noAveragedModel(reason: "\(error)") }
        for (state, row) in zip(chain.states, rows.enumerated()) {
            let own = row.element[row.offset]
            let isTriangular = row.element.indices.allSatisfy { $0 == row.offset || row.element[$0].isZero }
            if isTriangular, (own - 1).isZero || (own + 1).isZero {
                throw .noAveragedModel(
                    reason:
                        "\(state.name)' = \(chain.next[row.offset]) does not forget its past: it has no stationary law")
            }
        }
    }

    /// (I - A)^-1 applied to a vector.
    func accumulated(_ vector: [Expression]) throws(DerivationError) -> [Expression] {
        do {
            let system = ExpressionMatrix(rowCount: vector.count, columnCount: vector.count) { a, c in
                (a == c ? 1 : 0) - matrix[a, c]
            }
            let right = ExpressionMatrix(rowCount: vector.count, columnCount: 1) { a, _ in vector[a] }
            let solution = try system.solution(of: right)
            return vector.indices.map { solution[$0, 0] }
        } catch {
            throw .noAveragedModel(reason: "the fast states have no stationary law: \(error)")
        }
    }

    /// What a rate that is affine in the fast states adds up to over all later steps, as a function of one gradient.
    ///
    /// With `h = l y + f(g)` the whole effect of one gradient is `q(g) = f(g) + l (I - A)^-1 b(g)`: the stationary mean of
    /// `h` is `E q`, and the sum of its covariances over all steps is `Cov(q)`, whatever the law of the noise.
    func wholeEffect(of rate: Expression) throws(DerivationError) -> Expression? {
        guard let (slopes, rest) = chain.affine(rate) else { return nil }
        if slopes.allSatisfy(\.isZero) { return rest }
        let total = try accumulated(forcing)
        let effect = Expression.sum(of: zip(slopes, total).map { $0 * $1 })
        return (rest + effect).simplified().commonFactored
    }
}
