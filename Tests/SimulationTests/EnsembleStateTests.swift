import Foundation
import Synchronization
import Testing

@testable import Simulation

/// One run, its parts and its interruptions have the same bits.
@Suite struct EnsembleStateTests {
    let process = LinearProcess(curvatures: [1, 2], sigma: 0.5, eta: 0.1)
    var quantities: [Quantity] { [LinearProcess.loss, .variable(0, named: "x1")] }

    var optimizer: OptimizerProcess { OptimizerProcess(process.optimizer, stepSize: process.eta, seed: 7) }

    private func model(_ run: EnsembleRun, continuing earlier: EnsembleState? = nil) throws -> EnsembleState {
        // A start that follows the optimizer, as singular models have it.
        let start = ModelStart(states: [0.9, 0.8], completedSteps: 1, followedOptimizer: [1, 1])
        return try run.state(
            of: ModelProcess(process.model, substeps: 2, seed: 7), start: start, optimizer: optimizer,
            quantities: quantities, continuing: earlier)
    }

    private func run(_ paths: Range<Int>, _ quantiles: QuantileMethod = .exact) -> EnsembleRun {
        var run = EnsembleRun(paths: paths, steps: 12, saves: 3)
        run.quantiles = quantiles
        // A look at the cancellation after every step.
        run.patience = .zero
        return run
    }

    private func reread(_ state: EnsembleState) throws -> EnsembleState {
        try JSONDecoder().decode(EnsembleState.self, from: JSONEncoder().encode(state))
    }

    // MARK: Parts

    @Test("parts merge to the one run", arguments: QuantileMethod.allCases, [1, 2, 3, 7, 9])
    func parts(quantiles: QuantileMethod, count: Int) throws {
        let whole = try model(run(0..<1500, quantiles))
        var merged: EnsembleState?
        for index in 0..<count {
            let part = try reread(try model(run(EnsembleRun.shard(index, of: count, paths: 1500), quantiles)))
            if merged == nil { merged = part } else { try merged?.append(part) }
        }
        #expect(merged == whole)
        #expect(merged?.series == whole.series)
        #expect(whole.series.rows.last?.summary.count == 1500)
    }

    @Test("parts are whole chunks that follow each other", arguments: [(1500, 4), (1, 3), (100_000_000, 64), (256, 2)])
    func shards(paths: Int, count: Int) {
        let shards = (0..<count).map { EnsembleRun.shard($0, of: count, paths: paths) }
        #expect(shards.first?.lowerBound == 0)
        #expect(shards.last?.upperBound == paths)
        for (shard, next) in zip(shards, shards.dropFirst()) {
            #expect(shard.upperBound == next.lowerBound)
            #expect(shard.upperBound % 256 == 0 || shard.upperBound == paths)
        }
    }

    @Test("parts that do not follow each other, or are of another run, are refused")
    func foreignParts() throws {
        let first = try model(run(0..<256))
        func expectRefused(_ next: EnsembleState) {
            var state = first
            #expect(throws: SimulationError.self) { try state.append(next) }
        }
        expectRefused(first)
        expectRefused(try model(run(512..<600)))
        expectRefused(try model(run(256..<600, .none)))
        expectRefused(try optimizer(run(256..<600)))
        var shorter = run(256..<600)
        shorter.steps = 6
        expectRefused(try model(shorter))
    }

    // MARK: Interruptions

    private func optimizer(_ run: EnsembleRun, continuing earlier: EnsembleState? = nil) throws -> EnsembleState {
        try run.state(of: optimizer, from: [1, 1], quantities: quantities, continuing: earlier)
    }

    /// Kernels that ask to stop after a number of steps of a piece; a run takes less than 1000.
    private func stopping(after count: Int, _ cancellation: Cancellation) -> OptimizerProcess {
        let taken = Mutex(0)
        let kernel = ClosureOptimizer(variableCount: 2, noiseCount: 2) { [process] states, noise, step in
            process.optimizer.advance(states, noise: noise, step: step)
            let isLast = taken.withLock { taken in
                taken += 1
                return taken == count
            }
            if isLast { cancellation.cancel() }
        }
        return OptimizerProcess(kernel, stepSize: process.eta, seed: 7)
    }

