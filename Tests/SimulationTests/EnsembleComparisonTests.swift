import Foundation
import Testing

@testable import Simulation

@Suite struct EnsembleComparisonTests {
    private let process = LinearProcess(curvatures: [1], sigma: 0.5, eta: 0.2)

    private func comparison(threads: Int, paths: Range<Int> = 0..<600) throws -> EnsembleComparison {
        let optimizer = OptimizerProcess(process.optimizer, stepSize: process.eta, seed: 3)
        let start = ModelStart(states: [1])
        let models = [1, 4].map { substeps in
            EnsembleRun.Model(
                ModelProcess(process.model, name: "m\(substeps)", substeps: substeps, seed: 3, coupling: [-1]),
                start: start)
        }
        return try EnsembleRun(paths: paths, steps: 6, saves: 2, threads: threads).comparison(
            of: models, beside: optimizer, from: [1], quantities: [.variable(0, named: "x")])
    }

    @Test("the differences of the means are exact on a linear model, the coupling having removed the noise")
    func differences() throws {
        let result = try comparison(threads: 2)
        #expect(result.isComplete)
        #expect(result.series.map(\.process) == ["optimizer", "m1", "m4"])
        #expect(result.differences.map(\.step) == [0, 0, 3, 3, 6, 6])
        for difference in result.differences {
            let substeps = difference.process == "m1" ? 1.0 : 4.0
            let steps = Double(difference.step)
            let expected = pow(1 - process.eta / substeps, steps * substeps) - pow(1 - process.eta, steps)
            #expect((difference.mean - expected).magnitude <= 1.1 * difference.halfwidth95 + 1e-12)
            // With dt = eta the scheme and SGD with its noise reversed are the same map.
            if substeps == 1 { #expect(difference.halfwidth95 < 1e-12) }
        }
    }

    @Test("the results agree to the bit for every number of threads")
    func threads() throws {
        #expect(try comparison(threads: 1) == comparison(threads: 3))
    }
}
