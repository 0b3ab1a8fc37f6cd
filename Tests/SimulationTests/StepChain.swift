@testable import Simulation

/// A step of an integrator as a chain, with a three-point law for its normal numbers: expectations without sampling.
struct StepChain: GridChain {
    private let model: any DiffusionKernel
    private let step: any IntegratorStep
    private let length: Double
    private let draws: [(values: [Double], weight: Double)]

    init(_ scheme: IntegrationScheme, of model: any DiffusionKernel, steps: Int, horizon: Double) throws {
        self.model = model
        length = horizon / Double(steps)
        step = try scheme.step(of: model, length: length)
        let increments = PointLaw.gaussian.product(model.brownianCount)
        let auxiliary =
            scheme == .linear
            ? PointLaw.gaussian.product(step.auxiliaryCount)
            : (0..<step.auxiliaryCount).reduce([([], 1)]) { product, _ in
                product.flatMap { [($0.values + [-1], $0.weight / 2), ($0.values + [1], $0.weight / 2)] }
            }
        draws = increments.flatMap { increment in
            auxiliary.map { (increment.values + $0.values, increment.weight * $0.weight) }
        }
    }

    func weights(ofStep step: Int) -> [Double] { draws.map(\.weight) }

    func outcomes(of states: LaneBlock, step number: Int) -> LaneStorage {
        let result = states.repeated(draws.count)
        let lanes = result.block.lanes
        let normals = LaneStorage(variables: model.brownianCount + step.auxiliaryCount, lanes: lanes)
        for (outcome, draw) in draws.enumerated() {
            for (component, value) in draw.values.enumerated() {
                (normals.block.base + component * lanes + outcome * states.lanes)
                    .update(repeating: value, count: states.lanes)
            }
        }
        let scratch = LaneStorage(variables: step.scratchCount, lanes: lanes)
        step.advance(
            result.block, normals: normals.block, time: Double(number - 1) * length, by: length, scratch: scratch.block)
        return result
    }
}
