import Algebra
import Compilation
import Matching
import Numerics
import Report
import Rules
import Simulation

import func Foundation.log10

/// Figures about the level at which the loss settles: 5 and 6.
extension Laboratory {
    /// Figure 5: asymptotic loss and scaling rule of AdamW and RMSpropW, the betas, the stationary variances.
    func figure5() throws(ReproductionError) -> ReproducedFigure {
        var figure = ReproducedFigure(
            name: "figure5", title: "AdamW and RMSpropW: level, scaling rule, betas, variances")
        figure.notes.append(
            "epsilon = 1e-8; x0 = (1, 1) on the quadratic, (0.1, 1) on the saddle; RMSpropW at eta = 0.001")
        try addScaling("adamw", ["rho1": 100, "rho2": 1], to: &figure)
        try addScaling("rmspropw", ["rho": 1], to: &figure)
        try addBetas(to: &figure)
        try addVariances(to: &figure)
        return figure
    }

    /// The level for two strengths of decay, with eta, B, the rates and the decay rescaled by kappa = 2, and with all but the
    /// decay.
    private func addScaling(
        _ name: String, _ rates: [String: Double], to figure: inout ReproducedFigure
    ) throws(ReproductionError) {
        let rule = try Self.rule(name)
        var lines: [Plot.Line] = []
        var csv = ""
        for gamma in [1.0, 4] {
            var levels: [Double] = []
            for (label, kappa, decay) in [("", 1.0, gamma), (", rescaled", 2, 2 * gamma), (", all but γ", 2, gamma)] {
                var parameters = rates.mapValues { $0 * kappa }
                parameters.merge(["eta": 0.001 * kappa, "sigma": 1 / kappa, "gamma": decay, "epsilon": 1e-8]) { $1 }
                let setup = Setup(
                    rule: rule, landscape: try Self.quadratic([1, 3]), curvatures: [1, 3], parameters: parameters,
                    start: [1, 1], steps: steps(20000), paths: paths(500))
                let result = try comparison(setup)
                let process = result.series[0].process
                let (mean, width) = result.level(process)
                levels.append(mean)
                lines.append(
                    result.line(process, as: "γ = \(Int(gamma))\(label)", style: kappa == 1 ? .solid : .dashed))
                csv += result.csv
                guard label != ", all but γ" else { continue }
                let predicted = try Self.stationaryLoss(setup)
                if kappa == 1 {
                    let times = result.rows(process).map { Plot.Point($0.time, predicted) }
                    lines.append(Plot.Line("theory", times, style: .dotted))
                }
                figure.claims.append(
                    .agrees(
                        "\(rule.name), γ = \(Int(gamma))\(label): asymptotic loss", predicted: predicted,
                        measured: mean, halfwidth: width, share: 0.05))
            }
            figure.claims.append(
                .closer(
                    "\(rule.name), γ = \(Int(gamma)): the rescaled level is nearer than with γ left alone",
                    (levels[1] / levels[0] - 1).magnitude, than: (levels[2] / levels[0] - 1).magnitude))
        }
        figure.add(
            Plot(
                "\(rule.name): level and scaling", horizontal: Plot.Axis("t"), vertical: Plot.Axis("E f", .logarithmic),
                lines: lines), file: "figure5-\(name).csv", csv)
    }

    /// On the saddle the betas choose path and speed, not the level of the basin.
    private func addBetas(to figure: inout ReproducedFigure) throws(ReproductionError) {
        let rule = try Self.rule("adamw")
        var lines: [Plot.Line] = []
        var csv = ""
        var levels: [(mean: Double, halfwidth: Double)] = []
        for beta1 in [0.99, 0.999] {
            for beta2 in [0.992, 0.996, 0.998] {
                let setup = Setup(
                    rule: rule, landscape: try Self.saddle(),
                    parameters: [
                        "eta": 0.001, "rho1": (1 - beta1) / 0.001, "rho2": (1 - beta2) / 0.001, "gamma": 0.1,
                        "sigma": 0.1, "epsilon": 1e-8,
                    ], start: [0.1, 1], steps: steps(50000), paths: paths(200))
                let result = try comparison(setup)
                let process = result.series[0].process
                lines.append(
                    result.line(process, as: "β = \(beta1), \(beta2)", style: beta1 == 0.99 ? .solid : .dashed))
                csv += result.csv
                levels.append(result.level(process))
            }
        }
        figure.add(
            Plot(
                "AdamW on the saddle", horizontal: Plot.Axis("t"), vertical: Plot.Axis("E f"), lines: lines),
            file: "figure5-betas.csv", csv)
        let means = levels.map(\.mean)
        let (low, high) = (means.min() ?? 0, means.max() ?? 0)
        figure.claims.append(
            ReproducedFigure.Claim(
                statement: "the level on the saddle is the same for all betas", predicted: "within 5%",
                measured: "\(ReproducedFigure.Claim.number(low)) to \(ReproducedFigure.Claim.number(high))",
                holds: high - low <= 0.05 * max(low.magnitude, high.magnitude)))
    }

