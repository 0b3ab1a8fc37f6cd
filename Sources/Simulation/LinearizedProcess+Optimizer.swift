import Numerics

extension LinearizedProcess {
    /// An optimizer about the path of its mean steps.
    ///
    /// Each number of the noise acts as it does alone, the others at the middle of their law.
    ///
    /// - Parameters:
    ///   - completedSteps: the number of steps that lie behind the initial state.
    ///   - steps: the number of steps from time 0 to the end.
    /// - Returns: `nil` where the path leaves the finite numbers.
    /// - Complexity: O(variables noises bins) evaluations of the optimizer a step.
    init?(of optimizer: OptimizerProcess, from initial: [Double], completedSteps: Int, steps count: Int) {
        let n = initial.count
        var (path, covariance) = (initial, DenseMatrix(rows: n, columns: n))
        var steps = (0..<completedSteps).map { _ in Step(map: .identity(n), effects: []) }
        for index in completedSteps..<max(count, completedSteps) {
            var points = [path]
            // As far as the noise has carried paths by now, and at least as far as rounding allows.
            let shifts = (0..<n).map {
                max(0.2 * covariance[$0, $0].squareRoot(), 1e-4 * max(path[$0].magnitude, 1e-2))
            }
            for (variable, shift) in shifts.enumerated() {
                for sign in [1.0, -1] {
                    var point = path
                    point[variable] += sign * shift
                    points.append(point)
                }
            }
            let responses = optimizer.responses(at: points, step: index + 1, bins: .fine)
            let means = responses.map { $0.mean(.fine) }
            guard means[0].allSatisfy(\.isFinite) else { return nil }
            var map = DenseMatrix(rows: n, columns: n)
            for variable in 0..<n {
                let (above, below) = (means[1 + 2 * variable], means[2 + 2 * variable])
                // A state on the edge of its range has no point below.
                let isOneSided = !below.allSatisfy(\.isFinite)
                for row in 0..<n {
                    map[row, variable] =
                        (above[row] - (isOneSided ? means[0] : below)[row])
                        / ((isOneSided ? 1 : 2) * shifts[variable])
                }
            }
            guard map.isFinite else { return nil }
            let effects = responses[0].effects.enumerated().compactMap { Effect(component: $0, responses: $1) }
            let step = Step(map: map, effects: effects)
            covariance = step.covariance(after: covariance)
            guard covariance.isFinite else { return nil }
            steps.append(step)
            path = means[0]
        }
        self.init(
            "linearized optimizer", stepSize: optimizer.stepSize, variableCount: n, steps: steps,
            stream: optimizer.stream)
    }
}
