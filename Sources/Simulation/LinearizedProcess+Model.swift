import Numerics

extension LinearizedProcess {
    /// A model about the path of its drift: an Ornstein-Uhlenbeck process with the increments of whole steps.
    ///
    /// - Parameters:
    ///   - optimizer: the optimizer to first order; its first step gives the positions of a start that follows it.
    ///   - steps: the number of optimizer steps from time 0 to the end.
    /// - Returns: `nil` for a jump form or noise that coordinates share, or where the path leaves the finite numbers.
    init?(
        of process: ModelProcess, start: ModelStart, optimizer: LinearizedProcess, steps count: Int
    ) {
        let model = process.model
        guard process.events == nil, !model.couplesCoordinates else { return nil }
        let n = model.variableCount
        let eta = model.stepSize
        var steps = (0..<start.completedSteps).map { _ in Step(map: .identity(n), effects: []) }
        if start.followedOptimizer != nil, !steps.isEmpty {
            steps[0] = Step(map: .identity(n), effects: optimizer.effects(ofStep: 0, onFirst: model.dimension))
        }
        var path = start.states
        var covariance = steps.reduce(DenseMatrix(rows: n, columns: n)) { $1.covariance(after: $0) }
        for index in start.completedSteps..<max(count, start.completedSteps) {
            let time = Double(index) * eta
            let middle = model.flow(path, from: time, length: eta / 2)
            let (drift, factor) = model.coefficients(at: middle, time: time + eta / 2)
            guard (drift + factor).allSatisfy(\.isFinite) else { return nil }
            var generator = DenseMatrix(rows: n, columns: n)
            for variable in 0..<n {
                let shift = max(
                    0.2 * covariance[variable, variable].squareRoot(), 1e-4 * max(middle[variable].magnitude, 1e-2))
                var (above, below) = (middle, middle)
                above[variable] += shift
                below[variable] -= shift
                let high = model.coefficients(at: above, time: time + eta / 2).drift
                let low = model.coefficients(at: below, time: time + eta / 2).drift
                let isOneSided = !low.allSatisfy(\.isFinite)
                for row in 0..<n {
                    generator[row, variable] =
                        eta * (high[row] - (isOneSided ? drift : low)[row]) / ((isOneSided ? 1 : 2) * shift)
                }
            }
            guard let map = try? generator.exponential() else { return nil }
            var effects: [Effect] = []
            for column in 0..<model.columnCount {
                for coordinate in 0..<model.dimension {
                    let (component, sign) = process.address(ofColumn: column, coordinate: coordinate)
                    let responses = (0..<n).map { variable -> [Double] in
                        let (state, own) = (variable / model.dimension, variable % model.dimension)
                        let entry = (state * model.columnCount + column) * model.dimension + coordinate
                        let scale = own == coordinate ? sign * eta * factor[entry] : 0
                        return NormalBins.fine.centres.map { scale * $0 }
                    }
                    if let effect = Effect(component: component, responses: responses) { effects.append(effect) }
                }
            }
            let step = Step(map: map, effects: effects)
            covariance = step.covariance(after: covariance)
            guard covariance.isFinite else { return nil }
            steps.append(step)
            path = model.flow(middle, from: time + eta / 2, length: eta / 2)
        }
        self.init("linearized model", stepSize: eta, variableCount: n, steps: steps, stream: process.stream)
    }
}

extension DiffusionKernel {
    /// The drift's own flow, by one step of the classical Runge-Kutta method.
    fileprivate func flow(_ state: [Double], from time: Double, length: Double) -> [Double] {
        func slope(_ other: [Double], _ part: Double) -> [Double] {
            coefficients(at: zip(state, other).map { $0 + part * length * $1 }, time: time + part * length).drift
        }
        let first = coefficients(at: state, time: time).drift
        let second = slope(first, 0.5)
        let third = slope(second, 0.5)
        let fourth = slope(third, 1)
        return state.indices.map { k in
            state[k] + length / 6 * (first[k] + 2 * second[k] + 2 * third[k] + fourth[k])
        }
    }
}