    @Test("a run goes on to the same bits wherever it was stopped", arguments: [1, 5, 6, 23, 31, 1000])
    func interruption(after count: Int) throws {
        let whole = try optimizer(run(0..<700))
        let earlier = try #require(try checkpoint(after: count))
        #expect(earlier.isComplete == (count == 1000))
        // Stopped again at once: nothing is lost.
        var stopped = run(0..<700)
        stopped.cancellation = Cancellation()
        stopped.cancellation?.cancel()
        let saved = Mutex<EnsembleState?>(nil)
        stopped.checkpoints = .init(every: .seconds(3600)) { state in saved.withLock { $0 = state } }
        _ = try optimizer(stopped, continuing: try reread(earlier))
        let kept = try #require(saved.withLock { $0 })
        #expect(kept == earlier)
        #expect(try optimizer(run(0..<700), continuing: kept) == whole)
    }

    /// What the checkpoint of a run that was stopped holds.
    private func checkpoint(after count: Int) throws -> EnsembleState? {
        let cancellation = Cancellation()
        let saved = Mutex<EnsembleState?>(nil)
        var stopped = run(0..<700)
        stopped.cancellation = cancellation
        stopped.checkpoints = .init(every: .seconds(3600)) { state in saved.withLock { $0 = state } }
        _ = try stopped.state(of: stopping(after: count, cancellation), from: [1, 1], quantities: quantities)
        return saved.withLock { $0 }
    }

    @Test("a run goes on from any of its checkpoints to the same bits")
    func checkpoints() throws {
        let whole = try model(run(0..<700))
        let saved = Mutex<[EnsembleState]>([])
        var watched = run(0..<700)
        watched.checkpoints = .init(every: .zero) { state in saved.withLock { $0.append(state) } }
        #expect(try model(watched) == whole)
        let states = saved.withLock { $0 }
        // The start at the first step, the eleven steps after it, and the end.
        #expect(states.count == 13)
        for state in states { #expect(try model(run(0..<700), continuing: try reread(state)) == whole) }
    }

    @Test("what is left of another run is refused")
    func foreignCheckpoint() throws {
        let earlier = try checkpoint(after: 5)
        #expect(throws: SimulationError.self) { try optimizer(run(0..<300), continuing: earlier) }
    }

    // MARK: Batches

    /// A walk of many variables, so that batches are small, on which a piece of so many lanes fails at step 3.
    private func walk(failingLanes: Int? = nil) -> OptimizerProcess {
        let kernel = ClosureOptimizer(variableCount: 256, noiseCount: 1) { states, noise, step in
            for lane in states[0].indices { states[0][lane] += noise[0][lane] }
            if step == 3, states.lanes == failingLanes { states[255][3] = .nan }
        }
        return OptimizerProcess(kernel, stepSize: 1, seed: 2)
    }

    private func walked(_ run: EnsembleRun, failingLanes: Int? = nil) throws -> EnsembleState {
        try run.state(
            of: walk(failingLanes: failingLanes), from: [Double](repeating: 0, count: 256),
            quantities: [.variable(0, named: "x")])
    }

    private let batch = EnsembleRun.batchPaths(variables: 256)

    @Test("batches do not show, and a stopped run reports the paths that are done")
    func batches() throws {
        let paths = batch + 300
        var parts = try walked(EnsembleRun(paths: 0..<512, steps: 2, saves: 2))
        try parts.append(try walked(EnsembleRun(paths: 512..<paths, steps: 2, saves: 2)))
        #expect(parts == (try walked(EnsembleRun(paths: 0..<paths, steps: 2, saves: 2))))

        let cancellation = Cancellation()
        var run = EnsembleRun(paths: 0..<paths, steps: 2, saves: 2, cancellation: cancellation)
        run.patience = .zero
        run.progress = { if $0 > 0.99 { cancellation.cancel() } }
        let first = try walked(run).series
        #expect(!first.isComplete)
        #expect(first.paths == batch)
        #expect(first.rows.map(\.step) == [0, 1, 2])
        #expect(first.rows.allSatisfy { $0.summary.count == batch })
        #expect(first.stop == "stopped after the first \(batch) of \(paths) paths")
    }

    @Test("a blow-up keeps the statistics of the times before it, of all paths that came so far")
    func blowUp() throws {
        let error = #expect(throws: SimulationError.self) {
            try walked(EnsembleRun(paths: 0..<(batch + 5), steps: 4, saves: 4), failingLanes: 5)
        }
        guard case .blewUp(_, let step, let path, let saved) = error else {
            Issue.record("not a blow-up: \(String(describing: error))")
            return
        }
        #expect((step, path) == (3, batch + 3))
        #expect(saved.rows.map(\.step) == [0, 1, 2])
        #expect(saved.rows.allSatisfy { $0.summary.count == batch + 5 })
    }
}
