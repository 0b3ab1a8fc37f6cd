import Numerics

/// The scheme of Euler and Maruyama with `substeps` steps of length `dt = stepSize / substeps` for each optimizer step.
///
///     X(t + dt) = X(t) + b(X, t) dt + sqrt(stepSize) s(X, t) (W(t + dt) - W(t))
///
/// Weak order 1 in `dt`. The Brownian increment over a whole optimizer step is `sqrt(stepSize) Z` with the very number
/// `Z` that an ``OptimizerProcess`` of the same seed uses in that step; the increments inside follow from it as a
/// Brownian bridge. Optimizer, model and every refinement of the model are therefore coupled path by path.
public struct EulerMaruyama: EnsembleProcess {
    public let name: String
    public let substeps: Int
    let model: any DiffusionKernel
    let stream: RandomStream
    /// For each Brownian motion of a coordinate: 1 or -1 where it shares the optimizer's draws, 0 where it has its own.
    let coupling: [Double]
    /// The jumps of a jump form.
    let events: EventKernel?

    /// - Parameters:
    ///   - substeps: at least 1.
    ///   - coupling: for each Brownian motion of a coordinate, 1 or -1 where it shares the optimizer's draws and 0 where
    ///     it has its own; all have their own by default. See ``ModelStart/coupling(of:to:)``.
    public init(
        _ model: any DiffusionKernel, name: String? = nil, substeps: Int, seed: UInt64,
        coupling: [Double] = [], events: EventKernel? = nil
    ) {
        self.model = model
        self.events = events
        self.name = name ?? (events == nil ? "sde" : "jump")
        self.substeps = max(1, substeps)
        self.coupling = coupling + Array(repeating: 0, count: max(0, model.columnCount - coupling.count))
        stream = RandomStream(seed: seed)
    }

    public var stepSize: Double { model.stepSize }
    public var variableCount: Int { model.variableCount }
    public var scratchCount: Int { 2 * model.brownianCount + model.scratchCount }

    public func advance(_ states: LaneBlock, firstPath: Int, completedSteps: Int, scratch: LaneBlock) {
        if let events {
            return advance(
                states, events: events, firstPath: firstPath, completedSteps: completedSteps, scratch: scratch)
        }
        let (remaining, rest) = scratch.split(at: model.brownianCount)
        let (normals, memory) = rest.split(at: model.brownianCount)
        let length = stepSize / Double(substeps)
        drawWholeStep(into: remaining, firstPath: firstPath, step: completedSteps)
        for substep in 0..<substeps {
            let time = Double(completedSteps) * stepSize + Double(substep) * length
            drawIncrement(into: normals, from: remaining, firstPath: firstPath, step: completedSteps, substep: substep)
            model.advance(states, normals: normals, time: time, by: length, scratch: memory)
        }
    }

    /// The increment over the whole step in units of `sqrt(dt)`: `sqrt(substeps) Z`.
    func drawWholeStep(into remaining: LaneBlock, firstPath: Int, step: Int) {
        for column in 0..<model.columnCount {
            let sign = coupling[column]
            for coordinate in 0..<model.dimension {
                let variable = column * model.dimension + coordinate
                let values = remaining[variable]
                let component = sign == 0 ? Self.ownComponents + variable : coordinate
                stream.fillNormal(values, firstPath: firstPath, step: step, component: component)
                let scale = (sign < 0 ? -1 : 1) * Double(substeps).squareRoot()
                for lane in values.indices { values[lane] *= scale }
            }
        }
    }

    /// The next of `q` increments that add up to `r` is normal with mean `r/q` and variance `(q - 1)/q`.
    func drawIncrement(
        into normal: LaneBlock, from remaining: LaneBlock, firstPath: Int, step: Int, substep: Int
    ) {
        let left = Double(substeps - substep)
        guard left > 1 else {
            _ = normal.values.update(fromContentsOf: remaining.values)
            return
        }
        let deviation = ((left - 1) / left).squareRoot()
        for variable in 0..<normal.variables {
            let values = normal[variable]
            let rest = remaining[variable]
            let component = Self.bridgeComponents + substep * model.brownianCount + variable
            stream.fillNormal(values, firstPath: firstPath, step: step, component: component)
            for lane in values.indices {
                values[lane] = rest[lane] / left + deviation * values[lane]
                rest[lane] -= values[lane]
            }
        }
    }

    /// Components below are the optimizer's; see ``RandomStream`` on addresses.
    private static let ownComponents = 1 << 20
    private static let bridgeComponents = 1 << 24
}
