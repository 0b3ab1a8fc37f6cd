import Algebra
import Probability

/// A frozen chain with one state that need not be affine, and at most one companion that is averaged along with it.
///
/// `u' = F(u, g)` and `m' = a m + b(u, g)`, with independent gradients `g`. Rates may be affine in the companion.
public struct FrozenFunction: Hashable, Sendable {
    public let state: Symbol
    /// F.
    public let next: Expression
    public let companion: Symbol?
    /// a and b.
    public let companionSlope: Expression
    public let companionForcing: Expression
    public let draw: GradientDraw

    /// The roles of the states of a chain; nil where there are more than the method can take, or chain and rates are not of
    /// its form.
    init?(_ chain: FrozenChain, rates: [Expression]) {
        draw = chain.draw
        if chain.states.count == 1 {
            (state, next) = (chain.states[0], chain.next[0])
            (companion, companionSlope, companionForcing) = (nil, .zero, .zero)
            return
        }
        guard chain.states.count == 2 else { return nil }
        for (own, other) in [(0, 1), (1, 0)] {
            let (u, m) = (chain.states[own], chain.states[other])
            guard !chain.next[own].contains(m) else { continue }
            let slope = chain.next[other].derivative(by: m).expandedIfPossible
            guard !slope.contains(any: [u, m, chain.draw.symbol]),
                rates.allSatisfy({ !$0.derivative(by: m).expandedIfPossible.contains(m) })
            else { continue }
            (state, next, companion, companionSlope) = (u, chain.next[own], m, slope)
            companionForcing = chain.next[other].substituting(m, by: .zero)
            return
        }
        return nil
    }

    /// What the chain depends on beside its states and the draw.
    func parameters(with rates: [Expression]) -> [Symbol] {
        var used = Set((rates + [next, companionSlope, companionForcing]).flatMap(\.symbols))
        used.formUnion(([draw.mean, draw.scale] + draw.law.arguments).flatMap(\.symbols))
        return used.subtracting([state, draw.symbol] + (companion.map { [$0] } ?? [])).sorted()
    }
}

extension FrozenFunction: CustomStringConvertible {
    /// The chain, as in `u' = max(β u, |g|)`.
    public var description: String {
        var text = "\(state)' = \(next.text)"
        if let companion {
            text += ", \(companion)' = \((companionSlope * Expression(companion) + companionForcing).text)"
        }
        return text
    }
}
