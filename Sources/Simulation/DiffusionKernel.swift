import Compilation

/// The coefficients of `dX = b(X, t) dt + sqrt(eta) s(X, t) dW` on many paths at once.
///
/// Every coordinate has its own Brownian motions, `columnCount` of them; `s` has no entries between coordinates unless
/// `couplesCoordinates`.
public protocol DiffusionKernel: Sendable {
    /// The step size `eta` of the optimizer.
    var stepSize: Double { get }

    /// The number of coordinates.
    var dimension: Int { get }

    /// The number of states of a coordinate.
    var stateCount: Int { get }

    /// The number of Brownian motions of a coordinate; 0 for an ordinary differential equation.
    var columnCount: Int { get }

    /// Whether `s` has entries between coordinates; only `advance` knows them then.
    var couplesCoordinates: Bool { get }

    /// What is known of the coefficients; ``ModelForm/general`` by default.
    var form: ModelForm { get }

    /// Evaluates the drift and the factor of the diffusion; every entry is to be written, zeros too.
    ///
    /// - Parameters:
    ///   - states: the states of every lane.
    ///   - time: the time `t`.
    ///   - drift: receives `b`, laid out as the states are.
    ///   - factor: receives `s`, without `sqrt(eta)`: entry (state `a`, column `c`) of coordinate `i` is variable
    ///     `(a * columnCount + c) * dimension + i`.
    func evaluate(_ states: LaneBlock, time: Double, drift: LaneBlock, factor: LaneBlock)

    /// The factor of the diffusion alone.
    func evaluateFactor(_ states: LaneBlock, time: Double, factor: LaneBlock)

    /// One step of the scheme of Euler and Maruyama: `X + b dt + sqrt(eta dt) s Z`.
    ///
    /// - Parameters:
    ///   - normals: standard normal numbers, that of column `c` of coordinate `i` in variable `c * dimension + i`.
    ///   - length: the step `dt` in time.
    ///   - scratch: memory of `scratchCount` variables, of any values.
    func advance(_ states: LaneBlock, normals: LaneBlock, time: Double, by length: Double, scratch: LaneBlock)

    /// The number of variables of memory that a step needs.
    var scratchCount: Int { get }
}

extension DiffusionKernel {
    public var couplesCoordinates: Bool { false }
    public var form: ModelForm { .general }
    public var variableCount: Int { stateCount * dimension }
    var brownianCount: Int { columnCount * dimension }
    var factorCount: Int { stateCount * columnCount * dimension }

    public func evaluateFactor(_ states: LaneBlock, time: Double, factor: LaneBlock) {
        let drift = LaneStorage(uninitializedVariables: variableCount, lanes: states.lanes)
        evaluate(states, time: time, drift: drift.block, factor: factor)
    }

    public var scratchCount: Int { (stateCount + stateCount * columnCount) * dimension }

    public func advance(
        _ states: LaneBlock, normals: LaneBlock, time: Double, by length: Double, scratch: LaneBlock
    ) {
        let (drift, factor) = scratch.split(at: variableCount)
        evaluate(states, time: time, drift: drift, factor: factor)
        for index in states.values.indices { states.values[index] += drift.values[index] * length }
        let amplitude = (stepSize * length).squareRoot()
        for state in 0..<stateCount {
            for column in 0..<columnCount {
                for coordinate in 0..<dimension {
                    let values = states[state * dimension + coordinate]
                    let entry = factor[(state * columnCount + column) * dimension + coordinate]
                    let normal = normals[column * dimension + coordinate]
                    for lane in values.indices { values[lane] += amplitude * entry[lane] * normal[lane] }
                }
            }
        }
    }

    /// Drift and factor at one state.
    func coefficients(at states: [Double], time: Double) -> (drift: [Double], factor: [Double]) {
        let position = LaneStorage(repeating: states, lanes: 1)
        let drift = LaneStorage(variables: variableCount, lanes: 1)
        let factor = LaneStorage(variables: factorCount, lanes: 1)
        evaluate(position.block, time: time, drift: drift.block, factor: factor.block)
        return (Array(drift.block.values), Array(factor.block.values))
    }
}

/// A model given as a closure.
public struct ClosureDiffusion: DiffusionKernel {
    public typealias Body =
        @Sendable (_ states: LaneBlock, _ time: Double, _ drift: LaneBlock, _ factor: LaneBlock) -> Void

    public let stepSize: Double
    public let dimension: Int
    public let stateCount: Int
    public let columnCount: Int
    public let form: ModelForm
    private let body: Body

    public init(
        stepSize: Double, dimension: Int, stateCount: Int, columnCount: Int, form: ModelForm = .general,
        _ body: @escaping Body
    ) {
        self.stepSize = stepSize
        self.dimension = dimension
        self.stateCount = stateCount
        self.columnCount = columnCount
        self.form = form
        self.body = body
    }

    public func evaluate(_ states: LaneBlock, time: Double, drift: LaneBlock, factor: LaneBlock) {
        body(states, time, drift, factor)
    }
}
