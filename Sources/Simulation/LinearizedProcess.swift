import Numerics

/// A process about a fixed path, to first order in its deviation from it: `c -> A c + e(Z)`.
///
/// The noise `e` is a sum of functions of one normal number each, which are constant on short intervals of it. The mean of
/// `c` is 0 and its covariance known, both exactly, whatever the matrices and functions are: a control variate.
struct LinearizedProcess: EnsembleProcess {
    /// What one normal number does to some of the variables.
    struct Effect: Sendable {
        /// The component of the random stream.
        let component: Int
        let variables: [Int]
        /// For each of the variables the value in each bin, of mean 0.
        let tables: [[Double]]

        /// - Parameter responses: for each variable the values at the centres of the bins.
        init?(component: Int, responses: [[Double]]) {
            let centred = responses.map(NormalBins.fine.centred)
            let variables = centred.indices.filter { index in centred[index].contains { $0 != 0 } }
            guard !variables.isEmpty else { return nil }
            self.component = component
            self.variables = variables
            tables = variables.map { centred[$0] }
        }

        private init(component: Int, variables: [Int], tables: [[Double]]) {
            self.component = component
            self.variables = variables
            self.tables = tables
        }

        /// The effect on the first variables alone.
        fileprivate func restricted(to count: Int) -> Effect? {
            let kept = variables.indices.filter { variables[$0] < count }
            guard !kept.isEmpty else { return nil }
            return Effect(component: component, variables: kept.map { variables[$0] }, tables: kept.map { tables[$0] })
        }
    }

    struct Step: Sendable {
        let map: DenseMatrix
        let effects: [Effect]

        /// The covariance after the step.
        func covariance(after covariance: DenseMatrix) -> DenseMatrix {
            var result = map * covariance * map.transposed
            for effect in effects {
                for (a, first) in zip(effect.variables, effect.tables) {
                    for (c, second) in zip(effect.variables, effect.tables) {
                        result[a, c] += NormalBins.fine.mean(zip(first, second).map { $0 * $1 })
                    }
                }
            }
            return result
        }
    }

    let name: String
    let stepSize: Double
    let variableCount: Int
    /// The number of steps without noise at the beginning.
    let completedSteps: Int
    private let steps: [Step]
    private var stream: RandomStream
    /// The covariance after all steps.
    let covariance: DenseMatrix

    init(_ name: String, stepSize: Double, variableCount: Int, steps: [Step], stream: RandomStream) {
        self.name = name
        self.stepSize = stepSize
        self.variableCount = variableCount
        self.steps = steps
        self.stream = stream
        completedSteps = steps.firstIndex { !$0.effects.isEmpty } ?? steps.count
        covariance = steps.reduce(DenseMatrix(rows: variableCount, columns: variableCount)) {
            $1.covariance(after: $0)
        }
    }

    /// The same with the normal numbers of the other half of an antithetic pair.
    var mirrored: LinearizedProcess {
        var result = self
        result.stream = stream.mirrored
        return result
    }

    /// What the noise of a step does to the first variables.
    func effects(ofStep step: Int, onFirst count: Int) -> [Effect] {
        guard steps.indices.contains(step) else { return [] }
        return steps[step].effects.compactMap { $0.restricted(to: count) }
    }

    var scratchCount: Int { variableCount + 1 }

    func advance(_ states: LaneBlock, firstPath: Int, completedSteps: Int, scratch: LaneBlock) {
        let step = steps[completedSteps]
        let (next, normals) = scratch.split(at: variableCount)
        for row in 0..<variableCount {
            let result = next[row]
            result.update(repeating: 0)
            for column in 0..<variableCount where step.map[row, column] != 0 {
                let (entry, source) = (step.map[row, column], states[column])
                for lane in result.indices { result[lane] += entry * source[lane] }
            }
        }
        let draws = normals[0]
        for effect in step.effects {
            stream.fillNormal(draws, firstPath: firstPath, step: completedSteps, component: effect.component)
            for (variable, table) in zip(effect.variables, effect.tables) {
                let result = next[variable]
                for lane in result.indices { result[lane] += table[NormalBins.fine.index(of: draws[lane])] }
            }
        }
        states.base.update(from: next.base, count: variableCount * states.lanes)
    }
}
