@preconcurrency import Dispatch
import Foundation
import Simulation
import Synchronization

/// Turns Ctrl-C, and the signal by which a scheduler announces the end of a job, into a request to stop.
///
/// While a simulation runs, the first one asks it to stop and to hand over what is finished; otherwise, and the second
/// time, the process ends at once.
final class Interruption: Sendable {
    static let shared = Interruption()

    let cancellation = Cancellation()
    private let isRunning = Atomic<Bool>(false)
    private let sources: [any DispatchSourceSignal]

    private init() {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
        }
    }

    /// Begins to listen.
    func activate() {
        for source in sources {
            source.setEventHandler { [self] in
                guard isRunning.load(ordering: .relaxed), !cancellation.isCancelled else {
                    _exit(ExitStatus.interrupted.rawValue)
                }
                cancellation.cancel()
            }
            source.resume()
        }
    }

    /// Declares that from now on a request to stop is heeded.
    func simulationBegins() { isRunning.store(true, ordering: .relaxed) }
}
