import Foundation
import Report
import Testing

@testable import Reproduction

@Suite struct ReproductionTests {
    private let laboratory = Laboratory(isQuick: true, seed: 1, threads: 1, cancellation: nil)

    private func setup(steps: Int, paths: Int) throws -> Laboratory.Setup {
        Laboratory.Setup(
            rule: try Laboratory.rule("signsgd"), landscape: try Laboratory.quadratic([1, 2]), curvatures: [1, 2],
            parameters: ["eta": 0.01, "sigma": 0.1], start: [0.01, 0.01], steps: steps, paths: paths, saves: 4)
    }

    @Test("the predicted loss of SignSGD is that of its exact second moment near the minimum")
    func stationaryLoss() throws {
        // x^2: a = sqrt(2/pi) lambda/sigma, E x^2 = eta/(2 a + eta a^2).
        let expected = [1.0, 2].reduce(0) { sum, lambda in
            let a = (2 / Double.pi).squareRoot() * lambda / 0.1
            return sum + lambda / 2 * 0.01 / (2 * a + 0.01 * a * a)
        }
        let predicted = try Laboratory.stationaryLoss(try setup(steps: 1, paths: 1))
        #expect((predicted / expected - 1).magnitude < 1e-12)
    }

    @Test("a model that is the optimizer deviates by nothing, another by its share")
    func deviation() throws {
        let setup = try setup(steps: 8, paths: 20)
        let models = [
            Laboratory.Model(name: "SDE", sde: try Laboratory.derivation(setup.rule, .full).sde),
            Laboratory.Model(name: "frozen", sde: try Laboratory.written("dx = 0 dt", setup.rule)),
        ]
        let result = try laboratory.comparison(setup, models)
        #expect(result.relativeDeviation(of: "SDE").isFinite)
        let means = result.rows(result.series[0].process).dropFirst().map(\.summary.mean)
        let differences = result.differences.filter { $0.process == "frozen" && $0.step > 0 }
        let expected =
            zip(differences, means).reduce(0) { $0 + max(0, $1.0.mean.magnitude - $1.0.halfwidth95) / $1.1 }
            / Double(means.count)
        #expect(expected > 0)
        #expect((result.relativeDeviation(of: "frozen") - expected).magnitude < 1e-12)
        #expect(result.line("frozen").points.count == 5)
    }

    @Test("a claim holds within its interval and the share that the theory leaves out")
    func claims() {
        #expect(ReproducedFigure.Claim.agrees("", predicted: 1, measured: 1.05, halfwidth: 0.04).holds)
        #expect(!ReproducedFigure.Claim.agrees("", predicted: 1, measured: 1.07, halfwidth: 0.04).holds)
        #expect(ReproducedFigure.Claim.closer("", 0.1, than: 0.2).holds)
        #expect(!ReproducedFigure.Claim.follows("", deviation: .nan, within: 1).holds)
    }

    @Test("a figure that cannot be written is an error that names the folder")
    func unwritable() {
        let figure = ReproducedFigure(name: "figure0", title: "nothing")
        let error = #expect(throws: ReproductionError.self) {
            try figure.write(to: URL(filePath: "/dev/null/figures"))
        }
        #expect(error.map { "\($0)" }?.contains("/dev/null/figures") == true)
    }
}
