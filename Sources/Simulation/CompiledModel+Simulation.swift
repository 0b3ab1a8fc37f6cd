import Compilation

extension CompiledModel: DiffusionKernel {
    public var columnCount: Int { noiseCount }
    public var scratchCount: Int { couplesCoordinates ? stateCount * dimension : memoryRowCount }

    public func evaluate(_ states: LaneBlock, time: Double, drift: LaneBlock, factor: LaneBlock) {
        let entries = LaneStorage(
            uninitializedVariables: diffusionEntries.count * dimension, lanes: states.lanes)
        evaluate(
            states: states.rows, time: time, drift: drift.rows, diffusion: entries.block.rows, count: states.lanes)
        fillFactor(factor, from: entries.block, states: states, time: time)
    }

    public func evaluateFactor(_ states: LaneBlock, time: Double, factor: LaneBlock) {
        let entries = LaneStorage(
            uninitializedVariables: diffusionEntries.count * dimension, lanes: states.lanes)
        evaluateDiffusion(states: states.rows, time: time, into: entries.block.rows, count: states.lanes)
        fillFactor(factor, from: entries.block, states: states, time: time)
    }

    public func advance(
        _ states: LaneBlock, normals: LaneBlock, time: Double, by length: Double, scratch: LaneBlock
    ) {
        guard couplesCoordinates else {
            return advance(
                states: states.rows, normals: normals.rows, time: time, by: length, into: states.rows,
                count: states.lanes, memory: scratch.base)
        }
        advance(
            states: states.rows, normals: normals.rows, time: time, by: length, into: scratch.rows,
            count: states.lanes)
        states.base.update(from: scratch.base, count: states.variables * states.lanes)
    }

    /// From the entries of a coordinate's own factor; where coordinates share noise, of the factor of the whole covariance the
    /// entries within coordinates, which is all that a start asks for.
    private func fillFactor(_ factor: LaneBlock, from entries: LaneBlock, states: LaneBlock, time: Double) {
        factor.values.update(repeating: 0)
        guard couplesCoordinates else {
            for (k, entry) in diffusionEntries.enumerated() {
                for i in 0..<dimension {
                    let target = factor[(entry.state * noiseCount + entry.noise) * dimension + i]
                    _ = target.update(fromContentsOf: entries[k * dimension + i])
                }
            }
            return
        }
        for lane in 0..<states.lanes {
            let matrix = diffusion((0..<states.variables).map { states[$0][lane] }, time)
            for a in 0..<stateCount {
                for c in 0..<noiseCount {
                    for i in 0..<dimension {
                        factor[(a * noiseCount + c) * dimension + i][lane] =
                            matrix[a * dimension + i, c * dimension + i]
                    }
                }
            }
        }
    }
}

extension CompiledModel: CoordinatewiseModel {
    func advance(
        _ states: LaneBlock, coordinates: Range<Int>, normals: LaneBlock, time: Double, by length: Double,
        scratch: LaneBlock
    ) {
        advance(
            states: states.rows, normals: normals.rows, time: time, by: length, into: states.rows, count: states.lanes,
            coordinates: coordinates, memory: scratch.base)
    }
}
