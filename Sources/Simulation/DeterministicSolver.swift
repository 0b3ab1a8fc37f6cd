import Numerics

/// Expectations of a process with one state, computed on a grid without sampling.
///
/// `u(x) = E[phi(X_T) | X_0 = x]` is carried backward in time as a polynomial on each of some panels of a box: for the
/// optimizer by its exact one-step kernel; for the model by a splitting of its generator into the flow of the drift and
/// that of the noise, symmetric in time, whose errors in even powers of the time step are extrapolated away. An optimizer
/// that stays on a lattice needs no grid.
///
/// Panels are added and the box is enlarged until neither changes the value at the start by more than the tolerance.
public struct DeterministicSolver: Sendable {
    /// An expectation and how far the last two computations of it lie apart.
    public struct Expectation: Equatable, Sendable {
        public let value: Double
        public let uncertainty: Double
        public let nodes: Int
    }

    /// Admitted difference between two grids, relative to the largest of 1 and the value.
    public var tolerance: Double
    /// The largest number of nodes tried.
    public var maximumNodes: Int

    public init(tolerance: Double = 1e-9, maximumNodes: Int = 384) {
        self.tolerance = tolerance
        self.maximumNodes = maximumNodes
    }

    /// `E[phi(x_n)]` after `steps` steps of the optimizer.
    ///
    /// - Parameter guide: a model of the optimizer, for the reach of its paths.
    /// - Throws: ``SimulationError/notResolved(process:difference:tolerance:)`` when the grids do not settle.
    /// - Complexity: O(nodes^2) a step, and O(nodes) times the nodes of the noise for each different kernel.
    public func expectation(
        of test: (Double) -> Double, optimizer: ScalarOptimizer, guide: ScalarDiffusion, start: Double, steps: Int
    ) throws(SimulationError) -> Expectation {
        let quadrature = NoiseQuadrature(optimizer.noise)
        if let law = LatticeLaw(of: optimizer, from: start, steps: steps, quadrature: quadrature) {
            return Expectation(value: law.expectation(of: test), uncertainty: 0, nodes: law.points.count)
        }
        let room = reachOfStep(optimizer.outcomes(at: [start], step: 1, quadrature: quadrature), steps: steps)
        return try refine(
            "optimizer", guide: guide, start: start, horizon: Double(steps) * guide.stepSize, room: room
        ) { grid in
            func kernel(_ step: Int) -> PanelOperator {
                PanelOperator(optimizer.outcomes(at: grid.points, step: step, quadrature: quadrature), on: grid)
            }
            let same = optimizer.dependsOnStep ? nil : kernel(1)
            var values = grid.points.map(test)
            for step in stride(from: steps, to: 0, by: -1) { values = (same ?? kernel(step)).applied(to: values) }
            return (grid.place(start).value(values), 0)
        }
    }

    /// `E[phi(X_T)]` of the model at time `horizon`.
    ///
    /// - Throws: ``SimulationError/notResolved(process:difference:tolerance:)`` when the grids do not settle.
    public func expectation(
        of test: (Double) -> Double, model: ScalarDiffusion, start: Double, horizon: Double
    ) throws(SimulationError) -> Expectation {
        let steps = max(1, min(8, Int((horizon / model.stepSize).rounded())))
        return try refine("sde", guide: model, start: start, horizon: horizon, room: 0) { grid in
            let end = grid.points.map(test)
            let kernel = model.dependsOnTime ? model.kernel : TabulatedDiffusion(model.kernel, time: 0, on: grid)
            var extrapolation = EvenExtrapolation()
            for multiple in [1, 2, 3, 4, 6, 8, 12, 16] {
                let count = steps * multiple
                let value = value(
                    of: end, model: ScalarDiffusion(kernel, dependsOnTime: model.dependsOnTime), start: start,
                    horizon: horizon, steps: count, on: grid)
                extrapolation.append(value, step: 1 / Double(multiple))
                if isSettled(10 * extrapolation.change, extrapolation.value) { break }
            }
            return (extrapolation.value, extrapolation.change)
        }
    }

