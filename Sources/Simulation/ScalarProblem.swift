/// An optimizer with a single state on one coordinate, as the grid solver needs it.
public struct ScalarOptimizer: Sendable {
    /// A function of position, standardized noise and step index.
    public typealias Function = @Sendable (_ x: Double, _ z: Double, _ step: Int) -> Double

    /// The same of many positions, each with its noise; results are written variable by variable.
    typealias LaneFunction = @Sendable (_ x: LaneBlock, _ z: LaneBlock, _ step: Int, _ result: LaneBlock) -> Void

    public let noise: NoiseMeasure
    /// The next iterate.
    let next: LaneFunction
    /// The arguments of every `sign`, `abs`, `max` and `min` in the update: where one changes its sign as a function of
    /// the noise, the update has a kink or a jump.
    let kinks: LaneFunction
    let kinkCount: Int
    /// Whether the update depends on the step index.
    public let dependsOnStep: Bool

    init(
        noise: NoiseMeasure, next: @escaping LaneFunction, kinks: @escaping LaneFunction, kinkCount: Int,
        dependsOnStep: Bool
    ) {
        self.noise = noise
        self.next = next
        self.kinks = kinks
        self.kinkCount = kinkCount
        self.dependsOnStep = dependsOnStep
    }

    /// An optimizer given as closures.
    public init(noise: NoiseMeasure, next: @escaping Function, kinks: [Function] = [], dependsOnStep: Bool = false) {
        self.init(
            noise: noise, next: Self.laneFunction([next]), kinks: Self.laneFunction(kinks), kinkCount: kinks.count,
            dependsOnStep: dependsOnStep)
    }

    private static func laneFunction(_ functions: [Function]) -> LaneFunction {
        { x, z, step, result in
            for (variable, function) in functions.enumerated() {
                for lane in 0..<x.lanes { result[variable][lane] = function(x.base[lane], z.base[lane], step) }
            }
        }
    }
}

/// The model `dX = b(X, t) dt + sqrt(eta) s(X, t) dW` of one coordinate with a single state, with `S = s^2`.
public struct ScalarDiffusion: Sendable {
    public typealias Function = @Sendable (_ x: Double, _ time: Double) -> Double

    let kernel: any DiffusionKernel
    /// Whether drift or covariance depend on time.
    public let dependsOnTime: Bool

    /// - Parameter kernel: of one coordinate with one state.
    init(_ kernel: any DiffusionKernel, dependsOnTime: Bool) {
        self.kernel = kernel
        self.dependsOnTime = dependsOnTime
    }

    /// A model given as closures.
    ///
    /// - Parameter covariance: `S`, without the factor `eta`; a negative value counts as rounding of 0.
    public init(
        stepSize: Double, drift: @escaping Function, covariance: @escaping Function, dependsOnTime: Bool = false
    ) {
        let kernel = ClosureDiffusion(stepSize: stepSize, dimension: 1, stateCount: 1, columnCount: 1) {
            states, time, b, s in
            for lane in 0..<states.lanes {
                let x = states.base[lane]
                b.base[lane] = drift(x, time)
                s.base[lane] = max(0, covariance(x, time)).squareRoot()
            }
        }
        self.init(kernel, dependsOnTime: dependsOnTime)
    }

    /// The step size `eta` of the optimizer.
    public var stepSize: Double { kernel.stepSize }

    func drift(_ x: Double, _ time: Double) -> Double { kernel.coefficients(at: [x], time: time).drift[0] }
}