    private func addVariances(to figure: inout ReproducedFigure) throws(ReproductionError) {
        let squares = [1, 2].map { i in
            Quantity("x\(i)^2") { states, _, values in
                let x = states[i - 1]
                for lane in values.indices { values[lane] = x[lane] * x[lane] }
            }
        }
        var lines: [Plot.Line] = []
        var csv = ""
        for (name, rates) in [("adamw", ["rho1": 100.0, "rho2": 1]), ("rmspropw", ["rho": 1])] {
            let setup = Setup(
                rule: try Self.rule(name), landscape: try Self.quadratic([1, 3]), curvatures: [1, 3],
                parameters: rates.merging(["eta": 0.001, "sigma": 0.01, "gamma": 4, "epsilon": 1e-8]) { $1 },
                start: [0.001, 0.001], steps: steps(20000), paths: isQuick ? 400 : 2000)
            let result = try comparison(setup, quantities: squares)
            let process = result.series[0].process
            let predicted = try Self.stationaryVariances(setup)
            csv += result.csv
            for i in [1, 2] {
                lines.append(result.line(process, "x\(i)^2", as: "\(setup.rule.name), x\(i)"))
                let rows = result.rows(process, "x\(i)^2")
                lines.append(Plot.Line("", rows.map { Plot.Point($0.time, predicted[i - 1]) }, style: .dotted))
                let (mean, width) = result.level(process, "x\(i)^2")
                figure.claims.append(
                    .agrees(
                        "\(setup.rule.name): stationary variance of x\(i)", predicted: predicted[i - 1],
                        measured: mean, halfwidth: width, share: 0.05))
            }
        }
        figure.add(
            Plot(
                "stationary variances", horizontal: Plot.Axis("t"), vertical: Plot.Axis("E x^2"), lines: lines),
            file: "figure5-variances.csv", csv)
    }

    /// Figure 6: the loss at the end against the scale of the noise.
    func figure6() throws(ReproductionError) -> ReproducedFigure {
        var figure = ReproducedFigure(name: "figure6", title: "Loss against noise: SGD, SignSGD, Adam, AdamW")
        figure.notes.append("β = 0.9, 0.999; γ = 1; epsilon = 1e-8; x0 = (1, 1)")
        let scales = [0.01, 0.1, 1, 10, 100]
        let cases: [(rule: String, parameters: [String: Double])] = [
            ("sgd", [:]), ("signsgd", [:]), ("adam", ["rho1": 10, "rho2": 0.1, "epsilon": 1e-8]),
            ("adamw", ["rho1": 10, "rho2": 0.1, "epsilon": 1e-8, "gamma": 1]),
        ]
        var lines: [Plot.Line] = []
        var csv = ""
        for (name, parameters) in cases {
            let rule = try Self.rule(name)
            var (measured, theory): ([Plot.Point], [Plot.Point]) = ([], [])
            var growth: [Double] = []
            for sigma in scales {
                var setup = Setup(
                    rule: rule, landscape: try Self.quadratic([1, 1]), curvatures: [1, 1],
                    parameters: parameters.merging(["eta": 0.01, "sigma": sigma]) { $1 }, start: [1, 1],
                    steps: steps(100_000), paths: isQuick ? 64 : 128)
                setup.saves = 20
                let result = try comparison(setup)
                let (mean, width) = result.level(result.series[0].process)
                measured.append(Plot.Point(sigma, mean, band: max(1e-12, mean - width)...mean + width))
                theory.append(Plot.Point(sigma, try Self.stationaryLoss(setup)))
                growth.append(mean)
                csv += result.csv
            }
            lines.append(Plot.Line(rule.name, measured))
            lines.append(Plot.Line("", theory, style: .dotted))
            // From sigma = 1 to 10 the loss grows as a power of sigma: 2 for SGD, 1 for signs, 0 with weight decay.
            let exponent = log10(growth[3] / growth[2])
            let expected = log10(theory[3].y / theory[2].y)
            figure.claims.append(
                ReproducedFigure.Claim(
                    statement: "\(rule.name): the power of σ with which the loss grows, from σ = 1 to 10",
                    predicted: ReproducedFigure.Claim.number(expected),
                    measured: ReproducedFigure.Claim.number(exponent),
                    holds: (exponent - expected).magnitude < 0.2))
        }
        figure.add(
            Plot(
                "loss after \(steps(100_000)) steps", horizontal: Plot.Axis("σ", .logarithmic),
                vertical: Plot.Axis("E f", .logarithmic), lines: lines), file: "figure6.csv", csv)
        return figure
    }
}
