import Foundation
import Testing

@testable import Simulation

@Suite struct EnsembleTests {
    let process = LinearProcess(curvatures: [1, 2], sigma: 0.5, eta: 0.1)
    var quantities: [Quantity] {
        [LinearProcess.loss, .variable(0, named: "x1"), .variable(1, named: "x2")]
    }

    func optimizer(seed: UInt64 = 7) -> OptimizerProcess {
        OptimizerProcess(process.optimizer, stepSize: process.eta, seed: seed)
    }

    func model(substeps: Int, seed: UInt64 = 7, coupling: [Double] = []) -> ModelProcess {
        ModelProcess(process.model, substeps: substeps, seed: seed, coupling: coupling)
    }

    @Test("moments of Euler-Maruyama on a linear model lie in their intervals", arguments: [1, 3])
    func moments(substeps: Int) throws {
        let run = EnsembleRun(paths: 0..<3000, steps: 10, saves: 2)
        let series = try run.series(
            of: model(substeps: substeps), start: ModelStart(states: [1, 1]), optimizer: optimizer(),
            quantities: quantities)
        #expect(series.isComplete)
        #expect(series.rows.map(\.step) == [0, 0, 0, 5, 5, 5, 10, 10, 10])
        let h = process.eta / Double(substeps)
        for row in series.rows where row.quantity != "loss" {
            let a = row.quantity == "x1" ? 1.0 : 2.0
            // m' = (1 - a h) m, V' = (1 - a h)^2 V + eta h sigma^2.
            var (mean, variance) = (1.0, 0.0)
            for _ in 0..<row.step * substeps {
                mean *= 1 - a * h
                variance = pow(1 - a * h, 2) * variance + process.eta * h * 0.25
            }
            let count = Double(row.summary.count)
            #expect(abs(row.summary.mean - mean) <= 4 * (variance / count).squareRoot() + 1e-12)
            #expect(abs(pow(row.summary.standardDeviation, 2) - variance) <= 4 * variance * (2 / count).squareRoot())
            let quantile95 = try #require(row.summary.quantile95)
            #expect(
                abs(quantile95 - mean - 1.6449 * variance.squareRoot()) < 0.1 * variance.squareRoot()
                    + 1e-12)
        }
    }

    @Test("results agree to the bit for every number of threads, and path by path for parts of the paths")
    func threads() throws {
        let runs = try [1, 2, 5].map { threads in
            try EnsembleRun(paths: 0..<1000, steps: 20, saves: 4, threads: threads).series(
                of: model(substeps: 2), start: ModelStart(states: [1, 1]), optimizer: optimizer(),
                quantities: quantities)
        }
        #expect(runs[0] == runs[1])
        #expect(runs[0] == runs[2])
        var whole = try Ensemble(optimizer(), start: [1, 1], paths: 0..<300)
        var part = try Ensemble(optimizer(), start: [1, 1], paths: 100..<300)
        _ = try whole.advance(steps: 5, cancellation: nil)
        _ = try part.advance(steps: 5, cancellation: nil)
        #expect(whole.values(of: LinearProcess.loss)[100...].elementsEqual(part.values(of: LinearProcess.loss)))
    }

    @Test("optimizer and model are coupled through the same noise, with the sign found at the start")
    func coupling() throws {
        let start = ModelStart(states: [1, 1])
        let signs = start.coupling(of: process.model, to: optimizer())
        #expect(signs == [-1])
        var exact = try Ensemble(optimizer(), start: [1, 1], paths: 0..<500)
        // Euler-Maruyama at dt = eta is SGD itself.
        var same = try Ensemble(model(substeps: 1, coupling: signs), start: [1, 1], paths: 0..<500)
        var finer = try Ensemble(model(substeps: 8, coupling: signs), start: [1, 1], paths: 0..<500)
        _ = try exact.advance(steps: 10, cancellation: nil)
        _ = try same.advance(steps: 10, cancellation: nil)
        _ = try finer.advance(steps: 10, cancellation: nil)
        let x = Quantity.variable(0, named: "x1")
        #expect(zip(exact.values(of: x), same.values(of: x)).allSatisfy { abs($0 - $1) < 1e-13 })
        let differences = zip(exact.values(of: x), finer.values(of: x)).map { $0 - $1 }
        let mean = differences.reduce(0, +) / 500
        let spread = (differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 499).squareRoot()
        #expect(spread < 0.02)
    }

    @Test("paths are divided into pieces that have no part in the results")
    func pieces() throws {
        for paths in [1, 16, 100, 500, 5000, 1_000_000] {
            for variables in [1, 2, 6, 300] {
                let lanes = Ensemble.pieceLanes(paths: paths, variables: variables)
                #expect(lanes >= 8)
                #expect(Ensemble.chunkLanes % lanes == 0 || lanes % Ensemble.chunkLanes == 0)
            }
        }
        // Where many paths wait, a piece of few variables is longer than a chunk.
        #expect(Ensemble.pieceLanes(paths: 100_000, variables: 2) == 4 * Ensemble.chunkLanes)
        // A hundred paths of AdamW on two coordinates keep two threads busy, as do 16 of many coordinates.
        #expect(Ensemble.pieceLanes(paths: 100, variables: 6) == 64)
        #expect(Ensemble.pieceLanes(paths: 16, variables: 3000) == 8)
        var many = try Ensemble(optimizer(), start: [1, 1], paths: 0..<5000)
        _ = try many.advance(steps: 5, cancellation: nil)
        for count in [20, 100, 700] {
            var few = try Ensemble(optimizer(), start: [1, 1], paths: 0..<count)
            _ = try few.advance(steps: 5, cancellation: nil)
            let values = few.values(of: LinearProcess.loss)
            #expect(values == Array(many.values(of: LinearProcess.loss).prefix(count)))
            // Moments are summed up chunk by chunk, wherever pieces end.
            let measurements = Measurements([LinearProcess.loss], paths: count)
            few.measure(measurements)
            let summaries = [QuantileMethod.none, .exact].map { few.tallies(of: measurements, $0)[0].summary }
            #expect(summaries[0].mean == summaries[1].mean)
            #expect(summaries[0].standardDeviation == summaries[1].standardDeviation)
        }
    }

    @Test("what is measured as pieces arrive is what is measured afterwards, also in pieces longer than a chunk")
    func measurementsOnArrival() throws {
        let paths = 20_000
        var ensemble = try Ensemble(optimizer(), start: [1, 1], paths: 0..<paths)
        #expect(Ensemble.pieceLanes(paths: paths, variables: 2) > Ensemble.chunkLanes)
        let x = Quantity.variable(0, named: "x")
        let (arriving, afterwards) = (
            Measurements([LinearProcess.loss, x], paths: paths), Measurements([LinearProcess.loss, x], paths: paths)
        )
        let early = Measurements([x], paths: paths)
        _ = try ensemble.advance(
            steps: 3, cancellation: nil,
            saves: [.init(step: 0, measurements: early), .init(step: 3, measurements: arriving)])
        ensemble.measure(afterwards)
        func values(_ measurements: Measurements, _ number: Int) -> [Double] {
            measurements.withValues(of: number) { Array($0) }
        }
        for number in 0..<2 { #expect(values(arriving, number) == values(afterwards, number)) }
        #expect(values(early, 0) == [Double](repeating: 1, count: paths))
        let tallies = ensemble.tallies(of: arriving, .none)
        #expect(tallies[0].summary.count == paths && tallies[0].summary.mean != tallies[1].summary.mean)
    }

    @Test("a blow-up names process, step and path and keeps what was saved before")
    func blowUp() throws {
        let explosive = ClosureOptimizer(variableCount: 1, noiseCount: 1) { states, noise, step in
            for lane in states.values.indices {
                // Path 3 of a block of four leaves at step 7, path 1 at step 9.
                if step == 7 && lane == 3 || step == 9 && lane == 1 { states.values[lane] = .infinity }
            }
        }
        let run = EnsembleRun(paths: 0..<4, steps: 20, saves: 10)
        let error = #expect(throws: SimulationError.self) {
            try run.series(
                of: OptimizerProcess(explosive, stepSize: 0.1, seed: 1), from: [1],
                quantities: [.variable(0, named: "x")])
        }
        guard case .blewUp(let process, let step, let path, let saved) = error else {
            Issue.record("not a blow-up: \(String(describing: error))")
            return
        }
        #expect(process == "optimizer")
        #expect(step == 7)
        #expect(path == 3)
        #expect(saved.rows.map(\.step) == [0, 2, 4, 6])
        #expect(!saved.isComplete)
    }

    @Test("a cancelled run returns what it has")
    func cancellation() throws {
        let cancellation = Cancellation()
        var run = EnsembleRun(paths: 0..<10, steps: 100, saves: 10, cancellation: cancellation)
        run.patience = .zero
        run.progress = { if $0 > 0.35 { cancellation.cancel() } }
        let series = try run.series(of: optimizer(), from: [1, 1], quantities: quantities)
        #expect(!series.isComplete)
        #expect(series.rows.last?.step == 30)
    }

    @Test("saves that follow each other soon are those that do not")
    func savesTogether() throws {
        func series(_ patience: Duration) throws -> EnsembleSeries {
            var run = EnsembleRun(paths: 0..<700, steps: 60, saves: 20)
            run.patience = patience
            return try run.series(of: optimizer(), from: [1, 1], quantities: quantities)
        }
        let one = try series(.zero)
        #expect(one.rows.map(\.step) == quantities.indices.flatMap { _ in (0...20).map { 3 * $0 } }.sorted())
        for patience in [Duration.microseconds(100), .seconds(10)] {
            let several = try series(patience)
            #expect(several.rows.map(\.step) == one.rows.map(\.step))
            #expect(several.rows.map(\.summary.mean) == one.rows.map(\.summary.mean))
            #expect(several.rows.map(\.time) == one.rows.map(\.time))
        }
    }

    @Test("a start of the wrong size is an error")
    func wrongStart() {
        #expect(throws: SimulationError.self) {
            try EnsembleRun(paths: 0..<10, steps: 1).series(of: optimizer(), from: [1], quantities: quantities)
        }
    }

    @Test("quantiles, mean and standard deviation of a sample")
    func summary() throws {
        func summary(_ values: [Double]) -> SampleSummary {
            var tally = StatisticsTally(.exact)
            values.withUnsafeBufferPointer { tally.append($0, firstPath: 0) }
            return tally.summary
        }
        // numpy: x = [(i*37)%101 for i in range(101)]; mean 50, std(ddof=1) 29.300170647967224, quantiles 5 and 95
        let sample = summary((0..<101).map { Double(($0 * 37) % 101) })
        #expect(sample.count == 101)
        #expect(abs(sample.mean - 50) < 1e-12)
        #expect(abs(sample.standardDeviation - 29.300170647967224) < 1e-12)
        #expect(sample.quantile05 == 5)
        #expect(sample.quantile95 == 95)
        #expect(abs(try #require(summary([3, 1]).quantile05) - 1.1) < 1e-15)
        #expect(summary([2.5]).standardDeviation == 0)
        #expect(summary([2.5]).quantile95 == 2.5)
    }
}
