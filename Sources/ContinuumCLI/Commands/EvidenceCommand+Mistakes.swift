import Matching
import Report
import Rules
import Simulation

/// `continuum evidence --mistakes`: whether weak errors would have noticed a wrong model.
extension EvidenceCommand {
    static func mistakes(
        of rules: [UpdateRule], _ arguments: ParsedArguments, _ console: Console, _ format: Format
    ) throws(Failure) -> ExitStatus {
        var check = MistakeCheck.defaultWeakError
        check.seed = UInt64(try arguments.integer(SimulationInput.seed, in: 0...Int.max) ?? 1)
        check.threads = try arguments.integer(SimulationInput.threads, in: 1...1024)
        check.cancellation = console.cancellation
        let findings = try findings(for: rules, "making mistakes", console) { rule throws(Failure) in
            var options = try DerivationInput.options(of: rule, arguments)
            options.order = 2
            options.sizes = DerivationOptions.secondOrder(of: rule).sizes.merging(options.sizes) { $1 }
            return options
        } gathering: { [check] derivation throws(SimulationError) in
            try MistakeCheck(of: derivation, by: check)
        }
        let report = MistakeReport(findings)
        switch format {
        case .text: try console.print(report.text)
        case .markdown: try console.print(report.markdown)
        case .json: try console.print(json: report.json)
        }
        return status(findings.count, of: rules, passes: report.passes)
    }
}
