import Foundation
import Report
import Reproduction
import Simulation

/// `continuum reproduce`: an experiment of the seed paper, with its figure and a verdict on each claim.
enum ReproduceCommand: Command {
    enum Format: String, CaseIterable { case text, markdown }

    private static let quick = Option("quick", nil, "about a fifth of the steps and paths: under a minute for all")
    private static let folder = Option("folder", "FOLDER", "where the figures and their data go (default figures)")
    private static let format = Option("format", "text|markdown", "the form of the verdicts (default text)")

    static let syntax = CommandSyntax(
        name: "reproduce", summary: "an experiment of the seed paper: figure, data and verdicts",
        operand: (
            name: "FIGURE",
            help: Reproduction.Experiment.allCases.map(\.rawValue).joined(separator: ", ") + ", or all"
        ),
        details: [
            """
            Runs the experiment, draws it as FOLDER/FIGURE.svg, writes the data beside it as CSV, and prints for each claim what
            is predicted, what was measured (with a 95% interval), and whether it holds. Models are integrated with dt = eta,
            as in the paper. Exit status 1: a claim does not hold.
            """
        ],
        options: [quick, folder, SimulationInput.seed, SimulationInput.threads, format],
        examples: [
            .init(purpose: "RMSprop beside two SDEs", arguments: "reproduce figure7 --quick"),
            .init(purpose: "everything at full size", arguments: "reproduce all"),
        ])

    static func run(_ arguments: ParsedArguments, _ console: Console) throws(Failure) -> ExitStatus {
        let format = try arguments.choice(format, default: Format.text)
        let experiments: [Reproduction.Experiment]
        if arguments.operand.lowercased() == "all" {
            experiments = Reproduction.Experiment.allCases
        } else if let experiment = Reproduction.Experiment(rawValue: arguments.operand.lowercased()) {
            experiments = [experiment]
        } else {
            throw Failure.unknown(
                "figure", arguments.operand, among: Reproduction.Experiment.allCases.map(\.rawValue) + ["all"],
                remedy: "See 'continuum reproduce --help'.")
        }
        let reproduction = Reproduction(
            isQuick: arguments.contains(quick),
            seed: UInt64(try arguments.integer(SimulationInput.seed, in: 0...Int.max) ?? 1),
            threads: try arguments.integer(SimulationInput.threads, in: 1...1024), cancellation: console.cancellation)
        let target = URL(filePath: arguments[folder] ?? "figures")
        let progress = ProgressBar("reproducing", on: console)
        console.simulationBegins()
        var holds = true
        for (index, experiment) in experiments.enumerated() {
            progress.update(Double(index) / Double(experiments.count))
            let figure: ReproducedFigure
            let files: [String]
            do throws(ReproductionError) {
                figure = try reproduction.run(experiment)
                files = try figure.write(to: target)
            } catch {
                progress.clear()
                if case .cancelled = error { return .interrupted }
                throw Failure("\(experiment.rawValue): \(error)")
            }
            progress.clear()
            let table = format == .text ? figure.table.text() : figure.table.markdown
            let heading = format == .text ? figure.title : "## \(figure.name): \(figure.title)\n"
            let notes = figure.notes.map { "note: \($0)\n" }.joined()
            try console.print("\(heading)\n\(table)\n\(notes)written: \(files.joined(separator: ", "))\n")
            holds = holds && figure.claims.allSatisfy(\.holds)
        }
        return holds ? .done : .checkFailed
    }
}
