import Algebra
import BuiltInRules
import Compilation
import Matching
import Numerics
import Testing

import func Foundation.exp

@testable import Simulation

/// Fewer paths for the same interval, and the same error.
struct VarianceReductionTests {
    /// SGD on x^2/2 with the loss as the test function, whose errors are known.
    private func linearProblem(_ etas: [Double]) -> WeakErrorProblem {
        let instances = etas.map { eta in
            let process = LinearProcess(curvatures: [1], sigma: 0.5, eta: eta)
            return WeakErrorProblem.Instance(
                stepSize: eta, optimizer: process.optimizer, model: process.model, baseline: process.model)
        }
        return WeakErrorProblem(
            instances: instances, initial: [1], horizon: 1, tests: [WeakErrorProblem.Test(LinearProcess.loss)],
            claimedOrder: 1, stateNames: ["x"])
    }

    private func exactError(_ eta: Double) -> Double {
        var optimizer = 1.0
        for _ in 0..<Int((1 / eta).rounded()) { optimizer = (1 - eta) * (1 - eta) * optimizer + eta * eta * 0.25 }
        let sde = exp(-2.0) + eta * 0.25 * (1 - exp(-2.0)) / 2
        return (sde - optimizer) / 2
    }

    /// SignSGD on x^2/2 with its model, for the grid solver and for sampling.
    private func signProblem(_ etas: [Double], formula: WeakErrorProblem.Test? = nil) -> WeakErrorProblem {
        let instances = etas.map { eta in
            let sign = SignDescent(sigma: 0.5, eta: eta)
            let scalar = sign.model(order: 1)
            let model = ClosureDiffusion(
                stepSize: eta, dimension: 1, stateCount: 1, columnCount: 1,
                form: ModelForm(noise: .local, commutes: true, isLinear: false)
            ) { scalar.kernel.evaluate($0, time: $1, drift: $2, factor: $3) }
            let optimizer = ClosureOptimizer(variableCount: 1, noiseCount: 1) { states, noise, _ in
                let (x, z) = (states[0], noise[0])
                for lane in x.indices { x[lane] -= x[lane] + 0.5 * z[lane] < 0 ? -eta : eta }
            }
            return WeakErrorProblem.Instance(
                stepSize: eta, optimizer: optimizer, model: model, baseline: model,
                scalar: WeakErrorProblem.Scalar(
                    optimizer: sign.optimizer, model: scalar, baseline: scalar))
        }
        let test = WeakErrorProblem.Test(
            Quantity("x^2") { states, _, values in
                for lane in values.indices { values[lane] = states[0][lane] * states[0][lane] }
            }
        ) { $0 * $0 }
        return WeakErrorProblem(
            instances: instances, initial: [0.8], horizon: 1, tests: [formula ?? test], claimedOrder: 1,
            stateNames: ["x"])
    }

    /// Of three votes a single one decides nothing while the others agree: its effect is 0 but for the rounding of its mean.
    @Test func `a control that is rounding alone takes no part`() throws {
        let landscape = try Landscape.quadratic([1])
        let problem = try WeakErrorProblem(
            of: Derivation(of: BuiltInRules.rule(named: "majorityvote")), on: landscape,
            settings: [["eta": 0.025, "sigma": 0.2]], initial: [0.8], horizon: 0.5, tests: [.loss(on: landscape)])
        let entries = try [VarianceReduction.none, .control].map { reduction in
            let results = try WeakError(paths: 2000, reduction: reduction).results(of: problem)
            return try #require(results.first?.entries.first)
        }
        #expect(abs(entries[0].optimizer - entries[1].optimizer) < 5 * entries[0].halfwidth95)
        #expect(NormalBins.fine.centred(Array(repeating: 0.775, count: 256)).allSatisfy { $0 == 0 })
    }

    @Test(arguments: VarianceReduction.allCases)
    func `every method agrees with the exact errors of SGD within its interval`(_ reduction: VarianceReduction) throws {
        let problem = linearProblem([0.2, 0.1])
        let check = WeakError(paths: 4096, reduction: reduction, choice: .sampled)
        let result = try #require(try check.results(of: problem).first)
        for entry in result.entries {
            let distance = abs(entry.error - exactError(entry.stepSize))
            // Three standard errors, of ten comparisons in all.
            #expect(distance <= 1.6 * entry.halfwidth95 + entry.integratorError, "\(reduction): \(entry)")
            #expect(entry.variance?.used == reduction)
        }
    }

    /// The error of SignSGD at eta = 0.1, made once for all methods.
    private static let signErrorOnGrid = try? WeakError(solver: DeterministicSolver(tolerance: 1e-8))
        .results(of: VarianceReductionTests().signProblem([0.1])).first?.entries[0].error

