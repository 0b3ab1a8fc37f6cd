import Numerics

/// Expectations of a process with one state, computed on a grid without sampling.
///
/// `u(x) = E[phi(X_T) | X_0 = x]` is carried backward in time as a polynomial through Chebyshev points of a box: for the
/// optimizer by its exact one-step kernel, for the model by its backward Kolmogorov equation
///
///     -du/dt = b u' + (eta/2) S u''
///
/// Nodes are added and the box is enlarged until neither changes the value at the start by more than the tolerance.
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
    /// - Complexity: O(nodes^2) a step, and O(nodes^2) times the nodes of the noise for each different kernel.
    public func expectation(
        of test: (Double) -> Double, optimizer: ScalarOptimizer, guide: ScalarDiffusion, start: Double, steps: Int
    ) throws(SimulationError) -> Expectation {
        let horizon = Double(steps) * guide.stepSize
        return try refine(
            "optimizer", guide: guide, start: start, horizon: horizon, room: optimizer.reachOfStep(from: start)
        ) { box, nodes in
            let grid = box.grid(nodes: nodes)
            var values = grid.nodes.map(test)
            let transform = ChebyshevTransform(count: nodes)
            var kernel: StepMatrix?
            for step in stride(from: steps, to: 0, by: -1) {
                let matrix: StepMatrix
                if let kernel, !optimizer.dependsOnStep {
                    matrix = kernel
                } else {
                    matrix = StepMatrix(optimizer: optimizer, step: step, grid: grid, box: box)
                    kernel = matrix
                }
                values = matrix.applied(toCoefficients: transform.coefficients(of: values))
            }
            return grid.value(of: values, at: start)
        }
    }

    /// `E[phi(X_T)]` of the model at time `horizon`.
    ///
    /// - Throws: ``SimulationError/notResolved(process:difference:tolerance:)`` when the grids do not settle.
    public func expectation(
        of test: (Double) -> Double, model: ScalarDiffusion, start: Double, horizon: Double
    ) throws(SimulationError) -> Expectation {
        try refine("sde", guide: model, start: start, horizon: horizon, room: 0) { box, nodes in
            let grid = box.grid(nodes: nodes)
            let generator = ScalarGenerator(model: model, grid: grid, box: box)
            let integrator = DormandPrince(tolerance: tolerance * 1e-2)
            // Time runs backward from the horizon.
            let solution = integrator.solve(grid.nodes.map(test), from: 0, to: horizon) { elapsed, values in
                generator.applied(to: values, time: horizon - elapsed)
            }
            return solution.map { grid.value(of: $0, at: start) } ?? .nan
        }
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

    /// Adds nodes, then room, until the value stands still.
    ///
    /// - Parameter room: how far a single step may go.
    private func refine(
        _ process: String, guide: ScalarDiffusion, start: Double, horizon: Double, room: Double,
        _ solve: (_ box: Box, _ nodes: Int) -> Double
    ) throws(SimulationError) -> Expectation {
        guard let (centre, reach) = Box.reach(of: guide, from: start, horizon: horizon) else {
            throw .notResolved(process: process, difference: .nan, tolerance: tolerance)
        }
        // Twice the reach of some hundred paths is beyond that of nearly all; a box that is too small will show.
        var halfwidth = max(3.2 * reach, 2.5 * room)
        var difference = Double.nan
        var nodes = 48
        for _ in 0..<6 {
            let box = Box(centre: centre, halfwidth: halfwidth, model: guide, horizon: horizon)
            var value = solve(box, nodes)
            while true {
                let more = nodes * 3 / 2
                guard more <= maximumNodes else {
                    throw .notResolved(process: process, difference: difference, tolerance: tolerance)
                }
                let finer = solve(box, more)
                difference = (finer - value).magnitude
                (nodes, value) = (more, finer)
                if isSettled(difference, value) { break }
            }
            halfwidth *= 1.25
            nodes = nodes * 5 / 4
            let wider = Box(centre: centre, halfwidth: halfwidth, model: guide, horizon: horizon)
            let check = solve(wider, nodes)
            difference = max(difference, (check - value).magnitude)
            if isSettled(difference, check) {
                return Expectation(value: check, uncertainty: difference, nodes: nodes)
            }
            nodes = nodes * 4 / 5
        }
        throw .notResolved(process: process, difference: difference, tolerance: tolerance)
    }

    private func isSettled(_ difference: Double, _ value: Double) -> Bool {
        difference <= tolerance * max(1, value.magnitude)
    }
}
