import Dispatch
import Foundation

/// Expectations of a smooth chain with two or three variables (or one), computed on grids without sampling.
///
/// From a single start the chain can only reach a bounded set in a number of steps. A first pass forward finds, step by
/// step, the box around everything that the points of the box before can reach; the pass backward carries the
/// expectation, as a polynomial through Chebyshev points of each box. No boundary is
/// ever crossed, and nothing is cut off.
struct TensorSolver {
    /// Points in each direction.
    let nodes: Int
    let threads: Int

    init(nodes: Int, threads: Int?) {
        self.nodes = nodes
        self.threads = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
    }

    /// `E[phi(Y_n)]` for several functions after `steps` steps.
    ///
    /// - Returns: `nil` where the chain reaches a state that is not finite, or after a cancellation.
    /// - Complexity: O(outcomes nodes^(2 D)) a step and function for `D` variables.
    func expectations(
        of tests: [Quantity], chain: any GridChain, start: [Double], steps: Int, endTime: Double,
        cancellation: Cancellation?
    ) -> [Double]? {
        guard let boxes = boxes(chain, start: start, steps: steps) else { return nil }
        guard let last = boxes.last else { return nil }
        let end = last.states()
        var values = tests.map { test in
            let result = LaneStorage(variables: 1, lanes: end.block.lanes)
            test.body(end.block, endTime, result.block.values)
            return result
        }
        for step in stride(from: steps, to: 0, by: -1) {
            if let cancellation, cancellation.isCancelled { return nil }
            let states = step == 1 ? LaneStorage(repeating: start, lanes: 1) : boxes[step - 2].states()
            values = pull(values, through: chain, step: step, from: states.block, to: boxes[step - 1])
        }
        let results = values.map { $0.block.values[0] }
        return results.allSatisfy(\.isFinite) ? results : nil
    }

    /// The box after each step, around what a coarse grid of the box before reaches. A finer grid reaches no further but
    /// for the curvature of the step, a trifle to which the polynomials extend.
    private func boxes(_ chain: any GridChain, start: [Double], steps: Int) -> [TensorGrid]? {
        var states = LaneStorage(repeating: start, lanes: 1)
        var boxes: [TensorGrid] = []
        for step in 1...max(1, steps) {
            let next = chain.outcomes(of: states.block, step: step)
            var (lower, upper) = ([Double](), [Double]())
            for variable in 0..<start.count {
                var (least, greatest) = (Double.infinity, -Double.infinity)
                for value in next.block[variable] {
                    guard value.isFinite else { return nil }
                    least = min(least, value)
                    greatest = max(greatest, value)
                }
                lower.append(least)
                upper.append(greatest)
            }
            states = TensorGrid(lower: lower, upper: upper, nodes: 5).states()
            boxes.append(TensorGrid(lower: lower, upper: upper, nodes: nodes))
        }
        return boxes
    }

    /// The expectation of the functions after one step from each of the states.
    private func pull(
        _ values: [LaneStorage], through chain: any GridChain, step: Int, from states: LaneBlock, to grid: TensorGrid
    ) -> [LaneStorage] {
        let next = chain.outcomes(of: states, step: step)
        let weights = chain.weights(ofStep: step)
        let results = values.map { _ in LaneStorage(variables: 1, lanes: states.lanes) }
        let parts = min(states.lanes, 4 * threads)
        DispatchQueue.concurrentPerform(iterations: parts) { part in
            let rows = LaneStorage(variables: grid.dimension, lanes: grid.nodes)
            let scratch = LaneStorage(variables: 1, lanes: max(1, grid.count / grid.nodes))
            for lane in part * states.lanes / parts..<(part + 1) * states.lanes / parts {
                for (outcome, weight) in weights.enumerated() {
                    for axis in 0..<grid.dimension {
                        let target = next.block.base[axis * next.block.lanes + outcome * states.lanes + lane]
                        grid.fillRow(rows.block.base + axis * grid.nodes, axis: axis, at: target)
                    }
                    for (function, result) in zip(values, results) {
                        result.block.base[lane] +=
                            weight
                            * grid.value(
                                of: function.block.base, rows: rows.block.base, scratch: scratch.block.base)
                    }
                }
            }
        }
        return results
    }
}
