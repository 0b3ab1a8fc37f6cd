import Matching
import Report
import Simulation

/// `continuum report`: one page of HTML about a rule.
enum ReportCommand: Command {
    private static let steps = Option("steps", nil, "show the derivation step by step")
    private static let full = Option("full", nil, "four step sizes and 200000 paths in place of three and 2000")

    static let syntax = CommandSyntax(
        name: "report", summary: "one page of HTML that stands alone: formulas, certificate, evidence and plots",
        operand: CommandSyntax.rule,
        details: [
            """
            The page holds what 'continuum derive' and 'continuum evidence' say, with formulas that browsers set by
            themselves and plots of the weak errors. Exit status 1: something contradicts the model.
            """
        ],
        options: [steps, full, SimulationInput.seed, SimulationInput.threads] + DerivationInput.options,
        examples: [.init(purpose: "a page about AdamW", arguments: "report adamw --output adamw.html")])

    static func run(_ arguments: ParsedArguments, _ console: Console) throws(Failure) -> ExitStatus {
        let derivation = try DerivationInput.derivation(of: try RuleInput.rule(arguments.operand), arguments)
        let omitted = try DeriveCommand.omitted(by: derivation)
        let seed = UInt64(try arguments.integer(SimulationInput.seed, in: 0...Int.max) ?? 1)
        let threads = try arguments.integer(SimulationInput.threads, in: 1...1024)
        console.simulationBegins()
        let finding: EvidenceReport.Finding
        do throws(SimulationError) {
            let evidence = try Evidence(
                of: derivation, size: arguments.contains(full) ? .full : .quick, seed: seed, threads: threads,
                cancellation: console.cancellation)
            finding = .found(evidence)
        } catch {
            if case .cancelled = error { return .interrupted }
            finding = .noNumbers(reason: "\(error)")
        }
        let report = DerivationReport(
            derivation, omittedByLiterature: omitted, showsSteps: arguments.contains(steps))
        try console.print(RulePage(report, finding).html)
        return EvidenceReport([(derivation.rule.name, finding)]).passes ? .done : .checkFailed
    }
}
