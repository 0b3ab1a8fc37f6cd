import Algebra
import BuiltInRules
import ExactNumbers
import Rules
import Testing

@testable import Matching

/// A model that is wrong in one place is told from the derived one, and the place is named.
struct MutationTests {
    static let rules = ["sgd", "sgdw", "signsgd", "rmsprop", "rmspropw", "adam", "adamw"]

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
                diffusion: sde.diffusion),
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
                diffusion: sde.diffusion),
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

    /// The sign of each term of b0, and of the first term of b1, turned.
    private func signsFlipped(_ derivation: Derivation) -> [Mutant] {
        let sde = derivation.sde
        return sde.states.indices.flatMap { index in
            var terms = ((try? derivation.leadingDrift[index].expanded()) ?? derivation.leadingDrift[index]).summands
            if let correction = derivation.driftCorrection.isEmpty ? nil : derivation.driftCorrection[index],
                let first = ((try? correction.expanded()) ?? correction).summands.first
            {
                terms.append(Expression(sde.stepSize) * first)
            }
            return terms.compactMap { term in
                replacing(drift: index, by: sde.drift[index] - 2 * term, in: sde, "sign of \(term)")
            }
        }
    }

    private func covariancesDropped(_ derivation: Derivation) -> [Mutant] {
        pairs(derivation.sde).compactMap { a, c in
            replacing(covariance: a, c, by: .zero, in: derivation.sde, "dropped")
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

    private func parametersDoubled(_ derivation: Derivation) -> [Mutant] {
        let sde = derivation.sde
        return derivation.rule.parameters.map(\.symbol).flatMap { parameter in
            let double = 2 * Expression(parameter)
            let drifts = sde.states.indices.compactMap { index in
                replacing(
                    drift: index, by: sde.drift[index].substituting(parameter, by: double), in: sde,
                    "\(parameter) doubled")
            }
            let covariances = pairs(sde).compactMap { a, c in
                replacing(
                    covariance: a, c, by: sde.covariance[a][c].substituting(parameter, by: double), in: sde,
                    "\(parameter) doubled")
            }
            return drifts + covariances
        }
    }

    // MARK: Noticing them

    /// Compares every mutant; each has to differ in its own coefficient and in no other.
    private func expectNoticed(_ mutants: [Mutant], _ derivation: Derivation) -> [ModelComparison.Entry] {
        mutants.compactMap { mutant in
            let comparison = ModelComparison(of: mutant.sde, with: derivation)
            let name = "\(derivation.rule.name), order \(comparison.order): \(mutant.mistake)"
            #expect(comparison.disagreements.map(\.coefficient) == [mutant.coefficient], "\(name)")
            #expect(comparison.disagreements.allSatisfy { $0.agreement == .differs }, "\(name)")
            #expect(comparison.verdict != .agrees, "\(name)")
            return comparison.disagreements.first
        }
    }

    private func derivation(_ name: String, order: Int) throws -> Derivation {
        let rule = try BuiltInRules.rule(named: name)
        var options = DerivationOptions(order: order)
        if order == 2 {
            options.sizes = Dictionary(uniqueKeysWithValues: rule.parameters.map { ($0.symbol.name, .zero) })
        }
        return try Derivation(of: rule, options: options)
    }

    @Test(arguments: rules)
    func `a wrong order-1 model is noticed`(name: String) throws {
        let derivation = try derivation(name, order: 1)
        #expect(ModelComparison(of: derivation.sde, with: derivation).verdict == .agrees)
        // A flipped sign or a doubled parameter of b0 costs the order unless the term is of a higher one.
        _ = expectNoticed(signsFlipped(derivation) + parametersDoubled(derivation), derivation)
        for entry in expectNoticed(covariancesDropped(derivation), derivation) {
            // Order 1 tolerates a covariance that is missing wherever its size is eta^2; the level does not.
            #expect(entry.matching != .always || entry.weight?.isAtLeast(3) == true)
        }
        let shifted = expectNoticed(stepShifted(derivation), derivation)
        #expect(shifted.isEmpty == !derivation.sde.drift.contains { $0.contains(derivation.sde.time) })
    }

    @Test(arguments: rules)
    func `a wrong order-2 model is noticed, and has not order 2`(name: String) throws {
        let derivation = try derivation(name, order: 2)
        #expect(ModelComparison(of: derivation.sde, with: derivation).verdict == .agrees)
        let mutants =
            halvesMadeOne(derivation) + signsFlipped(derivation) + covariancesDropped(derivation)
            + parametersDoubled(derivation)
        for entry in expectNoticed(mutants, derivation) { #expect(entry.weakOrder == .never, "\(entry.coefficient)") }
        #expect(!halvesMadeOne(derivation).isEmpty)
        for entry in expectNoticed(stepShifted(derivation), derivation) {
            // A shift of k by one moves b0 by O(eta), which costs the order, and b1 by as much, which does not.
            let isLeading = entry.derived.substituting(derivation.sde.stepSize, by: .zero).contains(derivation.sde.time)
            #expect(entry.weakOrder == (isLeading ? .never : .always), "\(entry.coefficient)")
        }
    }
}
