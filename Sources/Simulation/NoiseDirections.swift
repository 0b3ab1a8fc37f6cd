import Compilation

/// The Brownian motions of a model in groups that can be moved along together, for schemes that evaluate the diffusion at
/// points beside the state.
///
/// Where the diffusion of a coordinate depends on this coordinate alone, one point moves every coordinate along its own
/// motion, and the number of points does not grow with the dimension.
struct NoiseDirections: Sendable {
    /// The columns and coordinates of the motions of each group; none where the noise is additive.
    let groups: [[Motion]]
    private let isLocal: Bool
    private let dimension: Int
    private let columnCount: Int
    private let stateCount: Int

    /// Motion `column` of a coordinate.
    struct Motion: Hashable, Sendable {
        let column: Int
        let coordinate: Int
    }

    init(of model: any DiffusionKernel) {
        dimension = model.dimension
        columnCount = model.columnCount
        stateCount = model.stateCount
        isLocal = model.form.noise == .local
        let coordinates = 0..<model.dimension
        switch model.form.noise {
        case .additive: groups = []
        case .local:
            groups = (0..<model.columnCount).map { column in
                coordinates.map { Motion(column: column, coordinate: $0) }
            }
        case .general:
            groups = (0..<model.columnCount).flatMap { column in
                coordinates.map { [Motion(column: column, coordinate: $0)] }
            }
        }
    }

    /// The motion of a group that moves a coordinate's coefficients.
    func motion(of group: Int, at coordinate: Int) -> Motion {
        isLocal ? groups[group][coordinate] : groups[group][0]
    }

    /// The pairs of different motions that may move each other's coefficients, each once.
    var pairs: [(Motion, Motion)] {
        var result: [(Motion, Motion)] = []
        for first in groups.indices {
            for second in first + 1..<max(first + 1, groups.count) {
                for place in groups[first].indices { result.append((groups[first][place], groups[second][place])) }
            }
        }
        return result
    }

    /// Adds `scale` times the columns of the group to the states.
    func add(_ group: Int, of factor: LaneBlock, scale: Double, to states: LaneBlock) {
        for motion in groups[group] {
            for state in 0..<stateCount {
                let entry = factor[(state * columnCount + motion.column) * dimension + motion.coordinate]
                let values = states[state * dimension + motion.coordinate]
                for lane in values.indices { values[lane] += scale * entry[lane] }
            }
        }
    }
}
