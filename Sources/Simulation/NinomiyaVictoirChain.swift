/// The scheme of Ninomiya and Victoir (2008) for `dX = b dt + sqrt(eta) s dW`, with a law of a few points for
/// the normal numbers: a chain of weak order 2 in its step `h`.
///
/// With the flows of the vector fields `V_0 = b - (eta/2) sum_q (s_q . grad) s_q` and `V_q = sqrt(eta) s_q` one step is
///
///     exp(h/2 V_0), exp(sqrt(h) Z_1 V_1), ..., exp(sqrt(h) Z_r V_r), exp(h/2 V_0)
///
/// or, with probability one half, the same with the order of the noises reversed. As `s` enters with `sqrt(eta)` and the
/// drift's own flow is exact, the error is `O(eta h^2)`.
///
/// Halves of `V_0` that meet are one flow, taken before the outcomes part: `n` steps of the scheme are `n + 1` steps of
/// the chain, the last one half a flow alone.
struct NinomiyaVictoirChain: GridChain {
    private let model: any DiffusionKernel
    private let step: Double
    private let startTime: Double
    private let schemeSteps: Int
    /// The Brownian motions that act, as (column, coordinate).
    private let motions: [(column: Int, coordinate: Int)]
    private let law: PointLaw
    private let flowSteps: Int

    /// - Parameters:
    ///   - step: the step `h` of the scheme.
    ///   - steps: steps of the scheme in all.
    ///   - start: the state at which the chain starts; a Brownian motion without effect near it is left out.
    ///   - startTime: the time there.
    ///   - law: a law of points for the normal numbers.
    ///   - flowSteps: Runge-Kutta steps for each flow.
    init(
        _ model: any DiffusionKernel, step: Double, steps: Int, start: [Double], startTime: Double = 0,
        law: PointLaw = .gaussian, flowSteps: Int = 2
    ) {
        self.model = model
        schemeSteps = steps
        self.startTime = startTime
        self.step = step
        self.flowSteps = flowSteps
        // Beside the start, where an effect that vanishes at the start alone is seen.
        let near = start.map { 1.01 * $0 + 0.013 }
        let factor = zip(
            model.coefficients(at: start, time: startTime).factor,
            model.coefficients(at: near, time: startTime + step).factor
        ).map { $0 == 0 ? $1 : $0 }
        let (d, columns) = (model.dimension, model.columnCount)
        var motions: [(column: Int, coordinate: Int)] = []
        for column in 0..<columns {
            for i in 0..<d
            where (0..<model.stateCount).contains(where: { factor[($0 * columns + column) * d + i] != 0 }) {
                motions.append((column, i))
            }
        }
        self.motions = motions
        self.law = law
    }

    /// The number of steps of the chain.
    var steps: Int { schemeSteps + 1 }

    func weights(ofStep step: Int) -> [Double] {
        guard step <= schemeSteps else { return [1] }
        let weights = law.product(motions.count).map(\.weight)
        return orders.flatMap { _ in weights.map { $0 / Double(orders.count) } }
    }

    /// The orders of the noises.
    private var orders: [[(column: Int, coordinate: Int)]] {
        motions.count < 2 ? [motions] : [motions, motions.reversed()]
    }

    func outcomes(of states: LaneBlock, step index: Int) -> LaneStorage {
        let middle = startTime + (Double(index) - 0.5) * step
        let flowed = states.repeated(1)
        let isWhole = index > 1 && index <= schemeSteps
        flow(flowed.block, from: middle - (index > 1 ? step : step / 2), length: isWhole ? step : step / 2)
        guard index <= schemeSteps else { return flowed }
        return LaneStorage(joining: orders.map { outcomes(of: flowed, along: $0, time: middle) })
    }

    /// The flows along one noise after another: from each outcome of the ones before as many as the law has points. As all noises
    /// have one law, outcomes have the same probabilities whatever their order.
    private func outcomes(
        of states: LaneStorage, along motions: [(column: Int, coordinate: Int)], time: Double
    ) -> LaneStorage {
        motions.reduce(states) { states, motion in
            LaneStorage(
                joining: law.points.map { point in
                    guard point.value != 0 else { return states }
                    let moved = states.block.repeated(1)
                    noiseFlow(moved.block, motion: motion, length: point.value * step.squareRoot(), time: time)
                    return moved
                })
        }
    }

