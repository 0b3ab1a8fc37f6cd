import BuiltInRules
import Matching
import Testing

@testable import Simulation

/// Wrong models of order 2 are refuted by their weak errors, or undecided, and never supported.
struct MistakeCheckTests {
    private func check(_ name: String, by weakError: WeakError = MistakeCheck.defaultWeakError) throws -> MistakeCheck {
        let rule = try BuiltInRules.rule(named: name)
        return try MistakeCheck(of: Derivation(of: rule, options: .secondOrder(of: rule)), by: weakError)
    }

    @Test func `on the grid of one state every mistake is refuted`() throws {
        let check = try check("signsgd", by: WeakError(solver: DeterministicSolver(tolerance: 1e-6)))
        let kinds = Set(check.entries.compactMap { $0.mistake?.kind })
        #expect(kinds == [.halfMadeOne, .signTurned, .covarianceDropped])
        #expect(check.entries.allSatisfy { $0.method == .deterministic })
        #expect(check.entries.first?.verdict != .refutes)
        #expect(check.entries.dropFirst().allSatisfy { !$0.isTolerated && $0.verdict == .refutes })
        #expect(check.passes && check.withoutNumbers.isEmpty)
    }

    @Test func `with few paths a mistake is smaller than the interval, and undecided`() throws {
        let sampled = WeakError(
            paths: 16, reduction: VarianceReduction.none, integration: .extrapolated(maximum: 4), choice: .sampled)
        let check = try check("signsgd", by: sampled)
        #expect(check.entries.count > 1)
        #expect(check.entries.allSatisfy { $0.method == .sampled && $0.verdict != .supports })
        #expect(check.count(.undecided, tolerated: false) > 0)
        #expect(check.passes)
    }
}
