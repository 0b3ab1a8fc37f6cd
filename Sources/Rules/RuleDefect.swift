import Algebra

/// What is wrong with a rule, before it is known where.
struct RuleDefect: Error {
    let message: String
    var remedy: String?
    /// The name whose declaration is at fault.
    var subject: String?
}
