import Numerics

/// An interval on which a process of one state is computed: a core that its paths visit, and room on either side.
///
/// What leaves the box stays at its end; enlarging the box shows what that costs.
struct Box {
    /// The interval that paths visit.
    let core: ClosedRange<Double>
    /// How far the box goes beyond the core.
    var room: Double

    /// The grid with some panels in the core and panels that widen outward in the rest.
    func grid(panels: Int) -> PanelGrid {
        let width = (core.upperBound - core.lowerBound) / Double(panels)
        var edges = (0...panels).map { core.lowerBound + width * Double($0) }
        edges[panels] = core.upperBound
        let count = (1...).first { Self.reach(of: $0) * width >= room } ?? 1
        // The last panel ends where the box does.
        let scale = room / Self.reach(of: count)
        for index in 1...count {
            edges.insert(core.lowerBound - scale * Self.reach(of: index), at: 0)
            edges.append(core.upperBound + scale * Self.reach(of: index))
        }
        return PanelGrid(edges: edges, nodes: 12)
    }

    /// The total width of the first outer panels, each 1.4 times as wide as the one before, in units of the first.
    private static func reach(of count: Int) -> Double {
        (0..<count).reduce(0.0) { reach, _ in 1 + 1.4 * reach }
    }
}

extension Box {
    /// The interval that a few dozen simulated paths of the model visit, in few steps: the coefficients may be costly.
    static func core(of model: ScalarDiffusion, from start: Double, horizon: Double) -> ClosedRange<Double>? {
        let kernel = model.kernel
        let states = LaneStorage(repeating: [start], lanes: 64)
        let normals = LaneStorage(variables: kernel.columnCount, lanes: 64)
        let scratch = LaneStorage(variables: kernel.scratchCount, lanes: 64)
        let stream = RandomStream(seed: 0x5EED)
        var (lowest, highest) = (start, start)
        let steps = max(1, min(16, Int((horizon / model.stepSize).rounded())))
        let length = horizon / Double(steps)
        for step in 0..<steps {
            for column in 0..<kernel.columnCount {
                stream.fillNormal(normals.block[column], firstPath: 0, step: step, component: column)
            }
            kernel.advance(
                states.block, normals: normals.block, time: Double(step) * length, by: length, scratch: scratch.block)
            for x in states.block.values {
                guard x.isFinite else { return nil }
                lowest = min(lowest, x)
                highest = max(highest, x)
            }
        }
        // Paths that stand still have a core as well.
        let margin = 5e-4 * max(1, start.magnitude)
        return highest - lowest > margin ? lowest...highest : lowest - margin...highest + margin
    }
}
