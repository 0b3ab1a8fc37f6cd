import Compilation
import Foundation
import Matching
import Rules
import Simulation
import Testing

/// Random rules are derived or refused with a reason, and a model that is derived has the moments of a step of its rule.
struct RandomOptimizerTests {
    private func rule(_ seed: Int) throws -> UpdateRule {
        try UpdateRule(parsing: RandomOptimizer(seed: UInt64(seed)).text, file: "random.rule")
    }

    /// The seeds up to the number in the environment variable `CONTINUUM_RANDOM_RULES`, or of those from 0 on some whose
    /// rules are derived quickly.
    private static let seeds =
        ProcessInfo.processInfo.environment["CONTINUUM_RANDOM_RULES"].flatMap { Int($0) }.map { Array(0..<$0) }
        ?? [
            0, 1, 2, 3, 9, 10, 15, 16, 17, 22, 23, 24, 25, 35, 37, 43, 45, 49, 65, 67, 72, 80, 82, 87, 91, 94, 96, 98,
            99, 101, 107, 110, 111,
        ]

    @Test(arguments: seeds)
    func `the model of a random rule has its one-step moments within five standard errors`(seed: Int) throws {
        let rule = try rule(seed)
        let derivation: Derivation
        do {
            derivation = try Derivation(of: rule)
        } catch {
            #expect(!"\(error)".isEmpty)
            return
        }
        let sample: OneStepSample
        do {
            let quick = try OneStepSample(of: derivation, seed: UInt64(seed), draws: 1000)
            // Rare large increments make the error of a small sample look small; a mistake stays one in a large sample.
            sample =
                quick.outliers.isEmpty
                ? quick : try OneStepSample(of: derivation, seed: UInt64(seed), draws: 50_000)
        } catch {
            // A model may hold an expectation or a sum that no closure evaluates: it says so.
            #expect(error is CompilationError || error is SimulationError, "\(error)\n\(rule)")
            return
        }
        for entry in sample.outliers {
            let sampled = "\(entry.sampled) with the error \(entry.standardError)"
            Issue.record("\(entry.name): \(entry.model), sampled \(sampled)\n\(rule)")
        }
    }
}
