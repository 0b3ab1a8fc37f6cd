import Algebra
import Analysis
import BuiltInRules
import Compilation
import Foundation
import Matching
import Numerics
import Report
import Rules
import Simulation

/// Runs the experiments: rules on landscapes, beside models, with theory from the analysis.
///
/// Models are integrated with dt = eta, as the paper does it, unless the setup says otherwise.
struct Laboratory: Sendable {
    /// Whether runs are cut to a size that takes seconds.
    let isQuick: Bool
    let seed: UInt64
    let threads: Int?
    let cancellation: Cancellation?

    /// An optimizer with numbers for its parameters, on a landscape, from a start.
    struct Setup: Sendable {
        var rule: UpdateRule
        var landscape: Landscape
        /// The curvatures of the landscape, where it is quadratic.
        var curvatures: [Double] = []
        var parameters: [String: Double]
        var start: [Double]
        var steps: Int
        var paths: Int
        var saves = 60
        /// The integrator takes steps of eta/substeps.
        var substeps = 1
    }

    struct Model: Sendable {
        let name: String
        let sde: SDE
    }

    /// The numbers of steps and paths at the size of the laboratory.
    func steps(_ full: Int) -> Int { isQuick ? max(200, full / 5) : full }
    func paths(_ full: Int) -> Int { isQuick ? max(100, full / 5) : full }

    static func rule(_ name: String) throws(ReproductionError) -> UpdateRule {
        do { return try BuiltInRules.rule(named: name) } catch { throw .setup("\(error)") }
    }

    static func derivation(
        _ rule: UpdateRule, _ diffusion: DerivationOptions.Diffusion = .declared,
        _ grading: DerivationOptions.Grading = .leading
    ) throws(ReproductionError) -> Derivation {
        do { return try Derivation(of: rule, options: DerivationOptions(diffusion: diffusion, grading: grading)) } catch
        {
            throw .setup("\(error)")
        }
    }

    static func quadratic(_ curvatures: [Double]) throws(ReproductionError) -> Landscape {
        do { return try .quadratic(curvatures) } catch { throw .setup("\(error)") }
    }

    static func saddle() throws(ReproductionError) -> Landscape {
        do { return try .saddle() } catch { throw .setup("\(error)") }
    }

    /// A built-in published SDE.
    static func published(_ name: String, _ rule: UpdateRule) throws(ReproductionError) -> SDE {
        guard let (file, text) = BuiltInRules.publishedModel(named: name) else { throw .setup("no model \(name)") }
        return try written(text, rule, file: file)
    }

    /// An SDE written as text.
    static func written(_ text: String, _ rule: UpdateRule, file: String = "sde") throws(ReproductionError) -> SDE {
        do { return try PublishedSDE(parsing: text, for: rule, file: file).sde } catch { throw .setup("\(error)") }
    }

    /// The optimizer and its models, path by path under the same random numbers.
    func comparison(
        _ setup: Setup, _ models: [Model] = [], quantities: [Quantity]? = nil
    ) throws(ReproductionError) -> EnsembleComparison {
        let derivation = try Self.derivation(setup.rule)
        let accepted = Set(setup.parameters.keys)
        let dimension = setup.landscape.dimension
        let initial =
            setup.start + setup.rule.states.dropFirst().flatMap { _ in [Double](repeating: 0, count: dimension) }
        do throws(SimulationError) {
            let kernel = try CompiledOptimizer(
                setup.rule, draw: derivation.draw, on: setup.landscape, parameters: setup.parameters,
                accepting: accepted)
            let optimizer = OptimizerProcess(kernel, noise: kernel.noise, stepSize: kernel.stepSize, seed: seed)
            var compiled: [EnsembleRun.Model] = []
            for model in models {
                let compiledModel: CompiledModel
                do {
                    compiledModel = try model.sde.compiled(
                        on: setup.landscape, parameters: setup.parameters, accepting: accepted, draw: derivation.draw)
                } catch {
                    throw .compilation(error)
                }
                let start = try ModelStart.chosen(
                    for: compiledModel, optimizer: optimizer, initial: initial,
                    stateNames: setup.rule.states.map(\.name))
                let scheme = ModelProcess(
                    compiledModel, name: model.name, substeps: setup.substeps, seed: seed,
                    coupling: start.coupling(of: compiledModel, to: optimizer))
                compiled.append(EnsembleRun.Model(scheme, start: start))
            }
            let run = EnsembleRun(
                paths: 0..<setup.paths, steps: setup.steps, saves: setup.saves, threads: threads,
                cancellation: cancellation)
            let result = try run.comparison(
                of: compiled, beside: optimizer, from: initial,
                quantities: quantities ?? [Quantity.loss(setup.landscape)])
            guard result.isComplete else { throw .cancelled }
            return result
        } catch {
            if case .cancelled = error { throw .cancelled }
            throw .setup("\(error)")
        }
    }

    /// The stationary variance of the position for each curvature, by the analysis of the full model.
    static func stationaryVariances(_ setup: Setup) throws(ReproductionError) -> [Double] {
        let derivation = try derivation(setup.rule, .full)
        do {
            let law = try StationaryLaw(of: QuadraticModel(of: ModelAnalysis(of: derivation)))
            return setup.curvatures.map { curvature in
                law.variance.evaluated { symbol in
                    symbol.name == QuadraticModel.curvature.name
                        ? curvature
                        : setup.parameters[symbol.name]
                            ?? derivation.sde.defaultValues[symbol.name] ?? .nan
                }
            }
        } catch {
            throw .setup("\(error)")
        }
    }

    /// The loss on the quadratic that the stationary variances make.
    static func stationaryLoss(_ setup: Setup) throws(ReproductionError) -> Double {
        zip(setup.curvatures, try stationaryVariances(setup)).reduce(0) { $0 + $1.0 * $1.1 / 2 }
    }
}

/// Why an experiment has no result.
public enum ReproductionError: Error, Sendable, CustomStringConvertible {
    case setup(String)
    /// A file could not be written.
    case file(String)
    case cancelled

    public var description: String {
        switch self {
        case .setup(let reason), .file(let reason): reason
        case .cancelled: "stopped before the figure was finished"
        }
    }
}
