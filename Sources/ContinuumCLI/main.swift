import Foundation

// A reader of a pipe that has gone away shows as an error of the write, which is dropped.
signal(SIGPIPE, SIG_IGN)
Interruption.shared.activate()
let console = Console(
    output: StandardStream.output, error: StandardStream.error, showsProgress: StandardStream.error.isTerminal,
    cancellation: Interruption.shared.cancellation, simulationBegins: Interruption.shared.simulationBegins)
exit(Tool.run(Array(CommandLine.arguments.dropFirst()), console).rawValue)
