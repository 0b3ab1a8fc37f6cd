/// The coefficients of `dX = b(X, t) dt + sqrt(eta) s(X, t) dW` on many paths at once.
///
/// Every coordinate has its own Brownian motions, `columnCount` of them; `s` has no entries between coordinates.
public protocol DiffusionKernel: Sendable {
    /// The number of coordinates.
    var dimension: Int { get }

    /// The number of states of a coordinate.
    var stateCount: Int { get }

    /// The number of Brownian motions of a coordinate; 0 for an ordinary differential equation.
    var columnCount: Int { get }

    /// Evaluates the drift and the factor of the diffusion.
    ///
    /// - Parameters:
    ///   - states: the states of every lane.
    ///   - time: the time `t`.
    ///   - drift: receives `b`, laid out as the states are.
    ///   - factor: receives `s`, without `sqrt(eta)`: entry (state `a`, column `c`) of coordinate `i` is variable
    ///     `(a * columnCount + c) * dimension + i`.
    func evaluate(_ states: LaneBlock, time: Double, drift: LaneBlock, factor: LaneBlock)
}

extension DiffusionKernel {
    public var variableCount: Int { stateCount * dimension }
    var brownianCount: Int { columnCount * dimension }
    var factorCount: Int { stateCount * columnCount * dimension }
}

/// A model given as a closure.
public struct ClosureDiffusion: DiffusionKernel {
    public let dimension: Int
    public let stateCount: Int
    public let columnCount: Int
    private let body: @Sendable (_ states: LaneBlock, _ time: Double, _ drift: LaneBlock, _ factor: LaneBlock) -> Void

    public init(
        dimension: Int, stateCount: Int, columnCount: Int,
        _ body:
            @escaping @Sendable (_ states: LaneBlock, _ time: Double, _ drift: LaneBlock, _ factor: LaneBlock) -> Void
    ) {
        self.dimension = dimension
        self.stateCount = stateCount
        self.columnCount = columnCount
        self.body = body
    }

    public func evaluate(_ states: LaneBlock, time: Double, drift: LaneBlock, factor: LaneBlock) {
        body(states, time, drift, factor)
    }
}

/// The ordinary differential equation `dX = b dt` that keeps a model's drift and drops its noise.
public struct NoiselessModel: DiffusionKernel {
    private let model: any DiffusionKernel

    public init(_ model: any DiffusionKernel) { self.model = model }

    public var dimension: Int { model.dimension }
    public var stateCount: Int { model.stateCount }
    public var columnCount: Int { 0 }

    public func evaluate(_ states: LaneBlock, time: Double, drift: LaneBlock, factor: LaneBlock) {
        let discarded = LaneStorage(variables: model.factorCount, lanes: states.lanes)
        model.evaluate(states, time: time, drift: drift, factor: discarded.block)
    }
}