    @Test(arguments: VarianceReduction.allCases)
    func `every method agrees with the grid solver on SignSGD within its interval`(_ reduction: VarianceReduction)
        throws
    {
        let exact = try #require(Self.signErrorOnGrid)
        let check = WeakError(paths: 4096, reduction: reduction, choice: .sampled)
        let entry = try #require(try check.results(of: signProblem([0.1])).first).entries[0]
        #expect(abs(entry.error - exact) <= 1.6 * entry.halfwidth95 + entry.integratorError, "\(entry)")
        #expect(abs(entry.integratorError) < 5 * entry.halfwidth95)
    }

    @Test(arguments: VarianceReduction.allCases)
    func `a test function may be a formula, whatever sums of a control follow the states`(
        _ reduction: VarianceReduction
    ) throws {
        let formula = try WeakErrorProblem.Test(
            "x^2", Expression(parsing: "x1^2"), stateNames: ["x"], dimension: 1)
        let check = WeakError(paths: 4096, reduction: reduction, choice: .sampled)
        let expected = try #require(try check.results(of: signProblem([0.2])).first).entries[0]
        let entry = try #require(try check.results(of: signProblem([0.2], formula: formula)).first).entries[0]
        #expect(abs(entry.optimizer - expected.optimizer) < 1e-12 && abs(entry.sde - expected.sde) < 1e-12)
    }

    @Test func `SignSGD takes less than a tenth of the paths of independent sampling`() throws {
        let result = try #require(
            try WeakError(paths: 4096, choice: .sampled).results(of: signProblem([0.1])).first)
        let report = try #require(result.entries[0].variance)
        #expect(report.total > 10, "\(report)")
        #expect(report.coupling > 1.5)
        // Coupling, the control variates and the whole are measured apart and go together.
        let factor = try #require(report.byMethod[report.used])
        #expect(abs(report.total / (report.coupling * factor) - 1) < 0.4)
    }

    @Test(arguments: [IntegrationScheme.euler, .platen, .linear])
    func `a model without noise is compared as well`(_ scheme: IntegrationScheme) throws {
        let process = LinearProcess(curvatures: [1], sigma: 0.5, eta: 0.2)
        let model = ClosureDiffusion(
            stepSize: 0.2, dimension: 1, stateCount: 1, columnCount: 0,
            form: ModelForm(noise: .additive, commutes: true, isLinear: true)
        ) { states, _, b, _ in
            for lane in 0..<states.lanes { b[0][lane] = -states[0][lane] }
        }
        let problem = WeakErrorProblem(
            instances: [
                WeakErrorProblem.Instance(stepSize: 0.2, optimizer: process.optimizer, model: model, baseline: model)
            ],
            initial: [1], horizon: 1, tests: [WeakErrorProblem.Test(LinearProcess.loss)], claimedOrder: 1,
            stateNames: ["x"])
        let check = WeakError(paths: 4096, scheme: scheme, choice: .sampled)
        let entry = try #require(try check.results(of: problem).first).entries[0]
        #expect(abs(entry.sde - exp(-2.0) / 2) <= entry.halfwidth95 + entry.integratorError, "\(entry)")
    }

    @Test func `without a pilot paths are coupled and no more`() throws {
        let result = try #require(
            try WeakError(paths: 300, choice: .sampled).results(of: linearProblem([0.2])).first)
        let report = try #require(result.entries[0].variance)
        #expect(report.used == .none && report.byMethod.isEmpty && report.paths == 300)
        #expect(abs(report.total / report.coupling - 1) < 1e-9)
    }

    @Test func `antithetic pairs make an odd number of paths even`() throws {
        let result = try #require(
            try WeakError(paths: 301, reduction: .antithetic, choice: .sampled).results(of: linearProblem([0.2])).first)
        #expect(result.entries[0].variance?.paths == 302)
    }

    @Test func `results do not depend on the number of threads`() throws {
        func errors(_ threads: Int) throws -> [Double] {
            let check = WeakError(paths: 5000, reduction: .both, threads: threads, choice: .sampled)
            return try #require(try check.results(of: linearProblem([0.2])).first).entries.flatMap {
                [$0.error, $0.halfwidth95, $0.integratorError]
            }
        }
        #expect(try errors(1) == errors(3))
    }
}

/// The control variates themselves.
struct ControlVariateTests {
    @Test func `a function of the bins has the mean of its probabilities`() {
        for bins in [NormalBins.fine, .coarse] {
            #expect(abs(bins.mean(bins.centres.map { _ in 1 }) - 1) < 1e-14)
            #expect(abs(bins.mean(bins.centres)) < 1e-14)
            // The variance of the centres is that of the normal number but for the width of the bins and the tails.
            let width = bins.centres[1] - bins.centres[0]
            #expect(abs(bins.mean(bins.centres.map { $0 * $0 }) - 1) < width * width / 6 + 2e-4)
            #expect(bins.index(of: bins.centres[7]) == 7)
            #expect(bins.index(of: -50) == 0 && bins.index(of: 50) == bins.count - 1)
        }
    }

