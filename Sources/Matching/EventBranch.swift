import Algebra
import Probability

/// A branch in the update of a state that the gradient drawn decides: a maximum, a sign or an absolute value.
///
/// One of its two values is the usual one, under which the state moves by a small amount; the gradients for which it
/// takes the other one make an event.
struct EventBranch {
    /// The node of the update.
    let node: Expression
    /// Its value in a step without an event.
    let usual: Expression
    /// Its value at an event.
    let event: Expression
    /// Positive at an event.
    let condition: Expression

    /// All branches of an expression that depend on the draw, each with either value as the usual one.
    static func all(in update: Expression, drawing symbol: Symbol) -> [EventBranch] {
        var result: [EventBranch] = []
        update.forEachNode { node in
            guard node.contains(symbol), case .function(let function, let arguments) = node.content else { return }
            switch function {
            case .max where arguments.count > 1:
                for (index, usual) in arguments.enumerated() {
                    var others = arguments
                    others.remove(at: index)
                    let event = others.count == 1 ? others[0] : Expression.function(.max, others)
                    result.append(EventBranch(node: node, usual: usual, event: event, condition: event - usual))
                }
            case .sign, .abs:
                for side in [-Expression.one, .one] {
                    let usual = function == .abs ? side * arguments[0] : side
                    result.append(
                        EventBranch(node: node, usual: usual, event: -usual, condition: -side * arguments[0]))
                }
            default: break
            }
        }
        return result
    }

    func withoutEvent(_ update: Expression) -> Expression { update.replacing { $0 == node ? usual : nil } }
    func withEvent(_ update: Expression) -> Expression { update.replacing { $0 == node ? event : nil } }
}
