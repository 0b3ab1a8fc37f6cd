/// Mil'shtein's step for commutative noise, the derivatives by the difference to a supporting point.
///
///     X + b dt + sum_j s_j dW_j + 1/(2 sqrt(dt)) sum_jk (s_k(X + b dt + s_j sqrt(dt)) - s_k(X)) (dW_j dW_k - [j = k] dt)
///
/// with `s` for `sqrt(eta) s`. Source: Kloeden and Platen 1992, (11.1.3) and (11.1.11).
struct MilsteinStep: IntegratorStep {
    private let model: any DiffusionKernel
    private let directions: NoiseDirections

    /// - Precondition: the noise of the model commutes.
    init(_ model: any DiffusionKernel) {
        self.model = model
        directions = NoiseDirections(of: model)
    }

    var auxiliaryCount: Int { 0 }
    var scratchCount: Int { 3 * model.variableCount + 2 * model.factorCount }
    var evaluationCount: Int { 1 + directions.groups.count }

    func advance(_ states: LaneBlock, normals: LaneBlock, time: Double, by length: Double, scratch: LaneBlock) {
        let (n, d) = (model.variableCount, model.dimension)
        let (drift, rest) = scratch.split(at: n)
        let (point, rest2) = rest.split(at: n)
        let (unused, rest3) = rest2.split(at: n)
        let (factor, moved) = rest3.split(at: model.factorCount)
        model.evaluate(states, time: time, drift: drift, factor: factor)
        for index in states.values.indices { states.values[index] += length * drift.values[index] }
        let amplitude = (model.stepSize * length).squareRoot()
        point.base.update(from: states.base, count: n * states.lanes)
        for state in 0..<model.stateCount {
            for column in 0..<model.columnCount {
                for coordinate in 0..<d {
                    let entry = factor[(state * model.columnCount + column) * d + coordinate]
                    let normal = normals[column * d + coordinate]
                    let values = states[state * d + coordinate]
                    for lane in values.indices { values[lane] += amplitude * entry[lane] * normal[lane] }
                }
            }
        }
        for group in directions.groups.indices {
            directions.add(group, of: factor, scale: amplitude, to: point)
            model.evaluate(point, time: time, drift: unused, factor: moved)
            directions.add(group, of: factor, scale: -amplitude, to: point)
            for column in 0..<model.columnCount {
                for coordinate in 0..<d {
                    let own = NoiseDirections.Motion(column: column, coordinate: coordinate)
                    let other = directions.motion(of: group, at: coordinate)
                    let (normal, partner) = (
                        normals[column * d + coordinate], normals[other.column * d + other.coordinate]
                    )
                    let mean = own == other ? 1.0 : 0
                    for state in 0..<model.stateCount {
                        let entry = (state * model.columnCount + column) * d + coordinate
                        let (before, after) = (factor[entry], moved[entry])
                        let values = states[state * d + coordinate]
                        for lane in values.indices {
                            values[lane] +=
                                0.5 * amplitude * (after[lane] - before[lane]) * (normal[lane] * partner[lane] - mean)
                        }
                    }
                }
            }
        }
    }
}