    @Test func `the weights of a regression are those of the line that the targets were made with`() {
        let stream = RandomStream(seed: 5)
        let controls = (0..<2).map { component in
            (0..<500).map { stream.normal(path: $0, step: 0, component: component) }
        }
        let target = (0..<500).map { 3 + 2 * controls[0][$0] - 0.5 * controls[1][$0] }
        let weights = ControlVariates.weights(of: [target], on: controls + [controls[0].map { _ in 0 }])
        for (weight, expected) in zip(weights[0], [2, -0.5, 0]) { #expect(abs(weight - expected) < 1e-6) }
        let rest = ControlVariates.rest(target, less: weights[0], controls)
        #expect(rest.allSatisfy { abs($0 - 3) < 1e-5 })
        // Two controls that are the same: any weights that add up will do.
        let same = ControlVariates.weights(of: [target], on: [controls[0], controls[0]])[0]
        #expect(abs(same[0] + same[1] - 2) < 0.2)
    }

    /// x' = x - eta (x + sigma z) with a second state that follows: linear, so that the linearized process is the process.
    private static let optimizer = ClosureOptimizer(variableCount: 2, noiseCount: 1) { states, noise, _ in
        let (x, m, z) = (states[0], states[1], noise[0])
        for lane in x.indices {
            m[lane] = 0.7 * m[lane] + 0.3 * (x[lane] + 0.5 * z[lane])
            x[lane] -= 0.1 * m[lane]
        }
    }

    @Test
    func
        `a linearized process has the mean 0 and the covariance that it claims, and is the process where that is linear`()
        throws
    {
        let process = OptimizerProcess(Self.optimizer, stepSize: 0.1, seed: 8)
        let linear = try #require(LinearizedProcess(of: process, from: [1, 0], completedSteps: 0, steps: 12))
        let paths = 4000
        func values(_ process: some EnsembleProcess, from start: [Double]) throws -> [[Double]] {
            var ensemble = try Ensemble(process, start: start, paths: 0..<paths)
            _ = try ensemble.advance(steps: 12, cancellation: nil)
            return (0..<2).map { ensemble.values(of: .variable($0, named: "")) }
        }
        let (own, other) = (try values(process, from: [1, 0]), try values(linear, from: [0, 0]))
        for variable in 0..<2 {
            let moments = StreamingMoments(other[variable])
            #expect(abs(moments.mean) < 4 * moments.standardError)
            let expected = linear.covariance[variable, variable]
            #expect(abs(moments.variance / expected - 1) < 4 * (2.0 / Double(paths)).squareRoot())
            let mean = StreamingMoments(own[variable]).mean
            let distance = StreamingMoments(zip(own[variable], other[variable]).map { $0 - $1 })
            // Bins of 1/32 leave a part of (1/32)^2/12 of the variance.
            #expect(distance.variance < 2e-4 * expected)
            #expect(abs(distance.mean - mean) < 0.1 * expected.squareRoot())
        }
        // The other half of the pair is the same with the opposite sign.
        let mirrored = try values(linear.mirrored, from: [0, 0])
        for (a, b) in zip(other[0], mirrored[0]) { #expect(abs(a + b) < 1e-12) }
    }

    @Test func `the sums of a martingale control have mean 0 and follow the test function`() throws {
        let process = OptimizerProcess(Self.optimizer, stepSize: 0.1, seed: 8)
        let test = Quantity("x^2 + m") { states, _, values in
            for lane in values.indices { values[lane] = states[0][lane] * states[0][lane] + states[1][lane] }
        }
        let scouts = try Ensemble(process, start: [1, 0], paths: WeakErrorPilot.scouts)
        let control = try #require(MartingaleControl(process, scouts: scouts, steps: 12, tests: [test]))
        let controlled = ControlledProcess(process, stream: process.stream, control: control)
        var ensemble = try Ensemble(controlled, start: [1, 0, 0, 0], paths: 0..<4000)
        _ = try ensemble.advance(steps: 12, cancellation: nil)
        let sums = zip(ensemble.values(of: .variable(2, named: "")), ensemble.values(of: .variable(3, named: ""))).map {
            $0 + $1
        }
        let moments = StreamingMoments(sums)
        #expect(abs(moments.mean) < 4 * moments.standardError)
        let values = ensemble.values(of: test)
        let rest = StreamingMoments(zip(values, sums).map { $0 - $1 })
        #expect(rest.variance < 0.02 * StreamingMoments(values).variance)
    }
}
