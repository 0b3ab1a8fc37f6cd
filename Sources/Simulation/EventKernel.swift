import Algebra
import Compilation
import Matching
import Rules

/// The jumps of a jump form, with numbers for its parameters, on a landscape.
public struct EventKernel: Sendable {
    /// What a reader must know of a model with jumps.
    public static let note = "the rule has no diffusion limit; the model is its jump form"

    public let dimension: Int
    let noise: NoiseSource
    private let stateCount: Int
    /// The condition of the event, then the states after the jump.
    private let step: CompiledUpdate

    /// - Parameters:
    ///   - parameters: a value for the step size, `sigma` and every parameter without a default, by name; others do not matter.
    ///   - noise: draws of the noise law.
    ///   - functions: what schedules stand for.
    /// - Throws: ``SimulationError/compilation(_:)`` for a parameter that is missing or out of range.
    public init(
        _ form: JumpForm, on landscape: Landscape, parameters: [String: Double], noise: NoiseSource,
        functions: [Function: ExternalFunction] = [:]
    ) throws(SimulationError) {
        dimension = landscape.dimension
        stateCount = form.states.count
        self.noise = noise
        let normal = Symbol("Z", indices: [.free(UpdateRule.index)])
        let gradient = form.draw.mean + form.draw.scale * Expression(normal)
        do {
            step = try CompiledUpdate(
                ([form.condition] + form.jump).map { $0.substituting(form.draw.symbol, by: gradient) },
                states: form.states, draws: [normal], stepIndex: UpdateRule.stepIndex, time: form.flow.time,
                on: landscape, parameters: form.flow.defaultValues.merging(parameters) { $1 },
                accepting: Set(parameters.keys).union(form.flow.defaultValues.keys),
                functions: functions)
        } catch {
            throw .compilation(error)
        }
    }

    /// Makes the jumps of those lanes whose gradient asks for one.
    ///
    /// - Parameters:
    ///   - draws: the standardized noise of the gradient of each coordinate.
    ///   - coordinates: for each lane, the coordinate that may jump.
    func jump(_ states: LaneBlock, draws: LaneBlock, coordinates: [Int], time: Double) {
        let outcome = LaneStorage(variables: (1 + stateCount) * dimension, lanes: states.lanes)
        step.advance(
            states: states.rows, draws: draws.rows, step: 1, time: time, into: outcome.block.rows, count: states.lanes)
        for (lane, coordinate) in coordinates.enumerated() where outcome.block[coordinate][lane] > 0 {
            for state in 0..<stateCount {
                let variable = state * dimension + coordinate
                states[variable][lane] = outcome.block[dimension + variable][lane]
            }
        }
    }
}
