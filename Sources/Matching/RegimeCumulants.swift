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
        var centered: [Expression] = []
        for (state, increment) in zip(states, increments) {
            centered.append(increment - (try expansion.moments.expectation(of: increment, state: state)))
        }
        func expectation(_ indices: [Int]) throws(DerivationError) -> Expression {
            let product = indices.reduce(Expression.one) { $0 * centered[$1] }
            return try expansion.moments.expectation(of: product, state: states[indices[0]])
        }
        func excess(_ indices: [Int], _ cumulant: Expression) -> Excess? {
            let sizes = indices.reduce(Weight.zero) { $0 + expansion.size($1) }
            let (leading, total) = expansion.leadingPart(of: cumulant, lookingUpTo: sizes + bound)
            guard !leading.isZero, !(total - sizes).isAtLeast(bound) else { return nil }
            return Excess(
                states: indices.map { states[$0] }, expression: expansion.restored(leading), weight: total - sizes)
        }
        let s = model.covariance
        func along(_ a: Int, _ entry: Expression) -> Expression {
            Expression.sum(of: states.indices.map { s[a][$0] * entry.derivative(by: states[$0]) })
        }
        for a in states.indices {
            for c in a..<states.count {
                for e in c..<states.count {
                    let own = along(a, s[c][e]) + along(c, s[a][e]) + along(e, s[a][c])
                    let cumulant = eta ** 3 * (try expectation([a, c, e])) - (eta ** 4 * own).scaled(by: .half)
                    if let found = excess([a, c, e], cumulant) {
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
                            try expectation([a, c]) * expectation([e, k]) + expectation([a, e]) * expectation([c, k])
                            + expectation([a, k]) * expectation([c, e])
                        let cumulant = eta ** 4 * (try expectation([a, c, e, k]) - pairs)
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
