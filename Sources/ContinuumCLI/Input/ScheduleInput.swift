import Algebra
import Compilation
import Rules

/// What the schedules of a rule stand for: `--schedule 's(t) = exp(-t)'`.
enum ScheduleInput {
    typealias Functions = [Function: ExternalFunction]

    static let schedule = Option(
        "schedule", "'s(t)=...'", "the formula of a schedule that the rule declares", isRepeatable: true)

    /// The functions and their first derivatives, as far as order 2 needs them.
    static func functions(
        of rule: UpdateRule, _ arguments: ParsedArguments
    ) throws(Failure) -> Functions {
        var formulas: [String: Expression] = [:]
        for text in arguments.all(schedule) {
            let sides = text.split(separator: "=", maxSplits: 1)
            let left = sides.first.map { String($0).filter { !$0.isWhitespace } } ?? ""
            guard sides.count == 2, left.hasSuffix("(t)") else {
                throw Failure("--schedule: expected a formula such as 's(t)=exp(-t)', not '\(text)'")
            }
            let name = String(left.dropLast(3))
            let known = rule.schedules.map(\.name)
            guard known.contains(name) else { throw Failure.unknown("schedule", name, among: known) }
            var scope = Scope()
            scope.declare(UpdateRule.time)
            do {
                formulas[name] = try Expression(parsing: String(sides[1]), in: scope, file: "--schedule")
            } catch {
                throw Failure(error)
            }
        }
        var functions: Functions = [:]
        for schedule in rule.schedules {
            guard var formula = formulas[schedule.name] else {
                throw Failure(
                    "the schedule '\(schedule.name)' has no formula\nGive one with --schedule '\(schedule.name)(t)=...'."
                )
            }
            for order in 0...2 {
                let current = formula
                functions[.unnamed(schedule.name, derivatives: [order])] = { arguments in
                    current.evaluated(at: [UpdateRule.time: arguments.first ?? .nan])
                }
                formula = formula.derivative(by: UpdateRule.time)
            }
        }
        return functions
    }
}
