import Algebra
import BuiltInRules
import ExactNumbers
import Rules
import Testing

@testable import Matching

/// A model that is wrong in one place is told from the derived one, and the place is named.
struct MutationTests {
    /// AdaMax and AMSGrad have no SDE.
    static let rules = BuiltInRules.keys.filter { !["adamax", "amsgrad"].contains($0) }
    /// The mean of a sign of the running average jumps: there is no model of order 2.
    static let rulesOfOrderTwo = rules.filter { !["lion", "signum", "tiger"].contains($0) }

    // MARK: Noticing them

    /// Compares the model with every mistake of a kind; each has to differ in its own coefficients and in no other.
    private func expectNoticed(_ kind: ModelMistake.Kind, _ derivation: Derivation) -> [ModelComparison.Entry] {
        derivation.mistakes.filter { $0.kind == kind }.flatMap { mistake in
            let comparison = ModelComparison(of: mistake.sde, with: derivation)
            let name = "\(derivation.rule.name), order \(comparison.order): \(mistake)"
            #expect(Set(comparison.disagreements.map(\.coefficient)) == Set(mistake.coefficients), "\(name)")
            // A difference of expectations without a closed form is reported, but not always proved.
            let isNamed = comparison.disagreements.contains { $0.difference.containsExpectation }
            #expect(isNamed || comparison.disagreements.allSatisfy { $0.agreement == .differs }, "\(name)")
            #expect(comparison.verdict != .agrees, "\(name)")
            return comparison.disagreements
        }
    }

    private func derivation(_ name: String, order: Int) throws -> Derivation {
        let rule = try BuiltInRules.rule(named: name)
        return try Derivation(of: rule, options: order == 1 ? DerivationOptions() : .secondOrder(of: rule))
    }

    @Test(arguments: rules)
    func `a wrong order-1 model is noticed`(name: String) throws {
        let derivation = try derivation(name, order: 1)
        #expect(ModelComparison(of: derivation.sde, with: derivation).verdict == .agrees)
        #expect(!expectNoticed(.signTurned, derivation).isEmpty)
        for entry in expectNoticed(.covarianceDropped, derivation) {
            // Order 1 tolerates a covariance that is missing wherever its size is eta^2; the level does not.
            #expect(entry.matching != .always || entry.weight?.isAtLeast(3) == true)
        }
        let shifted = expectNoticed(.stepShifted, derivation)
        #expect(shifted.isEmpty == !derivation.sde.drift.contains { $0.contains(derivation.sde.time) })
    }

    @Test(arguments: rulesOfOrderTwo)
    func `a wrong order-2 model is noticed, and has not order 2`(name: String) throws {
        let derivation = try derivation(name, order: 2)
        #expect(ModelComparison(of: derivation.sde, with: derivation).verdict == .agrees)
        for kind in [ModelMistake.Kind.halfMadeOne, .signTurned, .covarianceDropped] {
            let noticed = expectNoticed(kind, derivation)
            #expect(!noticed.isEmpty)
            #expect(noticed.allSatisfy { $0.weakOrder == .never }, "\(kind)")
        }
        for entry in expectNoticed(.stepShifted, derivation) {
            // A shift of k by one moves b0 by O(eta), which costs the order, and b1 by as much, which does not.
            let isLeading = zip(derivation.sde.states, derivation.leadingDrift).contains { state, drift in
                entry.coefficient == .drift(state) && drift.contains(derivation.sde.time)
            }
            #expect(entry.weakOrder == (isLeading ? .never : .always), "\(entry.coefficient)")
        }
    }
}
