import Numerics

extension MartingaleControl {
    /// For an optimizer.
    ///
    /// - Parameter scouts: paths, apart from those of the result, that show where paths go.
    init?(
        _ optimizer: OptimizerProcess, scouts: Ensemble, steps: Int, tests: [Quantity]
    ) {
        let first = scouts.completedSteps
        guard optimizer.variableCount <= Self.largestVariableCount,
            let ranges = scouts.ranges(variables: optimizer.variableCount, upTo: steps)
        else { return nil }
        self.init(
            tests: tests, ranges: ranges, firstStep: first, endTime: Double(steps) * optimizer.stepSize,
            components: Array(0..<optimizer.kernel.noiseCount)
        ) { points, step, bins in
            optimizer.responses(at: points, step: step + 1, bins: bins)
        }
    }

    /// For a model, which in a whole step of the optimizer is taken to make one of Euler's.
    init?(_ process: ModelProcess, scouts: Ensemble, steps: Int, tests: [Quantity]) {
        let model = process.model
        let first = scouts.completedSteps
        guard process.events == nil, !model.couplesCoordinates, model.variableCount <= Self.largestVariableCount,
            let ranges = scouts.ranges(variables: model.variableCount, upTo: steps)
        else { return nil }
        let (eta, d) = (model.stepSize, model.dimension)
        let motions = (0..<model.brownianCount).map { (column: $0 / d, coordinate: $0 % d) }
        let addresses = motions.map { process.address(ofColumn: $0.column, coordinate: $0.coordinate) }
        self.init(
            tests: tests, ranges: ranges, firstStep: first, endTime: Double(steps) * eta,
            components: addresses.map(\.component)
        ) { points, step, bins in
            points.map { point in
                let (drift, factor) = model.coefficients(at: point, time: (Double(step) + 0.5) * eta)
                let middle = zip(point, drift).map { $0 + eta * $1 }
                let effects = motions.indices.map { motion in
                    point.indices.map { variable in
                        let entry = (variable / d) * model.brownianCount + motion
                        let scale =
                            variable % d == motions[motion].coordinate
                            ? addresses[motion].sign * eta * factor[entry] : 0
                        return bins.centres.map { middle[variable] + scale * $0 }
                    }
                }
                return NoiseResponse(effects: effects, middle: middle)
            }
        }
    }
}

extension Ensemble {
    /// Where the paths are after every step; `nil` where one leaves the finite numbers.
    fileprivate func ranges(variables: Int, upTo steps: Int) -> [[ClosedRange<Double>]]? {
        var ensemble = self
        var result: [[ClosedRange<Double>]] = []
        while true {
            var ranges: [ClosedRange<Double>] = []
            for variable in 0..<variables {
                let values = ensemble.values(of: .variable(variable, named: ""))
                guard let low = values.min(), let high = values.max() else { return nil }
                ranges.append(low...high)
            }
            result.append(ranges)
            guard ensemble.completedSteps < steps else { return result }
            guard (try? ensemble.advance(steps: 1, cancellation: nil)) == true else { return nil }
        }
    }
}
