import Simulation

/// A planned number of paths in print.
public struct WeakErrorPlanReport: Sendable {
    public let plan: WeakErrorPlan

    public init(_ plan: WeakErrorPlan) { self.plan = plan }

    /// `a half-width of 0.001 takes 2048, 4096 paths at the 2 step sizes, by a pilot of 1024 paths at each; about 3 seconds`.
    public var text: String {
        let counts = Self.list(plan.pathCounts)
        let pilots =
            Set(plan.pilotPathCounts).count == 1
            ? "\(plan.pilotPathCounts[0]) paths at each" : "\(Self.list(plan.pilotPathCounts)) paths"
        return """
            \(goal) takes \(counts) paths at the \(plan.pathCounts.count) step sizes, by a pilot of \(pilots); about \
            \(Self.duration(plan.seconds))
            """
    }

    private var goal: String {
        switch plan.goal {
        case .halfwidth(let halfwidth): "a half-width of \(halfwidth)"
        case .separation: "telling the order from the next"
        }
    }

    private static func list(_ counts: [Int]) -> String { counts.map(String.init).joined(separator: ", ") }

    private static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<1: "a second"
        case ..<120: "\(Int(seconds.rounded(.up))) seconds"
        case ..<7200: "\(Int((seconds / 60).rounded(.up))) minutes"
        default: "\(Int(min(seconds / 3600, 1e9).rounded(.up))) hours"
        }
    }
}