    // MARK: Flows

    /// The flow of `V_0` by the classical Runge-Kutta method.
    private func flow(_ states: LaneBlock, from begin: Double, length: Double) {
        let dt = length / Double(flowSteps)
        for index in 0..<flowSteps {
            let time = begin + Double(index) * dt
            rungeKutta(states) { point, node, slope in
                stratonovichDrift(point, time: time + node * dt, into: slope)
                for index in slope.values.indices { slope.values[index] *= dt }
            }
        }
    }

    /// The flow of `sqrt(eta) s_q`.
    private func noiseFlow(
        _ states: LaneBlock, motion: (column: Int, coordinate: Int), length: Double, time: Double
    ) {
        let scale = model.stepSize.squareRoot() * length / Double(flowSteps)
        for _ in 0..<flowSteps {
            rungeKutta(states) { point, _, slope in
                column(motion, at: point, time: time, into: slope)
                for index in slope.values.indices { slope.values[index] *= scale }
            }
        }
    }

    /// One step; the slopes are those of a step of unit length.
    private func rungeKutta(_ states: LaneBlock, _ slope: (_ point: LaneBlock, _ node: Double, LaneBlock) -> Void) {
        let point = states.repeated(1)
        let current = LaneStorage(variables: states.variables, lanes: states.lanes)
        let sum = LaneStorage(variables: states.variables, lanes: states.lanes)
        for (node, weight, next) in [(0.0, 1.0 / 6, 0.5), (0.5, 1.0 / 3, 0.5), (0.5, 1.0 / 3, 1), (1, 1.0 / 6, 0)] {
            slope(point.block, node, current.block)
            for index in 0..<states.variables * states.lanes {
                let change = current.block.base[index]
                sum.block.base[index] += weight * change
                point.block.base[index] = states.base[index] + next * change
            }
        }
        for index in 0..<states.variables * states.lanes { states.base[index] += sum.block.base[index] }
    }

    // MARK: Vector fields

    /// One column of `s`.
    private func column(
        _ motion: (column: Int, coordinate: Int), at states: LaneBlock, time: Double, into result: LaneBlock
    ) {
        let factor = LaneStorage(uninitializedVariables: model.factorCount, lanes: states.lanes)
        model.evaluateFactor(states, time: time, factor: factor.block)
        pick(motion, from: factor.block, into: result)
    }

    private func pick(_ motion: (column: Int, coordinate: Int), from factor: LaneBlock, into result: LaneBlock) {
        result.values.update(repeating: 0)
        for state in 0..<model.stateCount {
            let entry = (state * model.columnCount + motion.column) * model.dimension + motion.coordinate
            _ = result[state * model.dimension + motion.coordinate].update(fromContentsOf: factor[entry])
        }
    }

    /// `V_0`; the derivative of `s_q` along itself by a central difference.
    private func stratonovichDrift(_ states: LaneBlock, time: Double, into result: LaneBlock) {
        let factor = LaneStorage(variables: model.factorCount, lanes: states.lanes)
        model.evaluate(states, time: time, drift: result, factor: factor.block)
        let direction = LaneStorage(variables: states.variables, lanes: states.lanes)
        let shifted = LaneStorage(variables: states.variables, lanes: states.lanes)
        let moved = LaneStorage(variables: states.variables, lanes: states.lanes)
        let spacing = 1e-4
        for motion in motions {
            pick(motion, from: factor.block, into: direction.block)
            for sign in [-1.0, 1] {
                for index in 0..<states.variables * states.lanes {
                    moved.block.base[index] = states.base[index] + sign * spacing * direction.block.base[index]
                }
                column(motion, at: moved.block, time: time, into: shifted.block)
                let scale = -sign * model.stepSize / (4 * spacing)
                for index in 0..<states.variables * states.lanes {
                    result.base[index] += scale * shifted.block.base[index]
                }
            }
        }
    }
}
