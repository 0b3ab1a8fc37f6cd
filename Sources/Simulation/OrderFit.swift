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
    /// computed the slope is still some tenths off, and the interval shows by how much.
    public func verdict(claimed: Double) -> Verdict {
        if high < claimed - 0.5 { return .refutes }
        return low > claimed - 0.5 ? .supports : .undecided
    }

    /// Weighted regression of `log |error|` on `log stepSize`, of the errors whose interval excludes 0. The interval is
    /// widened where the points scatter more about the line than their own intervals say, and to where the local slopes
    /// tend if they drift by more than these explain.
    ///
    /// Where the sign changes only the finest errors of one sign count: a change of sign is a cancellation, not an order.
    ///
    /// - Returns: `nil` when fewer than three errors are known well enough: of two nobody knows what an order is off by.
    static func regression(_ points: [Point]) -> OrderFit? {
        let known = finestOfOneSign(points.filter { $0.error.magnitude > $0.halfwidth && $0.halfwidth > 0 })
        guard known.count > 2, let slopes = LocalSlopes(known) else { return nil }
        let fit = WeightedLinearFit(
            x: known.map { log($0.stepSize) }, y: known.map { log($0.error.magnitude) },
            weights: known.map { pow(1.96 * $0.error / $0.halfwidth, 2) }, law: .knownVariances)
        guard let fit else { return nil }
        let interval = fit.slopeInterval95
        let excess = fit.degrees > 0 ? max(1, fit.residualSum / Double(fit.degrees)).squareRoot() : 1
        let halfwidth = excess * (interval.upperBound - interval.lowerBound) / 2
        let (low, high) = (fit.slope - halfwidth, fit.slope + halfwidth)
        guard slopes.drift.magnitude > slopes.uncertainty else {
            return OrderFit(order: fit.slope, low: low, high: high)
        }
        return OrderFit(order: fit.slope, low: min(low, slopes.limit), high: max(high, slopes.limit))
    }

    /// The errors from the last change of sign on, by falling step size.
    private static func finestOfOneSign(_ points: [Point]) -> [Point] {
        let sorted = points.sorted { $0.stepSize > $1.stepSize }
        guard let last = sorted.last else { return [] }
        return sorted.reversed().prefix { ($0.error < 0) == (last.error < 0) }.reversed()
    }

    /// The local slopes between consecutive step sizes, extrapolated to step size 0.
    ///
    /// The interval holds the last two slopes and as much on the far side of their limit. Only the finest errors of one
    /// sign count: a change of sign is a cancellation, not an order.
    ///
    /// - Returns: `nil` with fewer than three such errors above the solver's uncertainty.
    static func extrapolation(_ points: [Point]) -> OrderFit? {
        let known = finestOfOneSign(points.filter { $0.error.magnitude > 5 * $0.halfwidth })
        guard let slopes = LocalSlopes(known) else { return nil }
        let width = slopes.drift.magnitude + slopes.uncertainty
        return OrderFit(
            order: slopes.limit, low: min(slopes.limit - width, slopes.coarse, slopes.fine),
            high: max(slopes.limit + width, slopes.coarse, slopes.fine))
    }
}

/// The slopes between the last three errors, and where they tend: the slope between `h` and the next step size is taken
/// as `p + c h`.
private struct LocalSlopes {
    let coarse: Double
    let fine: Double
    /// The slope at step size 0.
    let limit: Double
    /// What the halfwidths of the errors make of the limit.
    let uncertainty: Double

    /// How far the limit lies from the slope between the finest errors.
    var drift: Double { limit - fine }

    /// - Parameter points: errors of one sign, by falling step size.
    init?(_ points: [OrderFit.Point]) {
        let tail = points.suffix(3).map { $0 }
        guard tail.count == 3, tail[0].stepSize > tail[1].stepSize, tail[1].stepSize > tail[2].stepSize else {
            return nil
        }
        let lengths = [log(tail[0].stepSize / tail[1].stepSize), log(tail[1].stepSize / tail[2].stepSize)]
        coarse = log(tail[0].error / tail[1].error) / lengths[0]
        fine = log(tail[1].error / tail[2].error) / lengths[1]
        let h1 = (tail[0].stepSize * tail[1].stepSize).squareRoot()
        let h2 = (tail[1].stepSize * tail[2].stepSize).squareRoot()
        let share = h2 / (h1 - h2)
        limit = fine + share * (fine - coarse)
        // The limit is a sum of the logarithms of the errors with these weights.
        let weights = [share / lengths[0], (1 + share) / lengths[1] + share / lengths[0], (1 + share) / lengths[1]]
        let squares = zip(weights, tail).map { pow($0 * $1.halfwidth / $1.error, 2) }
        uncertainty = squares.reduce(0, +).squareRoot()
    }
}
