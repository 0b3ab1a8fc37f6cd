import Algebra
import Analysis
import Compilation
import Matching
import Numerics
import Report
import Rules
import Simulation

import func Foundation.exp
import func Foundation.pow

/// Figure 2: SignSGD in its phases.
extension Laboratory {
    private static let eta = 0.001
    private static let sigma = 0.1

    func figure2() throws(ReproductionError) -> ReproducedFigure {
        var figure = ReproducedFigure(name: "figure2", title: "SignSGD: phases, bounds, stationary law, schedules")
        figure.notes.append("x0 = (0.08, 0.12) and (0.8, -1.2) in place of one draw from N(0, 0.01) and N(0, 1)")
        try addPhases(to: &figure)
        try addBounds(to: &figure)
        try addStationaryMoments(to: &figure)
        try addSchedules(to: &figure)
        return figure
    }

    private func sign(start: [Double], steps: Int, paths: Int) throws(ReproductionError) -> Setup {
        Setup(
            rule: try Self.rule("signsgd"), landscape: try Self.quadratic([1, 2]), curvatures: [1, 2],
            parameters: ["eta": Self.eta, "sigma": Self.sigma], start: start, steps: steps, paths: paths)
    }

    private func addPhases(to figure: inout ReproducedFigure) throws(ReproductionError) {
        let setup = try sign(start: [0.08, 0.12], steps: 3000, paths: paths(500))
        let result = try comparison(
            setup,
            [
                Model(name: "SDE", sde: try Self.derivation(setup.rule, .full).sde),
                Model(name: "phase 1 (ODE)", sde: try Self.written("dx = -sign(df) dt", setup.rule)),
                Model(
                    name: "phase 3",
                    sde: try Self.written(
                        "dx = -sqrt(2/pi)*df/sigma dt + sqrt(eta)*sqrt(max(1 - 2/pi*(df/sigma)^2, 0)) dW", setup.rule)),
            ])
        figure.add(
            Plot(
                "phases", horizontal: Plot.Axis("t"), vertical: Plot.Axis("E f", .logarithmic, floor: 1e-6),
                lines: [
                    result.line(result.series[0].process, as: "SignSGD", isBanded: true),
                    result.line("SDE", style: .dashed), result.line("phase 1 (ODE)", style: .dotted),
                    result.line("phase 3", style: .dotted),
                ]), file: "figure2-phases.csv", result.csv)
        figure.claims.append(
            .follows("the SDE follows SignSGD", deviation: result.relativeDeviation(of: "SDE"), within: 0.05))
        let (level, width) = result.level("phase 3")
        let (optimizer, own) = result.level(result.series[0].process)
        figure.claims.append(
            .agrees(
                "the SDE of phase 3 settles where SignSGD does", predicted: level, measured: optimizer,
                halfwidth: width + own))
    }

    /// The loss from far away under the bounds of phases 1 and 3.
    private func addBounds(to figure: inout ReproducedFigure) throws(ReproductionError) {
        let setup = try sign(start: [0.8, -1.2], steps: 3000, paths: paths(500))
        let result = try comparison(setup)
        let process = result.series[0].process
        let rows = result.rows(process)
        let start = rows.first?.summary.mean ?? 0
        // Lemma 3.5 with mu = 1: S <= (t - 2 sqrt(S0))^2/4 while the signs are certain.
        let first = rows.map { row in Plot.Point(row.time, pow(max(0, 2 * start.squareRoot() - row.time), 2) / 4) }
        let (rate, level) = try bound(of: setup.rule)
        // Phase 3 begins where every |d_i f| is below sigma.
        let entry = rows.first { $0.summary.mean < 0.25 * Self.sigma * Self.sigma * 3 } ?? rows[0]
        let third = rows.filter { $0.time >= entry.time }.map { row in
            let decay = exp(-rate * (row.time - entry.time))
            return Plot.Point(row.time, entry.summary.mean * decay + level * (1 - decay))
        }
        figure.add(
            Plot(
                "loss and bounds", horizontal: Plot.Axis("t"), vertical: Plot.Axis("E f", .logarithmic),
                lines: [
                    result.line(process, as: "SignSGD", isBanded: true), Plot.Line("phase 1", first, style: .dotted),
                    Plot.Line("phase 3", third, style: .dashed),
                ]), file: "figure2-bounds.csv", result.csv)
        let (mean, width) = result.level(process)
        figure.claims.append(
            ReproducedFigure.Claim(
                statement: "the loss ends below the level of phase 3",
                predicted: "at most \(ReproducedFigure.Claim.number(level))",
                measured: "\(ReproducedFigure.Claim.number(mean)) ± \(ReproducedFigure.Claim.number(width))",
                holds: mean - width <= level))
    }

