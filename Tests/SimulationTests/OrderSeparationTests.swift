import Foundation
import Numerics
import Synchronization
import Testing

@testable import Simulation

/// As many paths as tell a fitted order from the next one.
struct OrderSeparationTests {
    private func point(
        _ stepSize: Double, error: Double, halfwidth: Double = 0, variance: Double = 1, work: Double = 1
    ) -> OrderSeparation.Point {
        OrderSeparation.Point(
            stepSize: stepSize, error: error, halfwidth: halfwidth, variance: variance, work: work)
    }

    /// The variance of the slope of an unweighted regression of log |error| on log step size.
    private func slopeVariance(_ points: [OrderSeparation.Point], _ counts: [Double]) -> Double {
        let x = points.map { log($0.stepSize) }
        let centre = x.reduce(0, +) / Double(x.count)
        let spread = x.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
        return points.indices.reduce(0) { sum, i in
            let weight = (x[i] - centre) / spread
            return sum + weight * weight * points[i].variance / (points[i].error * points[i].error * counts[i])
        }
    }

    @Test func `the planned paths give the slope the half-width 1/4, at the least work`() {
        // So close together that the slope takes more paths than it takes to see the errors.
        let points = [0.2, 0.18, 0.16, 0.14].map { point($0, error: $0, variance: 3, work: 1 / $0) }
        let counts = OrderSeparation.pathCounts(points, order: 1)
        #expect(abs(1.96 * slopeVariance(points, counts).squareRoot() - 0.25) < 1e-12)
        // Neyman's counts are a minimum of the work: moving paths from one step size to another at the same variance costs
        // more.
        func work(_ counts: [Double]) -> Double { zip(counts, points).reduce(0) { $0 + $1.0 * $1.1.work } }
        let floor = points.map { (2 * 1.96) * (2 * 1.96) * $0.variance / ($0.error * $0.error) }
        #expect(zip(counts, floor).allSatisfy { $0 > $1 })
        for (i, j) in [(0, 3), (3, 0)] {
            var moved = counts
            moved[i] *= 1.05
            let excess = slopeVariance(points, moved) - slopeVariance(points, counts)
            #expect(excess < 0)
            var (low, high) = (0.5 * counts[j], counts[j])
            for _ in 0..<60 {
                moved[j] = 0.5 * (low + high)
                if slopeVariance(points, moved) > slopeVariance(points, counts) {
                    low = moved[j]
                } else {
                    high = moved[j]
                }
            }
            #expect(work(moved) > work(counts))
        }
    }

    @Test func `an error that the pilot does not see is taken to fall at the claimed order`() {
        let seen = [point(0.2, error: 0.04), point(0.1, error: 0.01), point(0.05, error: 0.0025)]
        let guessed = [seen[0], point(0.1, error: 0.1, halfwidth: 0.09), point(0.05, error: -0.001, halfwidth: 0.002)]
        #expect(
            zip(OrderSeparation.pathCounts(seen, order: 2), OrderSeparation.pathCounts(guessed, order: 2))
                .allSatisfy { abs($0 / $1 - 1) < 1e-12 })
        let unseen = OrderSeparation.pathCounts([point(0.2, error: 0), point(0.1, error: 1, halfwidth: 1)], order: 1)
        #expect(unseen == [.infinity, .infinity])
    }

    /// SGD on x^2/2, whose error is of order 1.
    private func problem(_ etas: [Double]) -> WeakErrorProblem {
        let instances = etas.map { eta in
            let process = LinearProcess(curvatures: [1], sigma: 0.5, eta: eta)
            return WeakErrorProblem.Instance(
                stepSize: eta, optimizer: process.optimizer, model: process.model, baseline: process.model)
        }
        return WeakErrorProblem(
            instances: instances, initial: [1], horizon: 1, tests: [WeakErrorProblem.Test(LinearProcess.loss)],
            claimedOrder: 1, stateNames: ["x"])
    }

    @Test func `the order of SGD is told from the next one with the paths that were announced`() throws {
        let plans = Mutex<[WeakErrorPlan]>([])
        var check = WeakError(paths: 1_000_000, choice: .sampled)
        check.separatesOrders = true
        check.announce = { plan in plans.withLock { $0.append(plan) } }
        let result = try #require(try check.results(of: problem([0.2, 0.1, 0.05])).first)
        let plan = try #require(plans.withLock { $0 }.first)
        #expect(plan.goal == .separation)
        #expect(zip(result.entries, plan.pathCounts).allSatisfy { ($0.variance?.paths ?? 0) >= $1 })
        let fit = try #require(result.fit)
        #expect(fit.low < 1.1 && fit.high > 0.9 && fit.high - fit.low < 1)
        #expect(result.verdict == .supports)
    }

    @Test func `where there is no error to be seen no paths are planned`() throws {
        // At dt = eta Euler's scheme is the optimizer itself.
        var check = WeakError(paths: 10_000, integration: .fixed(substeps: 1), choice: .sampled)
        check.separatesOrders = true
        let problem = problem([0.2, 0.1])
        #expect {
            try check.results(of: problem)
        } throws: { error in
            if case SimulationError.errorNotSeen(let stepSize, _, let paths) = error {
                stepSize == 0.2 && paths <= 10_000
            } else {
                false
            }
        }
    }

    @Test func `more paths than may be run are refused`() throws {
        var check = WeakError(paths: 200, choice: .sampled)
        check.separatesOrders = true
        check.reduction = VarianceReduction.none
        let problem = problem([0.2, 0.1])
        #expect {
            try check.results(of: problem)
        } throws: { error in
            if case SimulationError.tooManyPaths(let plan, largest: 200) = error {
                plan.paths > 200 && plan.halfwidth(with: 200) == nil
            } else {
                false
            }
        }
    }
}
