/// The paths that intervals of a given half-width take, by a pilot.
public struct WeakErrorPlan: Equatable, Sendable {
    /// The half-width of the 95% intervals.
    public let halfwidth: Double
    /// The number of paths at each step size, in the order of the step sizes.
    public let pathCounts: [Int]
    /// What the run should take, in seconds.
    public let seconds: Double
    /// The paths of the pilot at each step size, which have no part in the result.
    public let pilotPathCount = 2 * WeakErrorPilot.pairs
    private let stepSizes: [Double]

    /// The largest number of paths at a step size.
    public var paths: Int { pathCounts.max() ?? 0 }
    /// The step size with the largest number.
    public var stepSize: Double { pathCounts.firstIndex(of: paths).map { stepSizes[$0] } ?? 0 }

    /// The half-width that fewer paths give where the largest number is needed.
    public func halfwidth(with count: Int) -> Double {
        halfwidth * (Double(paths) / Double(max(1, count))).squareRoot()
    }

    /// The fewest paths that a plan takes: an interval from fewer is not to be trusted.
    static let fewestPaths = 256
    /// How much wider than the pilot saw the spread may be: three standard errors of its variance.
    private static let margin = 1.15
    private static let largestCount = 1e15

    init(halfwidth: Double, pilots: [WeakErrorPilot], stepSizes: [Double]) {
        self.halfwidth = halfwidth
        self.stepSizes = stepSizes
        pathCounts = pilots.map { pilot in
            let variance = pilot.variances.max() ?? 0
            let count = Self.margin * variance * (1.96 / halfwidth) * (1.96 / halfwidth)
            let whole = Int(min(max(count.rounded(.up), Double(Self.fewestPaths)), Self.largestCount))
            return whole + whole % 2
        }
        seconds = zip(pathCounts, pilots).reduce(0) { $0 + Double($1.0) * $1.1.work * $1.1.secondsPerUnit }
    }
}
