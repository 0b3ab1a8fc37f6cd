import Dispatch
import Foundation
import Numerics
import Synchronization

/// Many independent paths of a process, advanced together in fixed chunks that are shared out among threads.
///
/// Random numbers are addressed by path and step and sums are merged in the order of the chunks, so that results do
/// not depend on the number of threads, to the bit.
struct Ensemble: Sendable {
    /// Paths of a chunk. Part of the definition of the results: sums are rounded chunk by chunk.
    static let chunkLanes = 256

    private let process: any EnsembleProcess
    private let threads: Int
    private let firstPath: Int
    private let chunks: [LaneStorage]
    /// The number of completed steps of each chunk; they differ after a cancellation.
    private var chunkSteps: [Int]

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
        chunks = stride(from: 0, to: paths.count, by: Self.chunkLanes).map { offset in
            LaneStorage(repeating: start, lanes: min(Self.chunkLanes, paths.count - offset))
        }
        chunkSteps = Array(repeating: completedSteps, count: chunks.count)
    }

    var pathCount: Int { chunks.reduce(0) { $0 + $1.block.lanes } }
    /// The number of steps that all paths have completed.
    var completedSteps: Int { chunkSteps.min() ?? 0 }
    var time: Double { Double(completedSteps) * process.stepSize }

    /// Where a path stopped being finite.
    struct Failure: Error {
        let step: Int
        let path: Int
    }

    /// Changes the states of consecutive paths in place.
    func forEachChunk(_ body: @Sendable (_ states: LaneBlock, _ firstPath: Int) -> Void) {
        perform { _, states, path in body(states, path) }
    }

    /// Takes up to `steps` steps, beginning with those that a cancellation left out.
    ///
    /// - Returns: false if the cancellation came in between; the states then belong to different times.
    /// - Throws: ``Failure`` with the earliest step, and among its paths the lowest, that stopped being finite.
    mutating func advance(steps: Int, cancellation: Cancellation?) throws(Failure) -> Bool {
        let failures = Mutex<[Failure]>([])
        let begin = chunkSteps
        let end = completedSteps + steps
        let reached = Mutex(begin)
        perform { [process] chunk, states, path in
            let scratch = LaneStorage(uninitializedVariables: process.scratchCount, lanes: states.lanes)
            var step = begin[chunk]
            while true {
                if let lane = states.firstLaneNotFinite {
                    failures.withLock { $0.append(Failure(step: step, path: path + lane)) }
                    break
                }
                guard step < end, cancellation?.isCancelled != true else { break }
                process.advance(states, firstPath: path, completedSteps: step, scratch: scratch.block)
                step += 1
            }
            reached.withLock { $0[chunk] = step }
        }
        chunkSteps = reached.withLock { $0 }
        let first = failures.withLock { $0.min { ($0.step, $0.path) < ($1.step, $1.path) } }
        // A cancellation hides which failure is the first.
        if let first, cancellation?.isCancelled != true { throw first }
        return completedSteps >= end
    }

    /// Writes down the states, also those between two times.
    func store(in batch: inout EnsembleState.Batch) {
        batch.chunkSteps = chunkSteps
        batch.states.values = chunks.flatMap(\.block.values)
    }

    /// Takes up the states that were written down.
    ///
    /// - Returns: whether they are as many as they must be.
    mutating func restore(from batch: EnsembleState.Batch) -> Bool {
        var rest = batch.states.values[...]
        guard batch.chunkSteps.count == chunks.count,
            rest.count == chunks.reduce(0, { $0 + $1.block.values.count })
        else { return false }
        for chunk in chunks {
            let values = chunk.block.values
            _ = values.update(fromContentsOf: rest.prefix(values.count))
            rest = rest.dropFirst(values.count)
        }
        chunkSteps = batch.chunkSteps
        return true
    }

    /// The values of a quantity, path by path.
    func values(of quantity: Quantity) -> [Double] {
        let result = LaneStorage(uninitializedVariables: 1, lanes: pathCount)
        perform { [time] chunk, states, _ in
            let start = chunk * Self.chunkLanes
            let part = UnsafeMutableBufferPointer(start: result.block.base + start, count: states.lanes)
            quantity.body(states, time, part)
        }
        return Array(result.block.values)
    }

    /// The moments of a quantity, chunk by chunk.
    private func moments(of quantity: Quantity) -> [StreamingMoments] {
        let result = Mutex([StreamingMoments](repeating: StreamingMoments(), count: chunks.count))
        perform { [time] chunk, states, _ in
            let moments = withUnsafeTemporaryAllocation(of: Double.self, capacity: states.lanes) { values in
                quantity.body(states, time, values)
                return StreamingMoments(of: UnsafeBufferPointer(values))
            }
            result.withLock { $0[chunk] = moments }
        }
        return result.withLock { $0 }
    }

    /// The statistics of quantities.
    func tallies(of quantities: [Quantity], _ method: QuantileMethod) -> [StatisticsTally] {
        quantities.map { quantity in
            var tally = StatisticsTally(method)
            if method == .none {
                tally.append(moments(of: quantity), firstPath: firstPath)
            } else {
                tally.append(values(of: quantity), firstPath: firstPath)
            }
            return tally
        }
    }

    /// Runs the body once for each chunk, in no particular order.
    private func perform(_ body: @Sendable (_ chunk: Int, _ states: LaneBlock, _ firstPath: Int) -> Void) {
        let next = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: min(threads, chunks.count)) { _ in
            while true {
                let chunk = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard chunk < chunks.count else { return }
                body(chunk, chunks[chunk].block, firstPath + chunk * Self.chunkLanes)
            }
        }
    }
}

extension LaneBlock {
    /// The first lane with a value that is not finite.
    ///
    /// `x - x` is 0 for a finite number and not a number otherwise; sums in eight parts cost next to nothing.
    var firstLaneNotFinite: Int? {
        var sum = SIMD8<Double>.zero
        let whole = values.count / 8 * 8
        for start in stride(from: 0, to: whole, by: 8) {
            let part = UnsafeRawPointer(base + start).loadUnaligned(as: SIMD8<Double>.self)
            sum += part - part
        }
        var total = sum.sum()
        for value in values[whole...] { total += value - value }
        guard total != 0 else { return nil }
        return (0..<lanes).first { lane in
            (0..<variables).contains { !values[$0 * lanes + lane].isFinite }
        }
    }
}
