import Foundation

/// How many paths at each step size make the interval of a fitted order narrow enough to tell it from the next one.
///
/// Whole orders are 1 apart, and an interval decides when it lies on one side of halfway. With a half-width of 1/4 it does
/// so 39 times in 40, whichever of two neighbours is the true one: the fitted order then lies within 1/4 of it.
enum OrderSeparation {
    /// The half-width of the 95% interval of the order.
    static let halfwidth = 0.25

    /// What is known of an error before it is measured.
    struct Point {
        let stepSize: Double
        /// The error as a pilot saw it, with half its 95% interval.
        let error: Double
        let halfwidth: Double
        /// The variance of the error on a path.
        let variance: Double
        /// The work of a path.
        let work: Double

        /// Whether the error is at least two half-widths: within a factor of two of what it seems.
        var isSeen: Bool { error != 0 && error.magnitude >= 2 * halfwidth }
    }

    /// The numbers of paths of least work; infinite where no error was seen.
    ///
    /// The slope `sum a_i log |e_i|` of an unweighted regression has the variance `sum a_i^2 s_i^2/(e_i^2 N_i)`, and the
    /// weighted one no more (Gauss and Markov). The `N_i` of least work for it are those of Neyman (1934). Each error is to
    /// be seen besides, since those that are not have no part in the fit.
    ///
    /// - Parameter order: the order at which errors fall from the last one that was seen.
    static func pathCounts(_ points: [Point], order: Double) -> [Double] {
        guard let errors = expected(points, order: order) else { return points.map { _ in .infinity } }
        let x = points.map { log($0.stepSize) }
        let centre = x.reduce(0, +) / Double(x.count)
        let spread = x.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
        guard spread > 0 else { return points.map { _ in .infinity } }
        let target = (halfwidth / 1.96) * (halfwidth / 1.96)
        let relative = zip(points, errors).map { $0.variance.squareRoot() / $1 }
        let shares = points.indices.map { (x[$0] - centre).magnitude / spread * relative[$0] }
        let total = zip(shares, points).reduce(0) { $0 + $1.0 * $1.1.work.squareRoot() }
        return points.indices.map { i in
            max(
                shares[i] / points[i].work.squareRoot() * total / target,
                (2 * 1.96 * relative[i]) * (2 * 1.96 * relative[i]))
        }
    }

    /// The numbers of paths by errors that were measured.
    ///
    /// - Parameters:
    ///   - entries: of each step size, one for each test function.
    ///   - works: of a path in one step of the optimizer.
    static func extendedCounts(
        _ entries: [[WeakErrorResult.Entry]], works: [Double], order: Double
    ) -> [Int] {
        var counts = entries.map { _ in 0.0 }
        for test in entries.first?.indices ?? 0..<0 {
            let points = zip(entries, works).map { entries, work in
                let entry = entries[test]
                let deviation = entry.halfwidth95 / 1.96
                return Point(
                    stepSize: entry.stepSize, error: entry.error, halfwidth: entry.halfwidth95,
                    variance: deviation * deviation * Double(entry.variance?.paths ?? 0),
                    work: work * Double(entry.steps))
            }
            counts = zip(counts, pathCounts(points, order: order)).map { max($0, $1) }
        }
        return counts.map(WeakErrorPlan.whole)
    }

    /// The magnitudes of the errors: what was seen, and below that the claimed order from the nearest larger step size; above
    /// it from the nearest smaller one. `nil` where none was seen.
    private static func expected(_ points: [Point], order: Double) -> [Double]? {
        let seen = points.filter(\.isSeen)
        guard !seen.isEmpty else { return nil }
        return points.map { point in
            if point.isSeen { return point.error.magnitude }
            let larger = seen.filter { $0.stepSize > point.stepSize }.min { $0.stepSize < $1.stepSize }
            let nearest = larger ?? seen.min { $0.stepSize < $1.stepSize } ?? point
            return nearest.error.magnitude * pow(point.stepSize / nearest.stepSize, order)
        }
    }
}