    /// The bound of the analysis for mu = 1 and L_tau = 3, near the minimum.
    private func bound(of rule: UpdateRule) throws(ReproductionError) -> (rate: Double, level: Double) {
        do {
            let law = try StationaryLaw(of: QuadraticModel(of: ModelAnalysis(of: Self.derivation(rule, .full))))
            let bound = try LossBound(of: ReducedDynamics(of: law))
            let values = [
                "mu": 1.0, "L": 2, "Ltau": 3, "sigma": Self.sigma, "eta": Self.eta, "S0": 0,
            ]
            func value(_ expression: Expression) -> Double { expression.evaluated { values[$0.name] ?? .nan } }
            return (value(bound.rate), value(bound.level))
        } catch {
            throw .setup("\(error)")
        }
    }

    private func addStationaryMoments(to figure: inout ReproducedFigure) throws(ReproductionError) {
        var setup = try sign(start: [0.001, 0.001], steps: 2000, paths: paths(5000))
        setup.saves = 40
        let squares = [1, 2].map { i in
            Quantity("x\(i)^2") { states, _, values in
                let x = states[i - 1]
                for lane in values.indices { values[lane] = x[lane] * x[lane] }
            }
        }
        let result = try comparison(
            setup, [Model(name: "SDE", sde: try Self.derivation(setup.rule, .full).sde)], quantities: squares)
        let process = result.series[0].process
        let predicted = try Self.stationaryVariances(setup)
        let times = result.rows(process, "x1^2").map(\.time)
        var lines: [Plot.Line] = []
        for i in [1, 2] {
            lines.append(result.line(process, "x\(i)^2", as: "SignSGD, x\(i)"))
            lines.append(result.line("SDE", "x\(i)^2", as: "SDE, x\(i)", style: .dashed))
            lines.append(
                Plot.Line("theory, x\(i)", times.map { Plot.Point($0, predicted[i - 1]) }, style: .dotted))
        }
        figure.add(
            Plot("stationary moments", horizontal: Plot.Axis("t"), vertical: Plot.Axis("E x^2"), lines: lines),
            file: "figure2-stationary.csv", result.csv)
        for i in [1, 2] {
            let (mean, width) = result.level(process, "x\(i)^2")
            figure.claims.append(
                .agrees(
                    "the stationary second moment of x\(i)", predicted: predicted[i - 1], measured: mean,
                    halfwidth: width))
        }
    }

    private func addSchedules(to figure: inout ReproducedFigure) throws(ReproductionError) {
        let text = """
            optimizer ScheduledSignSGD
            step      eta
            parameter p : positive
            state     x
            gradient  g at x
            noise     gaussian
            x' = x - eta*(1 + (k - 1)*eta)^(-p)*sign(g)
            """
        let rule: UpdateRule
        do { rule = try UpdateRule(parsing: text) } catch { throw .setup("\(error)") }
        var lines: [Plot.Line] = []
        var csv = ""
        for power in [0.1, 0.5, 1.5] {
            let setup = Setup(
                rule: rule, landscape: try Self.quadratic([1, 2]), curvatures: [1, 2],
                parameters: ["eta": 0.01, "sigma": Self.sigma, "p": power], start: [0.01, 0.01],
                steps: isQuick ? 20000 : 1_000_000, paths: paths(500), saves: 60)
            let result = try comparison(setup)
            let process = result.series[0].process
            lines.append(result.line(process, as: "1/(t+1)^\(power)"))
            csv += result.csv
            // The level of the quasi-static law: (eta/4) sqrt(pi/2) sigma sum_i 1 times the schedule.
            let level = { (time: Double) in
                0.01 * 0.25 * (Double.pi / 2).squareRoot() * Self.sigma * 2 * pow(1 + time, -power)
            }
            let rows = result.rows(process)
            lines.append(
                Plot.Line("", rows.filter { $0.time > 0 }.map { Plot.Point($0.time, level($0.time)) }, style: .dotted))
            guard let last = rows.last else { continue }
            let width = 1.96 * last.summary.standardError
            if power < 1 {
                figure.claims.append(
                    .agrees(
                        "with 1/(t+1)^\(power) the loss ends on the quasi-static level", predicted: level(last.time),
                        measured: last.summary.mean, halfwidth: width, share: 0.1))
            } else {
                figure.claims.append(
                    ReproducedFigure.Claim(
                        statement: "with 1/(t+1)^\(power), whose integral is finite, the loss stays above that level",
                        predicted: "more than \(ReproducedFigure.Claim.number(level(last.time)))",
                        measured: ReproducedFigure.Claim.number(last.summary.mean),
                        holds: last.summary.mean - width > level(last.time)))
            }
        }
        figure.add(
            Plot(
                "schedules", horizontal: Plot.Axis("t", .logarithmic), vertical: Plot.Axis("E f", .logarithmic),
                lines: lines), file: "figure2-schedules.csv", csv)
    }
}
