import Simulation

/// A planned number of paths in print.
public struct WeakErrorPlanReport: Sendable {
    public let plan: WeakErrorPlan

    public init(_ plan: WeakErrorPlan) { self.plan = plan }

    /// `a half-width of 0.001 takes 2048, 4096 paths at the 2 step sizes; about 3 s`.
    public var text: String {
        let counts = plan.pathCounts.map(String.init).joined(separator: ", ")
        return """
            a half-width of \(plan.halfwidth) takes \(counts) paths at the \(plan.pathCounts.count) step sizes, by a pilot \
            of \(plan.pilotPathCount) paths at each; about \(Self.duration(plan.seconds))
            """
    }

    private static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<1: "a second"
        case ..<120: "\(Int(seconds.rounded(.up))) seconds"
        case ..<7200: "\(Int((seconds / 60).rounded(.up))) minutes"
        default: "\(Int(min(seconds / 3600, 1e9).rounded(.up))) hours"
        }
    }
}
