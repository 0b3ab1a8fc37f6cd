import Algebra
import Compilation
import Matching

/// The state and the time at which coefficients are evaluated, and the landscape there.
struct EvaluationPoint {
    let landscape: Landscape
    /// State s of coordinate i at s d + i.
    let state: [Double]
    let time: Double
    /// The names of the entries of the state: `x`, `v` on one coordinate, `x1`, `x2`, `v1`, `v2` on two.
    let names: [String]

    /// - Parameters:
    ///   - landscape: its text; nil where the gradient is given by its value.
    ///   - needsPosition: whether more than the landscape depends on the position.
    /// - Throws: a failure for an unknown name, a value that is missing or out of its range, and a landscape beside a gradient.
    init(_ assignments: Assignments, landscape text: String?, _ sde: SDE, needsPosition: Bool = false)
        throws(Failure)
    {
        var assignments = assignments
        let gradient = assignments.remove("gradient")
        let hessian = assignments.remove("hessian")
        let formulas = sde.drift + (sde.covariance + sde.crossCovariance).flatMap(\.self)
        let used = Set(formulas.flatMap(\.symbols))
        if let text {
            guard gradient == nil, hessian == nil else {
                throw Failure("--at: a gradient or hessian beside --landscape\nGive one or the other.")
            }
            landscape = try LandscapeInput.landscape(text)
        } else {
            landscape = try EvaluationPoint.landscape(
                gradient, hessian, at: assignments["x"] ?? assignments["x1"], used)
        }
        let dimension = landscape.dimension
        let usesLandscape = needsPosition || text != nil && used.contains { $0.isField && $0.name == "f" }
        var state: [Double] = []
        var names: [String] = []
        for symbol in sde.states {
            for coordinate in 1...dimension {
                let numbered = "\(symbol.name)\(coordinate)"
                let name = dimension == 1 ? symbol.name : numbered
                let value = assignments.remove(name) ?? assignments.remove(numbered)
                let isNeeded = used.contains(symbol) || (symbol == sde.states[0] && usesLandscape)
                guard value != nil || !isNeeded else {
                    throw Failure("--at: the state '\(name)' has no value\nGive one with --at \(name)=NUMBER.")
                }
                if let value, !symbol.bounds.contains(value) {
                    throw Failure("--at: \(name) = \(value) is not \(symbol.bounds.requirement)")
                }
                state.append(value ?? 0)
                names.append(name)
            }
        }
        let time = assignments.remove(sde.time.name)
        if time == nil, used.contains(sde.time) {
            throw Failure("--at: the coefficients depend on the time\nGive it with --at t=NUMBER.")
        }
        if let time, time < 0 { throw Failure("--at: t = \(time) is negative\nThe time begins at 0.") }
        if let name = assignments.names.first {
            throw Failure.unknown("state", name, among: names + [sde.time.name, "gradient", "hessian"])
        }
        self.state = state
        self.names = names
        self.time = time ?? 0
    }

    /// The parabola with the given slope and curvature at the position.
    private static func landscape(
        _ gradient: Double?, _ hessian: Double?, at position: Double?, _ used: Set<Symbol>
    ) throws(Failure) -> Landscape {
        let derivatives = used.filter { $0.isField && $0.name == "f" }.map(\.derivatives.count)
        if gradient == nil, derivatives.contains(1) {
            throw Failure("the coefficients need the gradient\nGive --landscape LOSS, or --at gradient=NUMBER.")
        }
        if hessian == nil, derivatives.contains(2) {
            throw Failure(
                "the coefficients need the second derivative\nAdd hessian=NUMBER to --at, or give --landscape LOSS.")
        }
        let (x, slope, curvature) = (position ?? 0, gradient ?? 0, hessian ?? 0)
        do {
            return try Landscape(
                dimension: 1, value: { slope * ($0[0] - x) + curvature * ($0[0] - x) * ($0[0] - x) / 2 },
                gradient: { [slope + curvature * ($0[0] - x)] }, hessianProduct: { [curvature * $1[0]] })
        } catch {
            throw Failure("\(error)")
        }
    }
}
