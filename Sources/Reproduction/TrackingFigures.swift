import Compilation
import Matching
import Report
import Rules

/// Figures that show optimizers beside their SDEs: 3, 7 and 10.
extension Laboratory {
    /// Figure 7: RMSprop beside this SDE and that of Malladi et al.
    func figure7() throws(ReproductionError) -> ReproducedFigure {
        var figure = ReproducedFigure(name: "figure7", title: "RMSprop, its SDE and that of Malladi et al.")
        figure.notes.append("epsilon = 1e-8; x0 = (1, 1) on the quadratic, (0.1, 1) on the saddle")
        figure.notes.append(
            "dt = eta/8: on the saddle an explicit step of eta is unstable for the model of Malladi et al.")
        let rule = try Self.rule("rmsprop")
        let better = Model(name: "full", sde: try Self.derivation(rule, .full).sde)
        let parameters = ["eta": 0.01, "rho": 1, "epsilon": 1e-8, "sigma": 0.1]
        try against(
            "malladi-rmsprop", &figure,
            Setup(
                rule: rule, landscape: try Self.quadratic([10, 2]), parameters: parameters, start: [1, 1],
                steps: 2000, paths: paths(500), substeps: 8), "quadratic(10,2)", better: better)
        try against(
            "malladi-rmsprop", &figure,
            Setup(
                rule: rule, landscape: try Self.saddle(), parameters: parameters.merging(["sigma": 0.01]) { $1 },
                start: [0.1, 1], steps: 1600, paths: paths(500), substeps: 8), "saddle", better: better)
        return figure
    }

    /// Figure 10: Adam beside this SDE and that of Malladi et al.
    func figure10() throws(ReproductionError) -> ReproducedFigure {
        var figure = ReproducedFigure(name: "figure10", title: "Adam, its SDE and that of Malladi et al.")
        figure.notes.append("epsilon = 1e-8; x0 = (1, 1) on the quadratic, (0.1, 1) on the saddle")
        let rule = try Self.rule("adam")
        let better = Model(name: "matched", sde: try Self.derivation(rule, .declared, .matched).sde)
        let parameters = ["eta": 0.001, "rho1": 100, "rho2": 1, "epsilon": 1e-8, "sigma": 0.01]
        try against(
            "malladi-adam", &figure,
            Setup(
                rule: rule, landscape: try Self.quadratic([10, 2]), parameters: parameters, start: [1, 1],
                steps: steps(50000), paths: paths(500)), "quadratic(10,2)", better: better)
        try against(
            "malladi-adam", &figure,
            Setup(
                rule: rule, landscape: try Self.saddle(), parameters: parameters.merging(["sigma": 0.1]) { $1 },
                start: [0.1, 1], steps: steps(25000), paths: paths(500)), "saddle", better: better)
        return figure
    }

    /// One panel: the optimizer, the derived SDE with the noise that the paper keeps, a published one, and a better one.
    ///
    /// A curve follows another where they are 10% apart at most, on average.
    private func against(
        _ published: String, _ figure: inout ReproducedFigure, _ setup: Setup, _ place: String, better: Model
    ) throws(ReproductionError) {
        let result = try comparison(
            setup,
            [
                Model(name: "SDE", sde: try Self.derivation(setup.rule).sde),
                Model(name: "Malladi et al.", sde: try Self.published(published, setup.rule)),
                Model(name: better.name, sde: better.sde),
            ])
        let optimizer = result.series[0].process
        figure.add(
            Plot(
                "\(setup.rule.name), \(place)", horizontal: Plot.Axis("t"),
                vertical: Plot.Axis("E f", place == "saddle" ? .linear : .logarithmic),
                lines: [
                    result.line(optimizer, as: setup.rule.name, isBanded: true), result.line("SDE", style: .dashed),
                    result.line("Malladi et al.", style: .dotted), result.line(better.name, style: .dashed),
                ]), file: "\(figure.name)-\(place.prefix { $0 != "(" }).csv", result.csv)
        let (own, other) = (result.relativeDeviation(of: "SDE"), result.relativeDeviation(of: "Malladi et al."))
        figure.claims.append(.follows("on \(place) the SDE follows \(setup.rule.name)", deviation: own, within: 0.1))
        figure.claims.append(
            .follows(
                "on \(place) the \(better.name) SDE follows \(setup.rule.name)",
                deviation: result.relativeDeviation(of: better.name), within: 0.1))
        figure.claims.append(.closer("on \(place) it is closer than that of Malladi et al.", own, than: other))
    }

    /// Figure 3: AdamW and RMSpropW beside their SDEs.
    func figure3() throws(ReproductionError) -> ReproducedFigure {
        var figure = ReproducedFigure(name: "figure3", title: "AdamW and RMSpropW beside their SDEs")
        figure.notes.append("epsilon = 1e-8; x0 = (1, 1) on the quadratic, (0.1, 1) on the saddle")
        let adam = ["eta": 0.001, "rho1": 100, "rho2": 1, "epsilon": 1e-8, "gamma": 0.01]
        let root = ["eta": 0.01, "rho": 1, "epsilon": 1e-8, "gamma": 0.01]
        let cases: [(rule: String, parameters: [String: Double], place: String, sigma: Double, steps: Int)] = [
            ("adamw", adam, "quadratic(10,2)", 0.01, steps(50000)), ("adamw", adam, "saddle", 0.1, steps(25000)),
            ("rmspropw", root, "quadratic(10,2)", 0.1, 2000), ("rmspropw", root, "saddle", 0.01, 1600),
        ]
        for (name, parameters, place, sigma, steps) in cases {
            let isSaddle = place == "saddle"
            let setup = Setup(
                rule: try Self.rule(name), landscape: isSaddle ? try Self.saddle() : try Self.quadratic([10, 2]),
                parameters: parameters.merging(["sigma": sigma]) { $1 }, start: isSaddle ? [0.1, 1] : [1, 1],
                steps: steps, paths: paths(500))
            let result = try comparison(setup, [Model(name: "SDE", sde: try Self.derivation(setup.rule).sde)])
            figure.add(
                Plot(
                    "\(setup.rule.name), \(place)", horizontal: Plot.Axis("t"),
                    vertical: Plot.Axis("E f", isSaddle ? .linear : .logarithmic),
                    lines: [
                        result.line(result.series[0].process, as: setup.rule.name, isBanded: true),
                        result.line("SDE", style: .dashed),
                    ]), file: "figure3-\(name)-\(place.prefix { $0 != "(" }).csv", result.csv)
            figure.claims.append(
                .follows(
                    "on \(place) the SDE follows \(setup.rule.name)", deviation: result.relativeDeviation(of: "SDE"),
                    within: 0.1))
        }
        return figure
    }
}