    /// The model's expectation by the symmetric splitting with a number of steps.
    private func value(
        of end: [Double], model: ScalarDiffusion, start: Double, horizon: Double, steps: Int, on grid: PanelGrid
    ) -> Double {
        let chain = NinomiyaVictoirChain(
            model.kernel, step: horizon / Double(steps), steps: steps, start: [start], law: .hermite(7), flowSteps: 3)
        // Between the first and the last step all are alike where the model does not depend on time.
        let same = model.dependsOnTime || steps < 2 ? nil : PanelOperator(chain, step: 2, on: grid)
        var values = end
        for step in stride(from: chain.steps, to: 0, by: -1) {
            let shared = step > 1 && step < chain.steps ? same : nil
            values = (shared ?? PanelOperator(chain, step: step, on: grid)).applied(to: values)
        }
        return grid.place(start).value(values)
    }

    /// `phi(X_T)` of the ordinary differential equation `dX = b dt`.
    public func value(
        of test: (Double) -> Double, noiseless model: ScalarDiffusion, start: Double, horizon: Double
    ) throws(SimulationError) -> Double {
        let end = DormandPrince(tolerance: 1e-13).solve([start], from: 0, to: horizon) { [model.drift($1[0], $0)] }
        guard let end, end[0].isFinite else {
            throw .notResolved(process: "ode", difference: .nan, tolerance: tolerance)
        }
        return test(end[0])
    }

    /// Adds panels, then room, until the value stands still.
    ///
    /// - Parameter room: how far a single step may go.
    /// - Parameter solve: the value on a grid, and how uncertain it is by other causes.
    private func refine(
        _ process: String, guide: ScalarDiffusion, start: Double, horizon: Double, room: Double,
        _ solve: (_ grid: PanelGrid) -> (value: Double, uncertainty: Double)
    ) throws(SimulationError) -> Expectation {
        guard let core = Box.core(of: guide, from: start, horizon: horizon) else {
            throw .notResolved(process: process, difference: .nan, tolerance: tolerance)
        }
        // As much again around the core is beyond the reach of nearly all paths; a box that is too small will show.
        var box = Box(core: core, room: max(0.75 * (core.upperBound - core.lowerBound), room))
        var panels = 4
        var difference = Double.nan
        func solved() throws(SimulationError) -> (value: Double, uncertainty: Double, nodes: Int) {
            let grid = box.grid(panels: panels)
            guard grid.points.count <= maximumNodes else {
                throw .notResolved(process: process, difference: difference, tolerance: tolerance)
            }
            let (value, uncertainty) = solve(grid)
            return (value, uncertainty, grid.points.count)
        }
        var last = try solved()
        for _ in 0..<6 {
            repeat {
                panels = panels * 3 / 2
                let finer = try solved()
                difference = (finer.value - last.value).magnitude + finer.uncertainty
                last = finer
            } while !isSettled(difference, last.value)
            let settled = difference
            // Of a box for whose enlargement there are too few nodes it is not known what it leaves out.
            difference = .nan
            box.room *= 1.5
            let wider = try solved()
            difference = max(settled, (wider.value - last.value).magnitude + wider.uncertainty)
            last = wider
            if isSettled(difference, last.value) {
                return Expectation(value: last.value, uncertainty: difference, nodes: last.nodes)
            }
        }
        throw .notResolved(process: process, difference: difference, tolerance: tolerance)
    }

    private func isSettled(_ difference: Double, _ value: Double) -> Bool {
        difference <= tolerance * max(1, value.magnitude)
    }

    /// How far a step goes from its mean, but for a part of the law that is too small to show in the tolerance.
    private func reachOfStep(_ outcomes: StepOutcomes, steps: Int) -> Double {
        let range = outcomes.range(0)
        let mean = range.reduce(0) { $0 + outcomes.weights[$1] * outcomes.values[$1] }
        let distances = range.map { ((outcomes.values[$0] - mean).magnitude, outcomes.weights[$0]) }
        var rest = 1e-3 * tolerance / Double(steps)
        for (distance, weight) in distances.sorted(by: { $0.0 > $1.0 }) {
            rest -= weight
            if rest < 0 { return distance.isFinite ? distance : 0 }
        }
        return 0
    }
}
