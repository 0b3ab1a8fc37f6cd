import Algebra
import ExactNumbers
import Rules

/// Cumulants of one step in a regime that no diffusion of the same states has.
///
/// Within a step of the time h a diffusion whose coefficients have a series in h moves by a variable with third cumulants
/// `(h^2/2) sum S_ad d_d S_ce` over the three ways to choose `a`, and fourth cumulants of O(h^3): the next terms of drift and
/// covariance change neither to O(h^2). Order 2 asks for both to O(h^3).
struct RegimeCumulants {
    /// A cumulant of the optimizer less that of the model of order 1.
    struct Excess {
        let states: [Symbol]
        let expression: Expression
        /// Relative to the sizes of the states.
        let weight: Weight

        /// `third cumulant of Δx, Δx, Δv`.
        var name: String {
            "\(states.count == 3 ? "third" : "fourth") cumulant of \(states.map { "Δ\($0.name)" }.joined(separator: ", "))"
        }
    }

    /// The first one that is too large for order 2, third cumulants before fourth; nil where there is none.
    let obstacle: Excess?

    /// - Parameter increments: of the states, divided by eta: D1, or all that is known of them.
    init(
        of increments: [Expression], _ model: RegimeModel, _ expansion: RegimeExpansion
    ) throws(DerivationError) {
        let states = expansion.states
        let eta = Expression(expansion.stepSize)
        let bound = Weight(3 * expansion.stepTime)
        let third = Third(of: increments, model.covariance, expansion)
        func excess(_ indices: [Int], _ cumulant: Expression) -> Excess? {
            let sizes = indices.reduce(Weight.zero) { $0 + expansion.size($1) }
            let (leading, total) = expansion.leadingPart(of: cumulant, lookingUpTo: sizes + bound)
            guard !leading.isZero, !(total - sizes).isAtLeast(bound) else { return nil }
            return Excess(
                states: indices.map { states[$0] }, expression: expansion.restored(leading), weight: total - sizes)
        }
        for a in states.indices {
            for c in a..<states.count {
                for e in c..<states.count {
                    if let found = excess([a, c, e], try third.excess([a, c, e])) {
                        obstacle = found
                        return
                    }
                }
            }
        }
        for a in states.indices {
            for c in a..<states.count {
                for e in c..<states.count {
                    for k in e..<states.count {
                        let pairs =
                            try third.moment([a, c]) * third.moment([e, k])
                            + third.moment([a, e]) * third.moment([c, k])
                            + third.moment([a, k]) * third.moment([c, e])
                        let cumulant = eta ** 4 * (try third.moment([a, c, e, k]) - pairs)
                        if let found = excess([a, c, e, k], cumulant) {
                            obstacle = found
                            return
                        }
                    }
                }
            }
        }
        obstacle = nil
    }
}

extension RegimeCumulants {
    /// Third cumulants of a step.
    struct Third {
        /// The increments less their means.
        private let centered: [Result<Expression, DerivationError>]
        private let covariance: [[Expression]]
        private let expansion: RegimeExpansion

        /// - Parameter covariance: that of the model.
        init(of increments: [Expression], _ covariance: [[Expression]], _ expansion: RegimeExpansion) {
            centered = zip(expansion.states, increments).map { state, increment in
                Result { () throws(DerivationError) in
                    increment - (try expansion.moments.expectation(of: increment, state: state))
                }
            }
            self.covariance = covariance
            self.expansion = expansion
        }

        /// The central moment of increments divided by eta.
        func moment(_ indices: [Int]) throws(DerivationError) -> Expression {
            var product = Expression.one
            for index in indices { product = product * (try centered[index].get()) }
            return try expansion.moments.expectation(of: product, state: expansion.states[indices[0]])
        }

        /// The third cumulant of the optimizer's step less that of the model's,
        /// `eta^3 kappa(D_a, D_c, D_e) - (eta^4/2) sum S_ad d_d S_ce`.
        func excess(_ indices: [Int]) throws(DerivationError) -> Expression {
            let eta = Expression(expansion.stepSize)
            let (a, c, e) = (indices[0], indices[1], indices[2])
            let own = along(a, covariance[c][e]) + along(c, covariance[a][e]) + along(e, covariance[a][c])
            return eta ** 3 * (try moment(indices)) - (eta ** 4 * own).scaled(by: .half)
        }

        private func along(_ a: Int, _ entry: Expression) -> Expression {
            Expression.sum(
                of: expansion.states.enumerated().map { covariance[a][$0] * entry.derivative(by: $1) })
        }
    }
}
