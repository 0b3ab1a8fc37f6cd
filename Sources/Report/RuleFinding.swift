/// What was found for a rule.
public enum RuleFinding<Result: Sendable>: Sendable {
    case found(Result)
    /// The rule has no model of the kind asked for.
    case noModel(reason: String)
    /// The numbers could not be had.
    case noNumbers(reason: String)

    var result: Result? { if case .found(let result) = self { result } else { nil } }

    /// Why there is no result.
    var reason: String? {
        switch self {
        case .found: nil
        case .noModel(let reason), .noNumbers(let reason): reason
        }
    }
}
