import Dispatch
import Foundation
import Numerics
import Synchronization

/// Many independent paths of a process, advanced together in fixed pieces that are shared out among threads.
///
/// Random numbers are addressed by path and step and sums are merged in the order of the chunks, so that results do
/// not depend on the number of threads, to the bit.
struct Ensemble: Sendable {
    /// Paths of a chunk. Part of the definition of the results: sums are rounded chunk by chunk.
    static let chunkLanes = 256

    private let process: any EnsembleProcess
    private let threads: Int
    private let firstPath: Int
    /// The number of paths of a piece.
    private let pieceLanes: Int
    private let pieces: [LaneStorage]
    /// The number of completed steps of each piece; they differ after a cancellation.
    private var pieceSteps: [Int]

    /// Paths that all start from the same state.
    ///
    /// - Parameters:
    ///   - paths: the indices of the paths, which address their random numbers.
    ///   - completedSteps: the number of steps that lie behind the start.
    ///   - threads: `nil` for one thread a processor.
    init(
        _ process: any EnsembleProcess, start: [Double], paths: Range<Int>, completedSteps: Int = 0,
        threads: Int? = nil
    ) throws(SimulationError) {
        guard start.count == process.variableCount else {
            throw .startHasWrongCount(given: start.count, needed: process.variableCount)
        }
        guard !paths.isEmpty else { throw .notPositive(name: "the number of paths", value: 0) }
        self.process = process
        self.threads = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
        firstPath = paths.lowerBound
        let lanes = Self.pieceLanes(paths: paths.count, variables: process.variableCount)
        pieceLanes = lanes
        pieces = stride(from: 0, to: paths.count, by: lanes).map { offset in
            LaneStorage(repeating: start, lanes: min(lanes, paths.count - offset))
        }
        pieceSteps = Array(repeating: completedSteps, count: pieces.count)
    }

    /// How many paths are advanced together: as many as keep their states in the nearest cache, but for few paths so few that
    /// there are several pieces, as long as a piece is more work than its call. A power of two, as a chunk is, so that it has
    /// no part in the results.
    ///
    /// 32 paths share the counters of their random numbers; fewer at a time draw some in vain, which many coordinates make
    /// up for.
    static func pieceLanes(paths: Int, variables: Int) -> Int {
        let (cachedValues, leastValues) = (2048, 192)
        var lanes = chunkLanes
        while lanes > 32, lanes * variables > cachedValues { lanes /= 2 }
        // A second piece that is less than a third of the first would leave a thread idle.
        while lanes > 8, 3 * paths <= 4 * lanes, lanes / 2 * variables >= leastValues { lanes /= 2 }
        // Many paths leave enough pieces for the threads of a large machine.
        while lanes >= chunkLanes, 2 * lanes * variables <= cachedValues, 32 * 2 * lanes <= paths { lanes *= 2 }
        return lanes
    }

    var pathCount: Int { pieces.reduce(0) { $0 + $1.block.lanes } }
    /// The number of steps that all paths have completed.
    var completedSteps: Int { pieceSteps.min() ?? 0 }
    var time: Double { time(ofStep: completedSteps) }

    func time(ofStep step: Int) -> Double { Double(step) * process.stepSize }

    /// Where a path stopped being finite.
    struct Failure: Error {
        let step: Int
        let path: Int
    }

    /// Changes the states of consecutive paths in place.
    func forEachPiece(_ body: @Sendable (_ states: LaneBlock, _ firstPath: Int) -> Void) {
        perform { _, states, path in body(states, path) }
    }

