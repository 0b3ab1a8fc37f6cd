import Dispatch
import Foundation

/// Expectations of a smooth chain with two or three variables (or one), computed on grids without sampling.
///
/// From a single start the chain can only reach a bounded set in a number of steps. A first pass finds, step by
/// step, the box around everything that the points of the box before can reach. A second one carries the law of the state, as
/// signed weights at the Chebyshev points of each box under which every function has the expectation of the polynomial through
/// its values there: the transpose of carrying one function backward, and as much work for any number of them. No boundary is
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
    /// - Complexity: O(outcomes nodes^(2 D)) a step for `D` variables.
    func expectations(
        of tests: [Quantity], chain: any GridChain, start: [Double], steps: Int, endTime: Double,
        cancellation: Cancellation?
    ) -> [Double]? {
        guard let boxes = boxes(chain, start: start, steps: steps) else { return nil }
        var states = LaneStorage(repeating: start, lanes: 1)
        var weights = LaneStorage(repeating: [1], lanes: 1)
        for (index, box) in boxes.enumerated() {
            if let cancellation, cancellation.isCancelled { return nil }
            weights = push(weights.block, through: chain, step: index + 1, from: states.block, to: box)
            states = box.states()
        }
        let results = tests.map { test in
            let values = LaneStorage(variables: 1, lanes: states.block.lanes)
            test.body(states.block, endTime, values.block.values)
            return zip(values.block.values, weights.block.values).reduce(0) { $0 + $1.0 * $1.1 }
        }
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

    /// The parts in which a step is done, whatever the number of threads: their sums are added in this order.
    private static let parts = 8

    /// The weights after a step.
    private func push(
        _ weights: LaneBlock, through chain: any GridChain, step: Int, from states: LaneBlock, to grid: TensorGrid
    ) -> LaneStorage {
        let probabilities = chain.weights(ofStep: step)
        let parts = min(states.lanes, Self.parts)
        let sums = LaneStorage(variables: parts, lanes: grid.count)
        let workers = min(parts, threads)
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            let spreading = TensorSpreading(grid)
            for part in stride(from: worker, to: parts, by: workers) {
                let sum = sums.block.base + part * grid.count
                let lanes = part * states.lanes / parts..<(part + 1) * states.lanes / parts
                let from = states.lanes(lanes)
                let next = withExtendedLifetime(from) { chain.outcomes(of: from.block, step: step) }
                for (place, lane) in lanes.enumerated() {
                    for (outcome, probability) in probabilities.enumerated() {
                        spreading.add(
                            probability * weights.base[lane], at: next.block.base + outcome * lanes.count + place,
                            stride: next.block.lanes, to: sum)
                    }
                }
                spreading.flush(to: sum)
            }
        }
        let result = LaneStorage(variables: 1, lanes: grid.count)
        for part in 0..<parts {
            for (lane, value) in sums.block[part].enumerated() { result.block.base[lane] += value }
        }
        return result
    }
}
