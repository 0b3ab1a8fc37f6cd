import Foundation
import Numerics

/// The order at which errors fall with the step size, with an interval.
public struct OrderFit: Equatable, Sendable {
    public let order: Double
    public let low: Double
    public let high: Double

    /// What an error says against a claimed order.
    public enum Verdict: String, Sendable {
        /// The whole interval is nearer to the claimed order, or above it, than to one order less.
        case supports
        /// The whole interval is nearer to one order less, or below.
        case refutes
        case undecided
    }

    /// An error of a model and what is not known of it.
    struct Point {
        let stepSize: Double
        let error: Double
        /// Half the width of the 95% interval of a sampled error; the solver's own uncertainty of a computed one.
        let halfwidth: Double
    }

    /// What an order of this interval says against a claim. Weak orders are whole numbers; at step sizes that can be
    /// computed the slope is still some tenths off.
    public func verdict(claimed: Double) -> Verdict {
        if high < claimed - 0.5 { return .refutes }
        return low > claimed - 0.5 ? .supports : .undecided
    }

    /// Weighted regression of `log |error|` on `log stepSize`, of the errors whose interval excludes 0. The interval is
    /// widened where the points scatter more about the line than their own intervals say.
    ///
    /// Where the sign changes only the finest errors of one sign count, and two of them are not enough: a change of sign is a
    /// cancellation, not an order.
    ///
    /// - Returns: `nil` when fewer errors are known well enough.
    static func regression(_ points: [Point]) -> OrderFit? {
        let clear = points.filter { $0.error.magnitude > $0.halfwidth && $0.halfwidth > 0 }
        let known = finestOfOneSign(clear)
        guard known.count == clear.count || known.count > 2 else { return nil }
        let fit = WeightedLinearFit(
            x: known.map { log($0.stepSize) }, y: known.map { log($0.error.magnitude) },
            weights: known.map { pow(1.96 * $0.error / $0.halfwidth, 2) }, law: .knownVariances)
        guard let fit else { return nil }
        let interval = fit.slopeInterval95
        let excess = fit.degrees > 0 ? max(1, fit.residualSum / Double(fit.degrees)).squareRoot() : 1
        let halfwidth = excess * (interval.upperBound - interval.lowerBound) / 2
        return OrderFit(order: fit.slope, low: fit.slope - halfwidth, high: fit.slope + halfwidth)
    }

    /// The errors from the last change of sign on, by falling step size.
    private static func finestOfOneSign(_ points: [Point]) -> [Point] {
        let sorted = points.sorted { $0.stepSize > $1.stepSize }
        guard let last = sorted.last else { return [] }
        return sorted.reversed().prefix { ($0.error < 0) == (last.error < 0) }.reversed()
    }

    /// The local slopes between consecutive step sizes, extrapolated to step size 0.
    ///
    /// The slope between `h` and the next step size is taken as `p + c h` for the last two pairs; the interval holds
    /// these slopes and as much on the far side of `p`. Only the finest errors of one sign count: a change of sign is a
    /// cancellation, not an order.
    ///
    /// - Returns: `nil` with fewer than three such errors above the solver's uncertainty.
    static func extrapolation(_ points: [Point]) -> OrderFit? {
        let tail = Array(finestOfOneSign(points.filter { $0.error.magnitude > 5 * $0.halfwidth }).suffix(3))
        guard tail.count == 3, tail[0].stepSize > tail[1].stepSize, tail[1].stepSize > tail[2].stepSize else {
            return nil
        }
        func slope(_ coarse: Point, _ fine: Point) -> Double {
            log(coarse.error / fine.error) / log(coarse.stepSize / fine.stepSize)
        }
        let (first, second) = (slope(tail[0], tail[1]), slope(tail[1], tail[2]))
        let (coarse, fine) = (tail[0].stepSize * tail[1].stepSize, tail[1].stepSize * tail[2].stepSize)
        let (h1, h2) = (coarse.squareRoot(), fine.squareRoot())
        let order = second + (second - first) * h2 / (h1 - h2)
        let noise = tail.reduce(0) { $0 + ($1.halfwidth / $1.error).magnitude }
        let width = (order - second).magnitude + noise / log(tail[1].stepSize / tail[2].stepSize)
        return OrderFit(
            order: order, low: min(order - width, first, second), high: max(order + width, first, second))
    }
}
