import Algebra
import Rules

/// A state that is the running maximum, or minimum, of a quantity which itself moves by small amounts: `u' = max(u, w')`.
///
/// After one step u >= w. From then on u stays where it is until w reaches it and takes it along: to leading order a process
/// reflected at u = w, `du = dL` with L growing on u = w alone. It has no drift and no diffusion coefficient there.
public struct RunningMaximum: Hashable, Sendable, CustomStringConvertible {
    public let state: Symbol
    /// The limit of w as the step size vanishes.
    public let followed: Expression
    /// Whether it is a minimum.
    public let isMinimum: Bool

    /// - Parameters:
    ///   - increment: the limit of the increment of the state.
    ///   - fastStates: the states whose increments do not vanish with the step size.
    /// - Returns: nil where the state is not such a maximum.
    init?(of state: Symbol, increment: Expression, fastStates: Set<Symbol>) {
        let next = increment + Expression(state)
        let own = Expression(state)
        func other(_ expression: Expression, than value: Expression) -> Expression? {
            guard case .function(.max, let operands) = expression.content, operands.count == 2 else { return nil }
            return operands[0] == value ? operands[1] : operands[1] == value ? operands[0] : nil
        }
        if let followed = other(next, than: own) {
            self.followed = followed
            isMinimum = false
        } else if let followed = other(-next, than: -own) {
            self.followed = -followed
            isMinimum = true
        } else {
            return nil
        }
        guard !followed.isRandom, !followed.contains(state),
            followed.symbols.isDisjoint(with: fastStates)
        else { return nil }
        self.state = state
    }

    public var description: String {
        let (name, above, extremum) = (state.name, isMinimum ? "below" : "above", isMinimum ? "minimum" : "maximum")
        return """
            \(name) is the running \(extremum) of \(followed), which itself moves by a small amount a step
            after one step \(name) is not \(isMinimum ? "above" : "below") \(followed); from then on it stays where it is \
            while it is \(above), and is taken along where \(followed) reaches it
            the limit is a process reflected at \(name) = \(followed): d\(name) = \(isMinimum ? "-" : "")dL with a local \
            time L that grows on that boundary alone, and no drift and diffusion of the states describe it
            simulate the rule itself, or take a smooth mean in place of the \(extremum), such as that of a high power
            """
    }
}
