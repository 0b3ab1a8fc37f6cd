import Algebra
import ExactNumbers

/// The sizes of the quantities of a model as the step size goes to zero, and the time scale that follows from them.
///
/// Every quantity q of size `eta^w` is `eta^w` times a quantity of order 1. In these the position moves by an amount of
/// order 1 within `eta^-tau` steps, so that one step takes the time `h = eta^tau`; the model keeps what matters on this
/// time, and is written in the original quantities, with one step per eta of its own time t.
public struct Regime: Hashable, Sendable {
    /// Where a size comes from.
    public enum Origin: String, Hashable, Sendable {
        /// The rule declares it.
        case declared
        /// It was asked for.
        case requested
        /// The terms that drive a state balance those that damp it.
        case balance
    }

    public struct Quantity: Hashable, Sendable {
        public let symbol: Symbol
        /// The quantity is O(eta^size).
        public let size: Weight
        public let origin: Origin
    }

    /// What the model leaves out since it is small on the time of the model.
    public struct Omission: Hashable, Sendable {
        /// The coefficient that it would belong to, `b[v]` or `S[x,v]`.
        public let coefficient: String
        public let expression: Expression
        /// What it contributes to a moment of one step, relative to the size of the states, is O(eta^weight).
        public let weight: Weight
        /// For which zeta weak order 1 on the time of the model tolerates the loss.
        public let tolerated: Weight.Range
    }

    /// The quantities that are not of order 1, and all states that a size was found for.
    public let quantities: [Quantity]
    /// tau: the position moves by an amount of order 1 within eta^-tau steps.
    public let stepTime: Rational
    public let omissions: [Omission]
    /// Whether the noise acts on the time of the position, and is no small perturbation of the drift.
    public let hasNoiseOfOrderOne: Bool
    /// The time in which the drift moves the position; nil where it does not to the order considered.
    public let driftTime: Rational?
    /// States whose own time differs from that of the position, with that time.
    public let otherTimes: [OtherTime]

    /// A state that relaxes within eta^-time steps while the position moves within eta^-stepTime.
    public struct OtherTime: Hashable, Sendable {
        public let state: Symbol
        /// nil where the state does not move to the order considered.
        public let time: Rational?

        /// Whether the state is faster than the position.
        public func isFast(_ stepTime: Rational) -> Bool { time.map { $0 < stepTime } ?? false }
    }

    /// The same where nothing is left out.
    var withoutOmissions: Regime {
        Regime(
            quantities: quantities, stepTime: stepTime, omissions: [], hasNoiseOfOrderOne: hasNoiseOfOrderOne,
            driftTime: driftTime, otherTimes: otherTimes)
    }

    /// The sizes that are not O(1), by symbol.
    var sizes: [Symbol: Weight] {
        Dictionary(uniqueKeysWithValues: quantities.filter { !$0.size.isZero }.map { ($0.symbol, $0.size) })
    }

    /// The size of one symbol.
    func size(of symbol: Symbol) -> Weight { quantities.first { $0.symbol == symbol }?.size ?? .zero }

    /// Whether the drift of the position and all other states act on one and the same time.
    public var isDistinguished: Bool { otherTimes.isEmpty && driftTime == stepTime }
}
