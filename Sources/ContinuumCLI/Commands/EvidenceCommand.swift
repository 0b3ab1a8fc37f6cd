import BuiltInRules
import Matching
import Report
import Rules
import Simulation

/// `continuum evidence`: what numbers say of the SDE of a rule, or of all built-in ones.
enum EvidenceCommand: Command {
    enum Format: String, CaseIterable { case text, json, markdown }

    private static let mistakes = Option(
        "mistakes", nil,
        "make the model of order 2 wrong in one place at a time, and say whether weak errors notice; graded rates are O(1)"
    )
    private static let full = Option("full", nil, "four step sizes and 200000 paths in place of three and 2000")
    private static let format = Option("format", "text|json|markdown", "the form of the result (default text)")

    static let syntax = CommandSyntax(
        name: "evidence", summary: "one-step moments and weak errors of a rule's SDE against the rule itself",
        operand: (name: "RULE", help: "a rule as for the other commands, or all for every built-in rule"),
        details: [
            """
            For each rule: drift and covariance against the moments of one step of the rule itself, integrated over the noise
            and extrapolated to small steps (the largest relative difference, 1e-5 being allowed), and the weak error with
            the fitted order on a quadratic and on the saddle. Exit status 1: something contradicts a model, or with
            --mistakes a wrong model of order 2 is supported.
            """
        ],
        options: [full, mistakes, SimulationInput.seed, SimulationInput.threads] + DerivationInput.options + [format],
        examples: [
            .init(purpose: "RMSprop", arguments: "evidence rmsprop"),
            .init(purpose: "every built-in rule, with narrow intervals", arguments: "evidence all --full"),
            .init(
                purpose: "whether a mistake in the model of order 2 would be noticed",
                arguments: "evidence rmspropw --mistakes"),
        ])

    static func run(_ arguments: ParsedArguments, _ console: Console) throws(Failure) -> ExitStatus {
        let format = try arguments.choice(format, default: Format.text)
        let rules: [UpdateRule]
        if arguments.operand.lowercased() == "all" {
            do { rules = try BuiltInRules.all } catch { throw Failure(error) }
        } else {
            rules = [try RuleInput.rule(arguments.operand)]
        }
        if arguments.contains(mistakes) { return try mistakes(of: rules, arguments, console, format) }
        let seed = UInt64(try arguments.integer(SimulationInput.seed, in: 0...Int.max) ?? 1)
        let threads = try arguments.integer(SimulationInput.threads, in: 1...1024)
        let size: Evidence.Size = arguments.contains(full) ? .full : .quick
        let findings = try findings(for: rules, "gathering", console) { rule throws(Failure) in
            try DerivationInput.options(of: rule, arguments)
        } gathering: { derivation throws(SimulationError) in
            try Evidence(
                of: derivation, size: size, seed: seed, threads: threads, cancellation: console.cancellation)
        }
        let report = EvidenceReport(findings)
        switch format {
        case .text: try console.print(report.text)
        case .markdown: try console.print(report.markdown)
        case .json: try console.print(json: report.json)
        }
        return status(findings.count, of: rules, passes: report.passes)
    }

    /// What is found for one rule after another; those before a cancellation.
    static func findings<Result: Sendable>(
        for rules: [UpdateRule], _ activity: String, _ console: Console,
        options: (UpdateRule) throws(Failure) -> DerivationOptions,
        gathering: (Derivation) throws(SimulationError) -> Result
    ) throws(Failure) -> [(rule: String, finding: RuleFinding<Result>)] {
        let progress = ProgressBar(activity, on: console)
        defer { progress.clear() }
        console.simulationBegins()
        var findings: [(rule: String, finding: RuleFinding<Result>)] = []
        for (index, rule) in rules.enumerated() {
            if console.cancellation.isCancelled { break }
            progress.update(Double(index) / Double(rules.count))
            switch try model(of: rule, try options(rule), isAlone: rules.count == 1) {
            case .failure(let error): findings.append((rule.name, .noModel(reason: "\(error)")))
            case .success(let derivation):
                do throws(SimulationError) {
                    findings.append((rule.name, .found(try gathering(derivation))))
                } catch {
                    if case .cancelled = error { return findings }
                    findings.append((rule.name, .noNumbers(reason: "\(error)")))
                }
            }
        }
        return findings
    }

    static func status(_ found: Int, of rules: [UpdateRule], passes: Bool) -> ExitStatus {
        guard found == rules.count else { return .interrupted }
        return passes ? .done : .checkFailed
    }

    /// The derivation, or why the rule has no such model, which ends the command where no other rule was asked for.
    private static func model(
        of rule: UpdateRule, _ options: DerivationOptions, isAlone: Bool
    ) throws(Failure) -> Result<Derivation, DerivationError> {
        do {
            return .success(try Derivation(of: rule, options: options))
        } catch {
            guard !isAlone, error.status == .doesNotExist else {
                throw Failure("\(rule.name): \(error)", status: error.status)
            }
            return .failure(error)
        }
    }
}
