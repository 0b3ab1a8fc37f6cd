import Numerics

/// The weak errors at one step size, from paths in batches, in memory that does not grow with their number.
struct PathComparison: Sendable {
    /// Paths that are in memory at a time. Part of the definition of the results: sums are rounded batch by batch.
    private static let batch = 1 << 15

    private let sampler: PathSampler
    private let design: WeakErrorPilot.Design
    private let plannedPaths: Int
    private let halfwidth: Double?

    /// - Parameter halfwidth: what the intervals are to reach, with more paths than planned where a pilot was too hopeful.
    init(_ sampler: PathSampler, _ design: WeakErrorPilot.Design, paths: Int, halfwidth: Double?) {
        self.sampler = sampler
        self.design = design
        plannedPaths = paths
        self.halfwidth = halfwidth
    }

    /// The number of paths that the half-width takes by the variance of those that were run; `nil` where it is reached, or
    /// no more may be run.
    private func extended(_ totals: [Totals], beyond paths: Int) -> Int? {
        let widest = totals.reduce(0) { max($0, $1.error.halfwidth95) }
        let largest = sampler.settings.paths
        guard let halfwidth, widest > halfwidth, paths < largest else { return nil }
        let count = 1.02 * Double(paths) * (widest / halfwidth) * (widest / halfwidth)
        return max(paths + 2, Int(min(count.rounded(.up), Double(largest))))
    }

    /// Running moments for a test function.
    private struct Totals {
        var optimizer = StreamingMoments()
        var model = StreamingMoments()
        var coupled = StreamingMoments()
        var optimizerRest = StreamingMoments()
        var modelRest = StreamingMoments()
        var error = StreamingMoments()
        var bias = StreamingMoments()

        /// Whether the integrator's bias does not show beside the interval, or beside the error where paths have hardly any
        /// noise, or in the rounding of the expectations.
        var isSettled: Bool {
            let visible = max(0.25 * error.halfwidth95, 1e-4 * error.mean.magnitude, 1e-11 * modelRest.mean.magnitude)
            return bias.mean.magnitude <= visible
        }
    }

    /// One entry for each test function; `nil` after a cancellation.
    func entries(progress: (Double) -> Void) throws(SimulationError) -> [WeakErrorResult.Entry]? {
        var integrator = design.integrator
        var paths = plannedPaths
        while true {
            let totals: [Totals]
            do {
                guard let finished = try self.totals(integrator, paths, progress) else { return nil }
                totals = finished
            } catch {
                // Steps that are too coarse for some path say nothing of the model.
                guard error.isBlowUp(of: "optimizer") == false,
                    let finer = integrator.refined(maximum: sampler.settings.maximumSubsteps)
                else { throw error }
                integrator = finer
                continue
            }
            let isSettled = totals.allSatisfy(\.isSettled)
            if !isSettled, let finer = integrator.refined(maximum: sampler.settings.maximumSubsteps) {
                integrator = finer
                continue
            }
            if let count = extended(totals, beyond: paths) {
                paths = count
                continue
            }
            let eta = sampler.instance.stepSize
            let odes = sampler.problem.noiselessValues(
                of: sampler.instance, start: sampler.start, to: Double(sampler.steps) * eta)
            return zip(totals, odes).map { totals, ode in
                WeakErrorResult.Entry(
                    stepSize: eta, steps: sampler.steps, optimizer: totals.optimizerRest.mean,
                    sde: totals.modelRest.mean, ode: ode, halfwidth95: totals.error.halfwidth95,
                    integratorError: totals.bias.mean.magnitude, integrator: integrator.name, variance: report(totals))
            }
        }
    }

    private func totals(
        _ integrator: BiasRemoval, _ paths: Int, _ progress: (Double) -> Void
    ) throws(SimulationError) -> [Totals]? {
        var totals = sampler.problem.tests.map { _ in Totals() }
        // Half of the paths are the other halves of pairs.
        let count = design.reduction.isAntithetic ? (paths + 1) / 2 : paths
        guard count > 0 else { throw .notPositive(name: "the number of paths", value: 0) }
        for first in stride(from: 0, to: count, by: Self.batch) {
            let range = first..<min(count, first + Self.batch)
            let usesControls = design.reduction.usesControls
            guard let plain = try sampler.half(range, integrator, mirrored: false, usesControls) else { return nil }
            var sample = plain
            if design.reduction.isAntithetic {
                guard let other = try sampler.half(range, integrator, mirrored: true, usesControls) else { return nil }
                sample = plain.averaged(with: other)
            }
            for test in totals.indices { add(plain, sample, test, to: &totals[test]) }
            progress(Double(range.upperBound) / Double(count))
        }
        return totals
    }

    /// - Parameters:
    ///   - plain: the paths themselves, for the variances that the methods are measured against.
    ///   - sample: their means with the other halves of pairs, where there are any.
    private func add(_ plain: PathSampler.Sample, _ sample: PathSampler.Sample, _ test: Int, to totals: inout Totals) {
        func moments(_ values: [Double]) -> StreamingMoments {
            values.withUnsafeBufferPointer { StreamingMoments(of: $0) }
        }
        func difference(_ first: [Double], _ second: [Double]) -> StreamingMoments {
            moments(zip(first, second).map { $0 - $1 })
        }
        var (optimizer, model) = (sample.optimizer[test], sample.model[test])
        totals.optimizer.merge(moments(plain.optimizer[test]))
        totals.model.merge(moments(plain.model[test]))
        totals.coupled.merge(difference(plain.model[test], plain.optimizer[test]))
        totals.bias.merge(difference(model, sample.comparison[test]))
        if design.reduction.usesControls {
            optimizer = ControlVariates.rest(optimizer, less: design.optimizerWeights[test], sample.controls)
            model = ControlVariates.rest(model, less: design.modelWeights[test], sample.controls)
        }
        totals.optimizerRest.merge(moments(optimizer))
        totals.modelRest.merge(moments(model))
        totals.error.merge(difference(model, optimizer))
    }

    private func report(_ totals: Totals) -> VarianceReduction.Report {
        let independent = totals.optimizer.variance + totals.model.variance
        let count = totals.error.count * (design.reduction.isAntithetic ? 2 : 1)
        let own = totals.error.variance / Double(totals.error.count)
        return VarianceReduction.Report(
            used: design.reduction, coupling: independent / totals.coupled.variance, byMethod: design.factors,
            total: independent / Double(count) / own, paths: count)
    }
}
