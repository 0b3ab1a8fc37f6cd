import Numerics

/// A model integrated with `substeps` steps of length `dt = stepSize / substeps` for each optimizer step.
///
/// The Brownian increment over a whole optimizer step is `sqrt(stepSize) Z` with the very number
/// `Z` that an ``OptimizerProcess`` of the same seed uses in that step; the increments inside follow from it as a
/// Brownian bridge. Optimizer, model and every refinement of the model by every scheme are therefore coupled path by path.
public struct ModelProcess: EnsembleProcess {
    public let name: String
    public let scheme: IntegrationScheme
    public let substeps: Int
    let model: any DiffusionKernel
    private(set) var stream: RandomStream
    /// For each Brownian motion of a coordinate: 1 or -1 where it shares the optimizer's draws, 0 where it has its own.
    let coupling: [Double]
    /// The jumps of a jump form.
    let events: EventKernel?
    private let step: any IntegratorStep
    /// The model, where it takes its steps in blocks of coordinates.
    private let coordinatewise: (any CoordinatewiseModel)?
    public let stepSize: Double
    private let dimension: Int
    private let columnCount: Int

    /// A model integrated by a scheme.
    ///
    /// - Parameters:
    ///   - substeps: at least 1.
    ///   - coupling: for each Brownian motion of a coordinate, 1 or -1 where it shares the optimizer's draws and 0 where
    ///     it has its own; all have their own by default. See ``ModelStart/coupling(of:to:)``.
    /// - Throws: ``SimulationError/schemeDoesNotApply(_:reason:)``.
    public init(
        _ model: any DiffusionKernel, name: String? = nil, scheme: IntegrationScheme, substeps: Int, seed: UInt64,
        coupling: [Double] = [], events: EventKernel? = nil
    ) throws(SimulationError) {
        let step = try scheme.step(
            of: model, length: model.stepSize / Double(max(1, substeps)), jumps: events != nil)
        self.init(
            model, name: name, scheme: scheme, step: step, substeps: substeps, seed: seed, coupling: coupling,
            events: events)
    }

    /// A model integrated by Euler and Maruyama's scheme.
    public init(
        _ model: any DiffusionKernel, name: String? = nil, substeps: Int, seed: UInt64, coupling: [Double] = [],
        events: EventKernel? = nil
    ) {
        self.init(
            model, name: name, scheme: .euler, step: EulerStep(model: model), substeps: substeps, seed: seed,
            coupling: coupling, events: events)
    }

    private init(
        _ model: any DiffusionKernel, name: String?, scheme: IntegrationScheme, step: any IntegratorStep,
        substeps: Int, seed: UInt64, coupling: [Double], events: EventKernel?
    ) {
        self.model = model
        stepSize = model.stepSize
        dimension = model.dimension
        columnCount = model.columnCount
        self.scheme = scheme
        self.step = step
        self.events = events
        self.name = name ?? (events == nil ? "sde" : "jump")
        self.substeps = max(1, substeps)
        coordinatewise =
            if scheme == .euler, substeps <= 1, events == nil, let model = model as? any CoordinatewiseModel,
                model.isCoordinatewise
            {
                model
            } else { nil }
        self.coupling = coupling + Array(repeating: 0, count: max(0, model.columnCount - coupling.count))
        stream = RandomStream(seed: seed)
    }

    /// The same with the normal numbers of the other half of an antithetic pair.
    var mirrored: ModelProcess {
        var result = self
        result.stream = stream.mirrored
        return result
    }

    /// The component of the stream that is the increment of a Brownian motion over a whole step, and its sign.
    func address(ofColumn column: Int, coordinate: Int) -> (component: Int, sign: Double) {
        let sign = coupling[column]
        return sign == 0 ? (Self.ownComponents + column * dimension + coordinate, 1) : (coordinate, sign)
    }

    /// The step of the integrator in print: `dt = eta/4`, and the scheme where it is not Euler's.
    public var stepName: String {
        let length = substeps == 1 ? "dt = eta" : "dt = eta/\(substeps)"
        return scheme == .euler ? length : "\(scheme.name), \(length)"
    }

    private var brownianCount: Int { columnCount * dimension }
    public var variableCount: Int { model.variableCount }
    public var scratchCount: Int { 2 * brownianCount + step.auxiliaryCount + step.scratchCount }

    public func advance(_ states: LaneBlock, firstPath: Int, completedSteps: Int, scratch: LaneBlock) {
        if let events {
            return advance(
                states, events: events, firstPath: firstPath, completedSteps: completedSteps, scratch: scratch)
        }
        if let coordinatewise { return advance(states, coordinatewise, firstPath, completedSteps, scratch) }
        let (remaining, rest) = scratch.split(at: brownianCount)
        let (normals, memory) = rest.split(at: brownianCount + step.auxiliaryCount)
        let (increments, auxiliary) = normals.split(at: brownianCount)
        let length = stepSize / Double(substeps)
        drawWholeStep(into: substeps == 1 ? increments : remaining, firstPath: firstPath, step: completedSteps)
        for substep in 0..<substeps {
            let time = Double(completedSteps) * stepSize + Double(substep) * length
            if substeps > 1 {
                drawIncrement(
                    into: increments, from: remaining, firstPath: firstPath, step: completedSteps, substep: substep)
            }
            for number in 0..<auxiliary.variables {
                let component = Self.auxiliaryComponents + substep * auxiliary.variables + number
                stream.fillNormal(auxiliary[number], firstPath: firstPath, step: completedSteps, component: component)
            }
            step.advance(states, normals: normals, time: time, by: length, scratch: memory)
        }
    }

    private func advance(
        _ states: LaneBlock, _ model: any CoordinatewiseModel, _ firstPath: Int, _ completedSteps: Int,
        _ scratch: LaneBlock
    ) {
        for coordinates in CoordinateBlocks(dimension: dimension, lanes: states.lanes) {
            let (normals, memory) = scratch.split(at: columnCount * coordinates.count)
            drawWholeStep(into: normals, coordinates: coordinates, firstPath: firstPath, step: completedSteps)
            model.advance(
                states, coordinates: coordinates, normals: normals, time: Double(completedSteps) * stepSize,
                by: stepSize, scratch: memory)
        }
    }

    /// The increment over the whole step in units of `sqrt(dt)`: `sqrt(substeps) Z`; of some coordinates, if not of all.
    func drawWholeStep(into remaining: LaneBlock, coordinates: Range<Int>? = nil, firstPath: Int, step: Int) {
        let coordinates = coordinates ?? 0..<dimension
        for column in 0..<columnCount {
            for (row, coordinate) in coordinates.enumerated() {
                let values = remaining[column * coordinates.count + row]
                let (component, sign) = address(ofColumn: column, coordinate: coordinate)
                stream.fillNormal(values, firstPath: firstPath, step: step, component: component)
                let scale = sign * Double(substeps).squareRoot()
                if scale == 1 { continue }
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
            let component = Self.bridgeComponents + substep * brownianCount + variable
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
    private static let auxiliaryComponents = 3 << 30
}