    /// Takes up to `steps` steps, beginning with those that a cancellation left out.
    ///
    /// - Parameter saves: where to measure, in ascending order. Each piece is measured as it arrives, while its states are still in
    ///   the nearest cache.
    /// - Returns: false if the cancellation came in between; the states then belong to different times.
    /// - Throws: ``Failure`` with the earliest step, and among its paths the lowest, that stopped being finite. All paths were
    ///   measured at the saves before it.
    mutating func advance(
        steps: Int, cancellation: Cancellation?, saves: [Save] = []
    ) throws(Failure) -> Bool {
        let failures = Mutex<[Failure]>([])
        let begin = pieceSteps
        let end = completedSteps + steps
        let reached = Mutex(begin)
        let ensemble = self
        perform { [process, firstPath] piece, states, path in
            let scratch = LaneStorage(uninitializedVariables: process.scratchCount, lanes: states.lanes)
            var step = begin[piece]
            var saves = saves[...]
            while true {
                if let lane = states.firstLaneNotFinite {
                    failures.withLock { $0.append(Failure(step: step, path: path + lane)) }
                    break
                }
                if let save = saves.first, save.step == step {
                    save.measurements.measure(states, time: ensemble.time(ofStep: step), offset: path - firstPath)
                    saves = saves.dropFirst()
                }
                guard step < end, cancellation?.isCancelled != true else { break }
                process.advance(states, firstPath: path, completedSteps: step, scratch: scratch.block)
                step += 1
            }
            reached.withLock { $0[piece] = step }
        }
        pieceSteps = reached.withLock { $0 }
        let first = failures.withLock { $0.min { ($0.step, $0.path) < ($1.step, $1.path) } }
        // A cancellation hides which failure is the first.
        if let first, cancellation?.isCancelled != true { throw first }
        return completedSteps >= end
    }

    /// What is measured when so many steps are completed.
    struct Save: Sendable {
        let step: Int
        let measurements: Measurements
    }

    /// Writes down the states, also those between two times.
    func store(in batch: inout EnsembleState.Batch) {
        batch.pieceSteps = pieceSteps
        batch.states.values = pieces.flatMap(\.block.values)
    }

    /// Takes up the states that were written down.
    ///
    /// - Returns: whether they are as many as they must be.
    mutating func restore(from batch: EnsembleState.Batch) -> Bool {
        var rest = batch.states.values[...]
        guard batch.pieceSteps.count == pieces.count,
            rest.count == pieces.reduce(0, { $0 + $1.block.values.count })
        else { return false }
        for piece in pieces {
            let values = piece.block.values
            _ = values.update(fromContentsOf: rest.prefix(values.count))
            rest = rest.dropFirst(values.count)
        }
        pieceSteps = batch.pieceSteps
        return true
    }

    /// Measures quantities where the paths are.
    func measure(_ measurements: Measurements) {
        perform { [time, firstPath] _, states, path in
            measurements.measure(states, time: time, offset: path - firstPath)
        }
    }

    /// The values of a quantity, path by path.
    func values(of quantity: Quantity) -> [Double] {
        let measurements = Measurements([quantity], paths: pathCount)
        measure(measurements)
        return measurements.withValues(of: 0) { Array($0) }
    }

    /// The statistics of quantities as they were measured.
    func tallies(of measurements: Measurements, _ method: QuantileMethod) -> [StatisticsTally] {
        measurements.quantities.indices.map { number in
            var tally = StatisticsTally(method)
            measurements.withValues(of: number) { tally.append($0, firstPath: firstPath) }
            return tally
        }
    }

    /// Runs the body once for each piece, in no particular order.
    private func perform(_ body: @Sendable (_ piece: Int, _ states: LaneBlock, _ firstPath: Int) -> Void) {
        let next = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: min(threads, pieces.count)) { _ in
            while true {
                let piece = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard piece < pieces.count else { return }
                body(piece, pieces[piece].block, firstPath + piece * pieceLanes)
            }
        }
    }
}

extension LaneBlock {
    /// The first lane with a value that is not finite.
    var firstLaneNotFinite: Int? {
        guard !VectorUnits.current.areFinite(base, values.count) else { return nil }
        return (0..<lanes).first { lane in
            (0..<variables).contains { !values[$0 * lanes + lane].isFinite }
        }
    }
}
