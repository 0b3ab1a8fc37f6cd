import Algebra
import Rules

/// A stochastic differential equation dY = b(Y, t) dt + sqrt(eta) s(Y, t) dW, written for one coordinate.
///
/// Every coordinate `i` has the same equations, in its own states, its own component `d_i f` of the gradient and its own
/// noise scale `sigma_i`; coordinates meet through the gradient and, at order 2, through sums over the Hessian. The
/// Brownian motions of different coordinates are independent unless ``crossCovariance`` says otherwise.
public struct SDE: Sendable, Hashable {
    /// The step size eta of the optimizer, the small parameter.
    public let stepSize: Symbol
    /// The time t.
    public let time: Symbol
    /// The states of coordinate `i`; the first is the position.
    public let states: [Symbol]
    /// The drift b of each state.
    public let drift: [Expression]
    /// The covariance S = s s^T of the states, without the factor eta.
    public let covariance: [[Expression]]
    /// The diffusion s, a row for each state and a column for each Brownian motion of the coordinate.
    public let diffusion: [[Expression]]
    /// The covariance S[a_i, c_j] of state `a` of coordinate `i` with state `c` of any other coordinate `j`, in the free
    /// indices `i` and `j`; empty where it is zero. Exchanging `i` and `j` transposes it.
    ///
    /// Where it is not empty ``diffusion`` factors the covariance of one coordinate only, and s is a factor of the whole
    /// matrix, which has no closed form.
    public let crossCovariance: [[Expression]]
    /// The values of parameters where none are given, by name.
    public let defaultValues: [String: Double]
    /// What was averaged over, and the functions that this gave rise to; nil where no state is fast.
    public let averages: Averages?

    public init(
        stepSize: Symbol, time: Symbol, states: [Symbol], drift: [Expression], covariance: [[Expression]],
        diffusion: [[Expression]], crossCovariance: [[Expression]] = [], defaultValues: [String: Double] = [:],
        averages: Averages? = nil
    ) {
        self.stepSize = stepSize
        self.time = time
        self.states = states
        self.drift = drift
        self.covariance = covariance
        self.diffusion = diffusion
        self.crossCovariance = crossCovariance.allSatisfy { $0.allSatisfy(\.isZero) } ? [] : crossCovariance
        self.defaultValues = defaultValues
        self.averages = averages
    }

    /// The index of the other coordinate in ``crossCovariance``.
    public static let otherIndex = Index.free(UpdateRule.otherIndex)

    /// Whether the noise of one coordinate goes along with that of another.
    public var couplesCoordinates: Bool { !crossCovariance.isEmpty }
}

extension Expression {
    /// The expression in which the coordinates `i` and `j` have changed places.
    ///
    /// A quantity of a pair, such as the correlation `r_ij`, does not know an order.
    package var exchangingCoordinates: Expression {
        let (own, other) = (UpdateRule.index, SDE.otherIndex)
        let exchanged = mapIndices { $0 == .free(own) ? other : $0 == other ? .free(own) : $0 }
        return exchanged.replacing { node in
            guard let symbol = node.symbol, symbol.indices == [other, .free(own)] else { return nil }
            return Expression(symbol.mapIndices { $0 == other ? .free(own) : other })
        }
    }
}
