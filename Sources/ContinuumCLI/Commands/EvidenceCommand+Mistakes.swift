import Matching
import Report
import Rules
import Simulation

/// `continuum evidence --mistakes`: whether weak errors would have noticed a wrong model.
extension EvidenceCommand {
    static func mistakes(
        of rules: [UpdateRule], _ arguments: ParsedArguments, _ console: Console, _ format: Format
    ) throws(Failure) -> ExitStatus {
        let progress = ProgressBar("making mistakes", on: console)
        defer { progress.clear() }
        var check = MistakeCheck.defaultWeakError
        check.seed = UInt64(try arguments.integer(SimulationInput.seed, in: 0...Int.max) ?? 1)
        check.threads = try arguments.integer(SimulationInput.threads, in: 1...1024)
        check.cancellation = console.cancellation
        console.simulationBegins()
        var findings: [(rule: String, finding: MistakeReport.Finding)] = []
        for (index, rule) in rules.enumerated() {
            if console.cancellation.isCancelled { break }
            progress.update(Double(index) / Double(rules.count))
            var options = try DerivationInput.options(of: rule, arguments)
            options.order = 2
            options.sizes = DerivationOptions.secondOrder(of: rule).sizes.merging(options.sizes) { $1 }
            let derivation: Derivation
            switch try model(of: rule, options, isAlone: rules.count == 1) {
            case .success(let found): derivation = found
            case .failure(let error):
                findings.append((rule.name, .noModel(reason: "\(error)")))
                continue
            }
            do throws(SimulationError) {
                findings.append((rule.name, .check(try MistakeCheck(of: derivation, by: check))))
            } catch {
                if case .cancelled = error { break }
                findings.append((rule.name, .noNumbers(reason: "\(error)")))
            }
        }
        progress.clear()
        let report = MistakeReport(findings)
        switch format {
        case .text: try console.print(report.text)
        case .markdown: try console.print(report.markdown)
        case .json: try console.print(json: report.json)
        }
        guard findings.count == rules.count else { return .interrupted }
        return report.passes ? .done : .checkFailed
    }
}
