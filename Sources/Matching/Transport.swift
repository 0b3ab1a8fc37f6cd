import Algebra

/// The deterministic part of the generator of an SDE, d_t + b . grad, on quantities of one coordinate.
///
/// The gradient runs over every state of every coordinate: an auxiliary state belongs to one coordinate, while positions
/// of all coordinates meet in the fields, so that their part is a sum over an index.
package struct Transport {
    let states: [Symbol]
    let drift: [Expression]
    let time: Symbol

    package init(states: [Symbol], drift: [Expression], time: Symbol) {
        self.states = states
        self.drift = drift
        self.time = time
    }

    /// d_t u + sum over all states c of b_c d_c u.
    func callAsFunction(_ u: Expression) -> Expression {
        var terms = [u.derivative(by: time)]
        for (state, own) in zip(states, drift) { terms.append(along(state, own, u)) }
        return Expression.sum(of: terms)
    }

    /// The directional derivative along one state of all coordinates, with the direction given for coordinate `i`.
    package func along(_ state: Symbol, _ direction: Expression, _ u: Expression) -> Expression {
        guard state.role == .position else {
            guard u.containsIndexSum else { return direction * u.derivative(by: state) }
            // The states of all coordinates may meet in a sum.
            let amount = Symbol(" q")
            let moved = Expression(state) + Expression(amount) * direction
            return u.replacingAtEveryCoordinate(state, by: moved).derivative(by: amount)
                .substituting(amount, by: .zero)
        }
        let other = state.mapIndices { _ in .bound(0) }
        return Expression.indexSum(body: u.raised.derivative(by: other) * direction.atBoundIndex)
    }

    /// sum over all states a, c of S_ac d_a d_c u, with the covariance of one coordinate; coordinates are independent.
    func diffusion(of u: Expression, _ covariance: [[Expression]]) -> Expression {
        var terms: [Expression] = []
        for (a, first) in states.enumerated() {
            for (c, second) in states.enumerated() where !covariance[a][c].isZero {
                if first.role == .position, second.role == .position {
                    let other = first.mapIndices { _ in .bound(0) }
                    let curvature = u.raised.derivative(by: other).derivative(by: other)
                    terms.append(Expression.indexSum(body: curvature * covariance[a][c].atBoundIndex))
                } else {
                    terms.append(covariance[a][c] * u.derivative(by: first).derivative(by: second))
                }
            }
        }
        return Expression.sum(of: terms)
    }
}

extension Expression {
    /// The expression of coordinate `i` inside of one more index sum.
    package var raised: Expression {
        mapIndices { index in if case .bound(let level) = index { .bound(level + 1) } else { index } }
    }

    /// The expression of coordinate `i` written for the coordinate that an index sum runs over.
    package var atBoundIndex: Expression {
        mapIndices { index in
            switch index {
            case .free: .bound(0)
            case .bound(let level): .bound(level + 1)
            case .coordinate: index
            }
        }
    }
}
