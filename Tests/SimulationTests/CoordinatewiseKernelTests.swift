import BuiltInRules
import Compilation
import Matching
import Testing

@testable import Simulation

/// Steps of some coordinates before the others, beside steps of all at once.
struct CoordinatewiseKernelTests {
    /// A model that takes its steps for all coordinates at once.
    struct WholeModel: DiffusionKernel {
        let model: CompiledModel
        var stepSize: Double { model.stepSize }
        var dimension: Int { model.dimension }
        var stateCount: Int { model.stateCount }
        var columnCount: Int { model.columnCount }
        var scratchCount: Int { model.scratchCount }

        func evaluate(_ states: LaneBlock, time: Double, drift: LaneBlock, factor: LaneBlock) {
            model.evaluate(states, time: time, drift: drift, factor: factor)
        }

        func advance(_ states: LaneBlock, normals: LaneBlock, time: Double, by length: Double, scratch: LaneBlock) {
            model.advance(states, normals: normals, time: time, by: length, scratch: scratch)
        }
    }

    /// An optimizer that takes its steps for all coordinates at once.
    struct WholeOptimizer: OptimizerKernel {
        let kernel: CompiledOptimizer
        var variableCount: Int { kernel.variableCount }
        var noiseCount: Int { kernel.noiseCount }

        func advance(_ states: LaneBlock, noise: LaneBlock, step: Int) {
            kernel.advance(states, noise: noise, step: step)
        }
    }

    private static let dimension = 1500
    private static let parameters = ["eta": 0.01, "rho1": 20, "rho2": 1, "sigma": 0.3, "epsilon": 1e-3, "gamma": 0.1]

    private static func landscape() throws -> Landscape {
        try .quadratic((0..<dimension).map { 1 + Double($0 % 7) })
    }

    private static func states(of process: some EnsembleProcess) throws -> [Double] {
        let start = (0..<process.variableCount).map { 0.1 + Double($0 % 11) }
        // Corrections of a bias are singular at time 0.
        var ensemble = try Ensemble(process, start: start, paths: 3..<27, completedSteps: 1, threads: 1)
        _ = try ensemble.advance(steps: 3, cancellation: nil)
        var batch = EnsembleState.Batch(count: 24)
        ensemble.store(in: &batch)
        return batch.states.values
    }

    @Test func `blocks follow each other and hold every coordinate once`() {
        for (dimension, lanes) in [(1, 256), (8192, 1), (1500, 8), (100_000, 16), (3, 10_000)] {
            let blocks = Array(CoordinateBlocks(dimension: dimension, lanes: lanes))
            #expect(blocks.flatMap(Array.init) == Array(0..<dimension))
            #expect(blocks.count == max(1, (dimension * lanes + 8191) / 8192) || lanes > 8192)
        }
    }

    @Test func `an SDE gives the same bits in blocks of coordinates`() throws {
        let derivation = try Derivation(of: BuiltInRules.rule(named: "adamw"))
        let model = try derivation.sde.compiled(
            on: Self.landscape(), parameters: Self.parameters, accepting: Set(Self.parameters.keys))
        #expect(model.isCoordinatewise)
        let inBlocks = try Self.states(of: ModelProcess(model, substeps: 1, seed: 5))
        let atOnce = try Self.states(of: ModelProcess(WholeModel(model: model), substeps: 1, seed: 5))
        #expect(inBlocks == atOnce && inBlocks.allSatisfy(\.isFinite))
    }

    @Test(arguments: ["adamw", "signsgd"])
    func `an optimizer gives the same bits in blocks of coordinates`(name: String) throws {
        let derivation = try Derivation(of: BuiltInRules.rule(named: name))
        let kernel = try CompiledOptimizer(
            derivation.rule, draw: derivation.draw, on: Self.landscape(), parameters: Self.parameters,
            accepting: Set(Self.parameters.keys))
        #expect(kernel.isCoordinatewise)
        let inBlocks = try Self.states(
            of: OptimizerProcess(kernel, noise: kernel.noise, stepSize: kernel.stepSize, seed: 5))
        let atOnce = try Self.states(
            of: OptimizerProcess(
                WholeOptimizer(kernel: kernel), noise: kernel.noise, stepSize: kernel.stepSize, seed: 5))
        #expect(inBlocks == atOnce && inBlocks.allSatisfy(\.isFinite))
    }

    @Test func `a rule whose coordinates meet is not advanced in blocks`() throws {
        let landscape = try Landscape.quadratic([1, 2])
        let derivation = try Derivation(of: BuiltInRules.rule(named: "sam"))
        let kernel = try CompiledOptimizer(
            derivation.rule, draw: derivation.draw, on: landscape, parameters: ["eta": 0.1, "rho": 0.1, "sigma": 1],
            accepting: ["rho", "sigma"])
        #expect(!kernel.isCoordinatewise)
    }
}
