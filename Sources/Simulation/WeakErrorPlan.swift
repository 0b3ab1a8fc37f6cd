/// The paths that a goal takes, by a pilot.
public struct WeakErrorPlan: Equatable, Sendable {
    /// What paths are planned for.
    public enum Goal: Equatable, Sendable {
        /// 95% intervals of the errors of this half-width.
        case halfwidth(Double)
        /// An interval of the fitted order that tells it from the next one; see ``OrderSeparation``.
        case separation
    }

    public let goal: Goal
    /// The number of paths at each step size, in the order of the step sizes.
    public let pathCounts: [Int]
    /// What the run should take, in seconds.
    public let seconds: Double
    /// The paths of the pilot at each step size, which have no part in the result.
    public let pilotPathCounts: [Int]
    private let stepSizes: [Double]

    /// The largest number of paths at a step size.
    public var paths: Int { pathCounts.max() ?? 0 }
    /// The step size with the largest number.
    public var stepSize: Double { pathCounts.firstIndex(of: paths).map { stepSizes[$0] } ?? 0 }

    /// The half-width that fewer paths give where the largest number is needed; `nil` where none was asked for.
    public func halfwidth(with count: Int) -> Double? {
        guard case .halfwidth(let halfwidth) = goal else { return nil }
        return halfwidth * (Double(paths) / Double(max(1, count))).squareRoot()
    }

    /// The fewest paths that a plan takes: an interval from fewer is not to be trusted.
    static let fewestPaths = 256
    /// How much wider than the pilot saw the spread may be: three standard errors of its variance.
    private static let margin = 1.15
    private static let largestCount = 1e15

    init(halfwidth: Double, pilots: [WeakErrorPilot], stepSizes: [Double]) {
        let counts = pilots.map { pilot in
            let variance = pilot.variances.max() ?? 0
            return variance * (1.96 / halfwidth) * (1.96 / halfwidth)
        }
        self.init(.halfwidth(halfwidth), counts, pilots, stepSizes)
    }

    /// - Parameter order: the order that the errors are taken to have where the pilot does not see them.
    init(separating order: Double, pilots: [WeakErrorPilot], stepSizes: [Double]) {
        var counts = stepSizes.map { _ in 0.0 }
        for test in pilots.first?.variances.indices ?? 0..<0 {
            let points = zip(pilots, stepSizes).map { pilot, stepSize in
                OrderSeparation.Point(
                    stepSize: stepSize, error: pilot.errors[test].mean, halfwidth: pilot.errors[test].halfwidth,
                    variance: pilot.variances[test], work: pilot.work)
            }
            counts = zip(counts, OrderSeparation.pathCounts(points, order: order)).map { max($0, $1) }
        }
        self.init(.separation, counts, pilots, stepSizes)
    }

    private init(_ goal: Goal, _ counts: [Double], _ pilots: [WeakErrorPilot], _ stepSizes: [Double]) {
        self.goal = goal
        self.stepSizes = stepSizes
        pathCounts = counts.map { Self.whole(Self.margin * $0) }
        pilotPathCounts = pilots.map { 2 * $0.pairs }
        seconds = zip(pathCounts, pilots).reduce(0) { $0 + Double($1.0) * $1.1.work * $1.1.secondsPerUnit }
    }

    /// A number of paths that may be run: even, and not too few.
    static func whole(_ count: Double) -> Int {
        let whole = Int(min(max(count.rounded(.up), Double(fewestPaths)), largestCount))
        return whole + whole % 2
    }
}
