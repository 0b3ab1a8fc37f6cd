import Numerics

/// A few paths of a comparison, apart from those of the result, by which its methods are chosen and its paths planned.
struct WeakErrorPilot: Sendable {
    /// The methods that a comparison is made with.
    struct Design: Sendable {
        var integrator: BiasRemoval
        var reduction = VarianceReduction.none
        /// The weights of the controls for the optimizer and for the model, by test function.
        var optimizerWeights: [[Double]] = []
        var modelWeights: [[Double]] = []
        /// The variance of a coupled path over that with each method.
        var factors: [VarianceReduction: Double] = [:]

        fileprivate init(integrator: BiasRemoval) { self.integrator = integrator }

        /// The methods that need no pilot.
        init(withoutPilot sampler: PathSampler) {
            self.init(
                integrator: WeakErrorPilot.candidates(
                    sampler.settings, sampler.instance.model, jumps: sampler.instance.events != nil)[0])
            reduction = sampler.settings.reduction ?? .none
        }
    }

    /// Beyond the paths of any result.
    static let firstPath = 1 << 40
    static let fewestPairs = 512
    /// Paths that show where paths go, beyond those of the pilot.
    static let scouts = (1 << 41)..<(1 << 41) + 256

    let design: Design
    /// For each test function the variance of the error on a path of the optimizer, by the methods of the design.
    let variances: [Double]
    /// For each test function the error on the pilot's paths, with half its 95% interval.
    let errors: [(mean: Double, halfwidth: Double)]
    /// The number of antithetic pairs.
    let pairs: Int
    /// How long the pilot took for the work of one evaluation of a coefficient.
    let secondsPerUnit: Double
    /// The work of a path by the design.
    let work: Double

    /// What the integrator's bias is made small beside.
    enum Target {
        /// The half-width that `settings.paths` give.
        case paths
        case halfwidth(Double)
        /// A quarter of the error, or of what the pilot does not see of it.
        case error
    }

    /// - Parameter pairs: the number of antithetic pairs.
    /// - Returns: `nil` after a cancellation.
    /// - Throws: ``SimulationError``: a scheme that does not apply, or a blow-up with every step that was tried.
    init?(_ sampler: PathSampler, for target: Target, pairs: Int = fewestPairs) throws(SimulationError) {
        let clock = ContinuousClock()
        let begin = clock.now
        let paths = Self.firstPath..<Self.firstPath + pairs
        self.pairs = pairs
        guard let trials = try Self.trials(sampler, paths) else { return nil }
        let first = trials[0]
        guard
            let mirror = try sampler.half(paths, first.integrator, mirrored: true, true)
        else { return nil }
        let model = sampler.instance.model
        func work(_ reduction: VarianceReduction, _ integrator: BiasRemoval) -> Double {
            1 + integrator.work(of: model) + (reduction.usesControls ? 2 : 0)
        }

        let reductions = Reductions(first.sample, mirror, withControls: sampler.hasControls)
        let reduction = reductions.best(among: sampler.settings.reduction) { work($0, first.integrator) }
        let estimates = reductions.estimates[reduction] ?? []
        errors = zip(estimates, first.sample.optimizer).map { estimate, values in
            let rounding = 1e-13 * max(1, StreamingMoments(values).mean.magnitude)
            return (estimate.mean, 1.96 * (estimate.variance / Double(2 * pairs)).squareRoot() + rounding)
        }
        let halfwidths = zip(estimates, errors).map { estimate, error in
            switch target {
            case .paths: 1.96 * (estimate.variance / Double(max(1, sampler.settings.paths))).squareRoot()
            case .halfwidth(let halfwidth): halfwidth
            case .error: 0.25 * max(error.mean.magnitude, error.halfwidth)
            }
        }
        let settled = trials.map { $0.settled(halfwidths, maximum: sampler.settings.maximumSubsteps) }
        var integrator = settled[0]
        for other in settled.dropFirst() where work(reduction, other) < work(reduction, integrator) {
            integrator = other
        }

        var design = Design(integrator: integrator)
        design.reduction = reduction
        design.optimizerWeights = estimates.map(\.optimizerWeights)
        design.modelWeights = estimates.map(\.modelWeights)
        design.factors = reductions.factors
        self.design = design
        variances = estimates.map(\.variance)
        self.work = work(reduction, integrator) * Double(sampler.steps)
        let done = trials.reduce(work(.both, first.integrator)) { $0 + work(.both, $1.integrator) }
        secondsPerUnit = (clock.now - begin) / .seconds(1) / (done * Double(pairs * sampler.steps))
    }

    /// An integrator with what it makes of the pilot's paths.
    private struct Trial {
        let integrator: BiasRemoval
        let sample: PathSampler.Sample

        /// The coarsest steps at which the bias should be below a quarter of the sampling error; where `maximum` is not
        /// enough, the finest. The distance of two estimates falls with the second power of the step.
        func settled(_ halfwidths: [Double], maximum: Int) -> BiasRemoval {
            var result = integrator
            var distances = zip(sample.model, sample.comparison).map { model, comparison in
                let moments = StreamingMoments(zip(model, comparison).lazy.map { $0 - $1 })
                // What may be chance is left to the result's own paths, which are more.
                return max(0, moments.mean.magnitude - moments.standardError)
            }
            while zip(distances, halfwidths).contains(where: { $0 > 0.25 * $1 }) {
                guard let finer = result.refined(maximum: maximum) else { break }
                result = finer
                distances = distances.map { $0 / 4 }
            }
            return result
        }
    }

    /// Every integrator that may be chosen, with the coarsest steps that do not blow up; `nil` after a cancellation.
    private static func trials(
        _ sampler: PathSampler, _ paths: Range<Int>
    ) throws(SimulationError) -> [Trial]? {
        let settings = sampler.settings
        var result: [Trial] = []
        var failure: SimulationError?
        for candidate in candidates(settings, sampler.instance.model, jumps: sampler.instance.events != nil) {
            var integrator = candidate
            while true {
                do {
                    guard let sample = try sampler.half(paths, integrator, mirrored: false, true) else { return nil }
                    result.append(Trial(integrator: integrator, sample: sample))
                    break
                } catch {
                    guard error.isBlowUp(of: "optimizer") == false else { throw error }
                    failure = failure ?? error
                    guard let finer = integrator.refined(maximum: settings.maximumSubsteps) else { break }
                    integrator = finer
                }
            }
        }
        if result.isEmpty, let failure { throw failure }
        return result
    }

    /// The integrators to try.
    fileprivate static func candidates(
        _ settings: WeakError, _ model: any DiffusionKernel, jumps: Bool
    ) -> [BiasRemoval] {
        if case .fixed(let substeps) = settings.integration {
            return [.fixed(settings.scheme ?? .euler, substeps: substeps)]
        }
        let schemes =
            settings.scheme.map { [$0] }
            ?? (IntegrationScheme.linear.objection(to: model, jumps: jumps) == nil
                ? [.linear]
                : [.euler] + (IntegrationScheme.platen.objection(to: model, jumps: jumps) == nil ? [.platen] : []))
        return schemes.map { .extrapolated($0, base: 1) }
    }
}
