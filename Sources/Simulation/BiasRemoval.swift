/// Levels of an integrator whose expectations are combined so that its bias goes.
struct BiasRemoval: Equatable, Sendable {
    /// Expectations with `substeps` steps of the scheme in one of the optimizer.
    struct Level: Equatable, Sendable {
        let substeps: Int
        /// Its weight in the estimate.
        let weight: Double
        /// Its weight in a coarser estimate, whose difference tells how much of the bias may be left.
        let comparison: Double
    }

    let scheme: IntegrationScheme
    let levels: [Level]
    private let isExtrapolated: Bool

    /// A single level as it is, whose bias is not looked at.
    static func fixed(_ scheme: IntegrationScheme, substeps: Int) -> BiasRemoval {
        BiasRemoval(
            scheme: scheme, levels: [Level(substeps: substeps, weight: 1, comparison: 1)], isExtrapolated: false)
    }

    /// Richardson's extrapolation (Talay and Tubaro 1990): of order 1, `2 E(4m) - E(2m)` beside `2 E(2m) - E(m)`; of
    /// order 2, `(4 E(2m) - E(m))/3` beside `E(2m)`. An exact scheme needs none.
    static func extrapolated(_ scheme: IntegrationScheme, base m: Int) -> BiasRemoval {
        guard let order = scheme.weakOrder else { return fixed(scheme, substeps: 1) }
        let levels =
            order == 1
            ? [
                Level(substeps: m, weight: 0, comparison: -1), Level(substeps: 2 * m, weight: -1, comparison: 2),
                Level(substeps: 4 * m, weight: 2, comparison: 0),
            ]
            : [
                Level(substeps: m, weight: -1.0 / 3, comparison: 0),
                Level(substeps: 2 * m, weight: 4.0 / 3, comparison: 1),
            ]
        return BiasRemoval(scheme: scheme, levels: levels, isExtrapolated: true)
    }

    var finest: Int { levels.map(\.substeps).max() ?? 1 }

    /// With half the steps; `nil` where they would be finer than `maximum` in one of the optimizer's, or do not matter.
    func refined(maximum: Int) -> BiasRemoval? {
        guard isExtrapolated, 2 * finest <= maximum, let base = levels.first?.substeps else { return nil }
        return .extrapolated(scheme, base: 2 * base)
    }

    /// The steps of the scheme in one of the optimizer's, over all levels.
    var stepCount: Int { levels.reduce(0) { $0 + $1.substeps } }

    /// The evaluations of the model that a path takes in one step of the optimizer.
    func work(of model: any DiffusionKernel) -> Double {
        let step = try? scheme.step(of: model, length: model.stepSize)
        return Double(stepCount * (step?.evaluationCount ?? 1))
    }

    /// In print: `dt = eta/4, extrapolated`.
    var name: String {
        if scheme == .linear { return "exact linear step" }
        let length = finest == 1 ? "dt = eta" : "dt = eta/\(finest)"
        return (scheme == .euler ? "" : "\(scheme.name), ") + length + (isExtrapolated ? ", extrapolated" : "")
    }
}
