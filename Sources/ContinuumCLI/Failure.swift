import Algebra

/// Why a command has no result: what is wrong, where, and what to do.
struct Failure: Error, Hashable, Sendable {
    let message: String
    let status: ExitStatus

    init(_ message: String, status: ExitStatus = .badInput) {
        self.message = message
        self.status = status
    }

    init(_ diagnostic: Diagnostic) { self.init("\(diagnostic)") }

    /// A message about a name that is not known: the nearest known one, or all of them.
    static func unknown(_ kind: String, _ name: String, among known: [String], remedy: String = "") -> Failure {
        var message = "there is no \(kind) '\(name)'"
        if let nearest = nearestName(to: name, among: known) {
            message += "; did you mean '\(nearest)'?"
        } else if !known.isEmpty {
            message += "; there is \(known.map { "'\($0)'" }.joined(separator: ", "))"
        }
        return Failure(remedy.isEmpty ? message : "\(message)\n\(remedy)")
    }
}
