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

    /// A model with one mistake, and the coefficient in which it stands.
    struct Mutant {
        let mistake: String
        let sde: SDE
        let coefficient: ModelComparison.Coefficient
    }

    // MARK: Making mistakes

    private func replacing(drift index: Int, by drift: Expression, in sde: SDE, _ mistake: String) -> Mutant? {
        guard drift != sde.drift[index] else { return nil }
        var all = sde.drift
        all[index] = drift
        return Mutant(
            mistake: "\(mistake) in b[\(sde.states[index].name)]",
            sde: SDE(
                stepSize: sde.stepSize, time: sde.time, states: sde.states, drift: all, covariance: sde.covariance,
                diffusion: sde.diffusion, crossCovariance: sde.crossCovariance),
            coefficient: .drift(sde.states[index]))
    }

    private func replacing(
        covariance a: Int, _ c: Int, by entry: Expression, in sde: SDE, _ mistake: String
    ) -> Mutant? {
        guard entry != sde.covariance[a][c] else { return nil }
        var all = sde.covariance
        all[a][c] = entry
        all[c][a] = entry
        return Mutant(
            mistake: "\(mistake) in S[\(sde.states[a].name),\(sde.states[c].name)]",
            sde: SDE(
                stepSize: sde.stepSize, time: sde.time, states: sde.states, drift: sde.drift, covariance: all,
                diffusion: sde.diffusion, crossCovariance: sde.crossCovariance),
            coefficient: .covariance(sde.states[a], sde.states[c]))
    }

    private func pairs(_ sde: SDE) -> [(Int, Int)] {
        sde.states.indices.flatMap { a in (a..<sde.states.count).map { (a, $0) } }
    }

    /// The factor 1/2 of b1 = E[D2] - (1/2) (d_t + b0 . grad) b0 made 1.
    private func halvesMadeOne(_ derivation: Derivation) -> [Mutant] {
        let sde = derivation.sde
        let transport = Transport(states: sde.states, drift: derivation.leadingDrift, time: sde.time)
        return sde.states.indices.compactMap { index in
            let half = transport(derivation.leadingDrift[index]).scaled(by: .half)
            return replacing(
                drift: index, by: sde.drift[index] - Expression(sde.stepSize) * half, in: sde, "1/2 made 1")
        }
    }

    /// The sign of the first term turned, of b0 at order 1 and of b1 at order 2.
    private func signsFlipped(_ derivation: Derivation) -> [Mutant] {
        let sde = derivation.sde
        let isCorrected = !derivation.driftCorrection.isEmpty
        return sde.states.indices.compactMap { index in
            let part = isCorrected ? derivation.driftCorrection[index] : derivation.leadingDrift[index]
            let first = ((try? part.expanded()) ?? part).summands.first ?? .zero
            let term = isCorrected ? Expression(sde.stepSize) * first : first
            return replacing(drift: index, by: sde.drift[index] - 2 * term, in: sde, "sign of \(term)")
        }
    }

    private func covariancesDropped(_ derivation: Derivation) -> [Mutant] {
        let sde = derivation.sde
        let own = pairs(sde).compactMap { a, c in replacing(covariance: a, c, by: .zero, in: sde, "dropped") }
        guard sde.couplesCoordinates else { return own }
        return own
            + pairs(sde).compactMap { a, c in
                guard !sde.crossCovariance[a][c].isZero else { return nil }
                var all = sde.crossCovariance
                (all[a][c], all[c][a]) = (.zero, .zero)
                return Mutant(
                    mistake: "dropped in S[\(sde.states[a].name)_i,\(sde.states[c].name)_j]",
                    sde: SDE(
                        stepSize: sde.stepSize, time: sde.time, states: sde.states, drift: sde.drift,
                        covariance: sde.covariance, diffusion: sde.diffusion, crossCovariance: all),
                    coefficient: .crossCovariance(sde.states[a], sde.states[c]))
            }
    }

    /// The index of the step off by one: the bias corrections are those of the next step.
    private func stepShifted(_ derivation: Derivation) -> [Mutant] {
        let sde = derivation.sde
        let next = Expression(sde.time) + Expression(sde.stepSize)
        return sde.states.indices.compactMap { index in
            replacing(
                drift: index, by: sde.drift[index].substituting(sde.time, by: next), in: sde, "k shifted")
        }
    }

    // MARK: Noticing them

    /// Compares every mutant; each has to differ in its own coefficient and in no other.
    private func expectNoticed(_ mutants: [Mutant], _ derivation: Derivation) -> [ModelComparison.Entry] {
        mutants.compactMap { mutant in
            let comparison = ModelComparison(of: mutant.sde, with: derivation)
            let name = "\(derivation.rule.name), order \(comparison.order): \(mutant.mistake)"
            #expect(comparison.disagreements.map(\.coefficient) == [mutant.coefficient], "\(name)")
            // A difference of expectations without a closed form is reported, but not always proved.
            let isNamed = comparison.disagreements.contains { $0.difference.containsExpectation }
            #expect(isNamed || comparison.disagreements.allSatisfy { $0.agreement == .differs }, "\(name)")
            #expect(comparison.verdict != .agrees, "\(name)")
            return comparison.disagreements.first
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
        _ = expectNoticed(signsFlipped(derivation), derivation)
        for entry in expectNoticed(covariancesDropped(derivation), derivation) {
            // Order 1 tolerates a covariance that is missing wherever its size is eta^2; the level does not.
            #expect(entry.matching != .always || entry.weight?.isAtLeast(3) == true)
        }
        let shifted = expectNoticed(stepShifted(derivation), derivation)
        #expect(shifted.isEmpty == !derivation.sde.drift.contains { $0.contains(derivation.sde.time) })
    }

    @Test(arguments: rulesOfOrderTwo)
    func `a wrong order-2 model is noticed, and has not order 2`(name: String) throws {
        let derivation = try derivation(name, order: 2)
        #expect(ModelComparison(of: derivation.sde, with: derivation).verdict == .agrees)
        let mutants =
            halvesMadeOne(derivation) + signsFlipped(derivation) + covariancesDropped(derivation)
        for entry in expectNoticed(mutants, derivation) { #expect(entry.weakOrder == .never, "\(entry.coefficient)") }
        #expect(!halvesMadeOne(derivation).isEmpty)
        for entry in expectNoticed(stepShifted(derivation), derivation) {
            // A shift of k by one moves b0 by O(eta), which costs the order, and b1 by as much, which does not.
            let isLeading = zip(derivation.sde.states, derivation.leadingDrift).contains { state, drift in
                entry.coefficient == .drift(state) && drift.contains(derivation.sde.time)
            }
            #expect(entry.weakOrder == (isLeading ? .never : .always), "\(entry.coefficient)")
        }
    }
}
