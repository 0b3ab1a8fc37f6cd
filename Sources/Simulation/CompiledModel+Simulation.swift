import Compilation

extension CompiledModel: DiffusionKernel {
    public var columnCount: Int { noiseCount }
    public var scratchCount: Int { stateCount * dimension }

    public func evaluate(_ states: LaneBlock, time: Double, drift: LaneBlock, factor: LaneBlock) {
        let entries = LaneStorage(variables: diffusionEntries.count * dimension, lanes: states.lanes)
        evaluate(
            states: states.rows, time: time, drift: drift.rows, diffusion: entries.block.rows, count: states.lanes)
        factor.values.update(repeating: 0)
        for (k, entry) in diffusionEntries.enumerated() {
            for i in 0..<dimension {
                let target = factor[(entry.state * noiseCount + entry.noise) * dimension + i]
                _ = target.update(fromContentsOf: entries.block[k * dimension + i])
            }
        }
    }

    public func advance(
        _ states: LaneBlock, normals: LaneBlock, time: Double, by length: Double, scratch: LaneBlock
    ) {
        advance(
            states: states.rows, normals: normals.rows, time: time, by: length, into: scratch.rows,
            count: states.lanes)
        states.base.update(from: scratch.base, count: states.variables * states.lanes)
    }
}
