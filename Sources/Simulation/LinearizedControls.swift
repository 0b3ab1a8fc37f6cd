/// Optimizer and model to first order about their mean paths, under the numbers of the paths themselves: quantities with
/// known means that go along with the test functions.
struct LinearizedControls: Sendable {
    /// With more variables than this there are more products than a pilot can weigh.
    static let largestVariableCount = 8

    private let processes: [LinearizedProcess]

    /// - Returns: `nil` where there is no such process: too many variables, jumps, noise that coordinates share, or a path
    ///   that leaves the finite numbers.
    init?(_ optimizer: OptimizerProcess, from initial: [Double], model: ModelProcess, start: ModelStart, steps: Int) {
        guard max(initial.count, model.variableCount) <= Self.largestVariableCount else { return nil }
        // The optimizer's own path begins where the model's does, or a step before.
        let completed = start.followedOptimizer == nil ? start.completedSteps : 0
        guard
            let optimizer = LinearizedProcess(
                of: optimizer, from: initial, completedSteps: completed, steps: steps),
            let model = LinearizedProcess(of: model, start: start, optimizer: optimizer, steps: steps)
        else { return nil }
        processes = [optimizer, model]
    }

    /// The deviations of all variables and their products, less their means: functions of mean 0.
    var count: Int { processes.reduce(0) { $0 + $1.variableCount * ($1.variableCount + 3) / 2 } }

    /// The values of each, path by path; `nil` after a cancellation.
    func values(
        on paths: Range<Int>, mirrored: Bool, steps: Int, threads: Int?, cancellation: Cancellation?
    ) throws(SimulationError) -> [[Double]]? {
        var result: [[Double]] = []
        for process in processes {
            let process = mirrored ? process.mirrored : process
            let n = process.variableCount
            var ensemble = try Ensemble(
                process, start: Array(repeating: 0, count: n), paths: paths, completedSteps: process.completedSteps,
                threads: threads)
            guard try ensemble.finish(steps, process.name, cancellation) else { return nil }
            let deviations = (0..<n).map { ensemble.values(of: .variable($0, named: "")) }
            result += deviations
            for a in 0..<n {
                for c in a..<n {
                    let mean = process.covariance[a, c]
                    result.append(zip(deviations[a], deviations[c]).map { $0 * $1 - mean })
                }
            }
        }
        return result
    }
}

extension Ensemble {
    /// Advances to the end.
    ///
    /// - Returns: false after a cancellation.
    mutating func finish(
        _ steps: Int, _ name: String, _ cancellation: Cancellation?
    ) throws(SimulationError) -> Bool {
        do {
            return try advance(steps: max(0, steps - completedSteps), cancellation: cancellation)
        } catch {
            throw .blewUp(
                process: name, step: error.step, path: error.path,
                saved: EnsembleSeries(process: name, paths: pathCount))
        }
    }
}
