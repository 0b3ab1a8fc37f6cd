import Numerics

/// An optimizer and several of its models side by side, path by path under the same random numbers.
public struct EnsembleComparison: Equatable, Sendable {
    /// The weak error of one model at one time: the mean of model minus optimizer.
    public struct Difference: Equatable, Sendable {
        public let process: String
        public let step: Int
        public let time: Double
        public let quantity: String
        public let mean: Double
        /// Half the width of the 95% interval of the mean; the coupling of the paths is in it.
        public let halfwidth95: Double
    }

    /// The optimizer first, then the models as they were given.
    public internal(set) var series: [EnsembleSeries]
    /// In order of time, at each time in the order of the models and their quantities.
    public internal(set) var differences: [Difference] = []

    /// Whether the last requested time was reached.
    public var isComplete: Bool { series.allSatisfy(\.isComplete) }
}

extension EnsembleRun {
    /// A model to be compared, with its start.
    public struct Model: Sendable {
        public let scheme: ModelProcess
        public let start: ModelStart

        public init(_ scheme: ModelProcess, start: ModelStart) {
            self.scheme = scheme
            self.start = start
        }
    }

    /// Advances an optimizer and its models together and compares them at every time that is saved.
    ///
    /// - Parameters:
    ///   - initial: the optimizer's state at time 0.
    ///   - quantities: what is compared.
    /// - Throws: ``SimulationError``; a blow-up carries what was saved of the process that blew up.
    public func comparison(
        of models: [Model], beside optimizer: OptimizerProcess, from initial: [Double], quantities: [Quantity]
    ) throws(SimulationError) -> EnsembleComparison {
        var ensembles = [try Ensemble(optimizer, start: initial, paths: paths, threads: threads)]
        var series = [EnsembleSeries(process: optimizer.name, paths: paths.count)]
        for model in models {
            ensembles.append(try ensemble(of: model.scheme, start: model.start, optimizer: optimizer))
            series.append(
                EnsembleSeries(
                    process: model.scheme.name, paths: paths.count,
                    notes: [model.scheme.stepName] + (model.start.note.map { [$0] } ?? [])))
        }
        var result = EnsembleComparison(series: series)
        result.record(ensembles, quantities)
        for end in savedSteps(from: 0) {
            for index in ensembles.indices {
                while ensembles[index].completedSteps < end {
                    let slice = min(end - ensembles[index].completedSteps, max(1, steps / 100))
                    do {
                        guard try ensembles[index].advance(steps: slice, cancellation: cancellation) else {
                            return result
                        }
                    } catch {
                        throw .blewUp(
                            process: result.series[index].process, step: error.step, path: error.path,
                            saved: result.series[index])
                    }
                    let done = ensembles.reduce(0) { $0 + $1.completedSteps }
                    progress?(Double(done) / Double(steps * ensembles.count))
                }
            }
            result.record(ensembles, quantities)
        }
        for index in result.series.indices { result.series[index].isComplete = true }
        return result
    }
}

extension EnsembleComparison {
    /// Saves the statistics of all processes that are at the time of the optimizer.
    fileprivate mutating func record(_ ensembles: [Ensemble], _ quantities: [Quantity]) {
        let step = ensembles[0].completedSteps
        for (index, ensemble) in ensembles.enumerated() where ensemble.completedSteps == step {
            series[index].append(ensemble, quantities)
        }
        for quantity in quantities {
            let reference = ensembles[0].values(of: quantity)
            for (index, ensemble) in ensembles.enumerated().dropFirst() where ensemble.completedSteps == step {
                let moments = StreamingMoments(zip(ensemble.values(of: quantity), reference).lazy.map { $0 - $1 })
                differences.append(
                    Difference(
                        process: series[index].process, step: step, time: ensemble.time, quantity: quantity.name,
                        mean: moments.mean, halfwidth95: moments.halfwidth95))
            }
        }
    }
}
