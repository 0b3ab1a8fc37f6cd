import Compilation
import Foundation

/// Where a model begins.
public struct ModelStart: Sendable {
    /// The states of every path, but for positions that follow the optimizer.
    public let states: [Double]
    /// The number of optimizer steps that lie behind the start: it is at time `completedSteps * stepSize`.
    public let completedSteps: Int
    /// The optimizer's initial state, when each path's position is where the optimizer is after its first step; after more
    /// steps than one all states are the optimizer's.
    public let followedOptimizer: [Double]?
    /// What a reader must know of the start; `nil` for the rule's own initial state at time 0.
    public let note: String?

    public init(states: [Double], completedSteps: Int = 0, followedOptimizer: [Double]? = nil, note: String? = nil) {
        self.states = states
        self.completedSteps = completedSteps
        self.followedOptimizer = followedOptimizer
        self.note = note
    }
}

extension ModelStart {
    /// The rule's own initial state at time 0 where the model's coefficients are regular there, and otherwise time
    /// `stepSize` with the auxiliary states at their mean after one optimizer step and each position where the
    /// optimizer then is.
    ///
    /// The coefficients count as singular when one is not finite or more than a hundred times what it is one step later:
    /// Adam's and RMSprop's divide by `sqrt(v) + epsilon`, and their first Euler step from `v = 0` would throw `x` away.
    ///
    /// - Parameters:
    ///   - steps: the number of optimizer steps that lie behind a start that is not at time 0. After more than one of them
    ///     all states are where the optimizer is: a noise that takes `v` below 0 in a few steps from its mean after the first
    ///     one does not where `v` is known to be positive and large beside the noise of a step.
    ///   - jumps: whether a state jumps, so that it is as random after one step as the position is: all states then are
    ///     the optimizer's.
    ///   - stateNames: one for each state of a coordinate, for the note and the error.
    /// - Throws: ``SimulationError/coefficientNotFiniteAtStart(state:time:)`` when the later start is singular too.
    public static func chosen(
        for model: any DiffusionKernel, after steps: Int = 1, jumps: Bool = false, optimizer: OptimizerProcess,
        initial: [Double], stateNames: [String]
    ) throws(SimulationError) -> ModelStart {
        // The states of an averaged model are the first of the optimizer's.
        guard initial.count >= model.variableCount, initial.count == optimizer.variableCount else {
            throw .startHasWrongCount(given: initial.count, needed: model.variableCount)
        }
        let first = Array(initial.prefix(model.variableCount))
        let atZero = model.coefficients(at: first, time: 0)
        let later = Array(optimizer.mean(from: initial, step: 1).prefix(model.variableCount))
        let afterStep = model.coefficients(at: later, time: optimizer.stepSize)
        let isRegular = zip(atZero.drift + atZero.factor, afterStep.drift + afterStep.factor).allSatisfy {
            first, second in
            first.isFinite && (!second.isFinite || first.magnitude <= 100 * max(second.magnitude, 1))
        }
        if isRegular { return ModelStart(states: first) }
        guard steps == 1 else {
            let mean = (1...steps).reduce(initial) { optimizer.mean(from: $0, step: $1) }
            let note =
                "the model is singular at time 0, and its noise leaves its domain soon after; it starts at "
                + "t = \(String(format: "%.4g", Double(steps) * optimizer.stepSize)) where the optimizer is"
            let start = ModelStart(
                states: Array(mean.prefix(model.variableCount)), completedSteps: steps, followedOptimizer: initial,
                note: note)
            try start.check(model, stateNames: stateNames)
            return start
        }
        let names = stateNames.dropFirst()
        let place =
            jumps
            ? "where the optimizer is after its first step"
            : """
            with \(names.joined(separator: ", ")) at the mean after one optimizer step and \(stateNames.first ?? "x") \
            where the optimizer is
            """
        let note = "the model is singular at time 0; it starts at t = \(optimizer.stepSize) \(place)"
        let start = ModelStart(states: later, completedSteps: 1, followedOptimizer: initial, note: note)
        try start.check(model, stateNames: stateNames)
        return start
    }

    /// - Throws: ``SimulationError/coefficientNotFiniteAtStart(state:time:)`` unless all coefficients are finite here.
    public func check(
        _ model: any DiffusionKernel, stateNames: [String]
    ) throws(SimulationError) {
        guard states.count == model.variableCount else {
            throw .startHasWrongCount(given: states.count, needed: model.variableCount)
        }
        let time = Double(completedSteps) * model.stepSize
        let (drift, factor) = model.coefficients(at: states, time: time)
        guard let index = (drift + factor).firstIndex(where: { !$0.isFinite }) else { return }
        if let model = model as? CompiledModel, model.couplesCoordinates, model.isFinite(at: states, time: time) {
            throw .covarianceNotSemidefiniteAtStart(time: time)
        }
        let variable =
            index < model.variableCount
            ? index / model.dimension : (index - model.variableCount) / (model.columnCount * model.dimension)
        throw .coefficientNotFiniteAtStart(
            state: stateNames.indices.contains(variable) ? stateNames[variable] : "state \(variable)", time: time)
    }

    /// For each Brownian motion of a coordinate, how it is tied to the optimizer's draws: the first with the sign that
    /// makes the increments of model and optimizer go together, the others not at all.
    public func coupling(of model: any DiffusionKernel, to optimizer: OptimizerProcess) -> [Double] {
        let columns = model.columnCount
        guard columns > 0, optimizer.kernel.noiseCount == model.dimension else {
            return Array(repeating: 0, count: columns)
        }
        let time = Double(completedSteps) * optimizer.stepSize
        let factor = model.coefficients(at: states, time: time).factor
        let response = optimizer.responseToNoise(
            at: states + Array(repeating: 0, count: max(0, optimizer.variableCount - states.count)),
            step: completedSteps + 1)
        var sign = 1.0
        for state in 0..<model.stateCount {
            let entry = factor[state * columns * model.dimension]
            let product = entry * response[state * model.dimension]
            if product != 0, product.isFinite {
                sign = product < 0 ? -1 : 1
                break
            }
        }
        return [sign] + Array(repeating: 0, count: columns - 1)
    }
}

extension OptimizerProcess {
    /// The mean of every state after a step, every coordinate's noise taken alike (a coordinate does not see the noise of
    /// another one).
    func mean(from states: [Double], step: Int) -> [Double] {
        average(from: states, step: step) { _ in 1 }
    }

    /// `E[y' Z]`: how the next iterate of each state goes along with its coordinate's noise.
    func responseToNoise(at states: [Double], step: Int) -> [Double] {
        average(from: states, step: step) { $0 }
    }

    private func average(from states: [Double], step: Int, weight: (_ z: Double) -> Double) -> [Double] {
        guard let nodes = NoiseQuadrature(.gaussian)?.nodes(cutAt: noise.jumps) else { return states }
        let lanes = LaneStorage(repeating: states, lanes: nodes.values.count)
        let noise = LaneStorage(variables: kernel.noiseCount, lanes: nodes.values.count)
        for component in 0..<kernel.noiseCount {
            for (lane, value) in nodes.values.enumerated() { noise.block[component][lane] = self.noise.draw(value) }
        }
        kernel.advance(lanes.block, noise: noise.block, step: step)
        return states.indices.map { variable in
            let values = lanes.block[variable]
            return nodes.values.indices.reduce(0.0) { sum, lane in
                sum + nodes.weights[lane] * weight(nodes.values[lane]) * values[lane]
            }
        }
    }
}
