import Algebra
import BuiltInRules
import ExactNumbers
import Matching
import Rules
import Testing

/// What published SDEs leave out, found by comparison with the derived model.
struct ModelComparisonTests {
    typealias Q = Quantity

    private static let constantRates: [String: Weight] = ["rho1": .zero, "rho2": .zero]

    /// The disagreements by name.
    private func names(_ comparison: ModelComparison) -> [String] {
        comparison.disagreements.map { "\($0.coefficient)" }
    }

    private func entry(_ name: String, of comparison: ModelComparison) throws -> ModelComparison.Entry {
        try #require(comparison.entries.first { "\($0.coefficient)" == name })
    }

    // MARK: RMSprop

    @Test func `the RMSprop of Compagnoni et al. drops Cov(x, v) and Var(v)`() throws {
        let comparison = try PublishedFile.comparison("compagnoni-rmsprop", with: "rmsprop")
        #expect(names(comparison) == ["S[x,v]", "S[v,v]"])
        let root = sqrt(Q.v) + Q.epsilon
        let cross = try entry("S[x,v]", of: comparison)
        expectEqual(cross.difference, 2 * Q.rho * Q.gradient * Q.sigma ** 2 / root)
        let variance = try entry("S[v,v]", of: comparison)
        expectEqual(variance.difference, -(Q.rho ** 2) * (4 * Q.gradient ** 2 * Q.sigma ** 2 + 2 * Q.sigma ** 4))
        for entry in [cross, variance] {
            #expect(entry.parts.allSatisfy { $0.defect == .missing })
            #expect(entry.weight == 2)
            #expect(entry.weakOrder == .always)
            #expect(entry.matching == .never)
        }
        #expect(comparison.verdict == .agreesToOrder)
        #expect(comparison.level == .m1)
        #expect(!comparison.passes)
    }

    @Test func `the RMSprop of Compagnoni et al. has weak order 1, not 2`() throws {
        let comparison = try PublishedFile.comparison(
            "compagnoni-rmsprop", with: "rmsprop", options: DerivationOptions(order: 2))
        #expect(names(comparison) == ["b[x]", "b[v]", "S[x,v]", "S[v,v]"])
        #expect(comparison.entries.filter { $0.weakOrder == .never }.count == 4)
        #expect(comparison.verdict == .fails)
        // b1 is what is missing of the drift.
        let derivation = try Derivation(
            of: BuiltInRules.rule(named: "rmsprop"), options: DerivationOptions(order: 2))
        expectEqual(try entry("b[v]", of: comparison).difference, -Q.eta * derivation.driftCorrection[1])
    }

    @Test func `the RMSprop of Malladi et al. lacks rho (grad f)^2 in the drift of v`() throws {
        let comparison = try PublishedFile.comparison("malladi-rmsprop", with: "rmsprop")
        #expect(names(comparison) == ["b[v]", "S[x,v]", "S[v,v]"])
        let drift = try entry("b[v]", of: comparison)
        #expect(drift.difference == (-Q.rho * Q.gradient ** 2))
        #expect(drift.parts.map(\.defect) == [.missing])
        #expect(drift.weight == 1)
        #expect(drift.weakOrder == .never)
        #expect(comparison.verdict == .fails)
        #expect(comparison.level == nil)
    }

    @Test func `a published SDE agrees with the model that keeps the same noise`() throws {
        for (file, rule) in [("compagnoni-rmsprop", "rmsprop"), ("compagnoni-adam", "adam")] {
            let comparison = try PublishedFile.comparison(
                file, with: rule, options: DerivationOptions(diffusion: .declared))
            #expect(comparison.verdict == .agrees)
            #expect(comparison.passes)
        }
    }

    // MARK: Adam

    @Test func `the Adam of Compagnoni et al. drops every covariance but Var(m)`() throws {
        let comparison = try PublishedFile.comparison("compagnoni-adam", with: "adam")
        #expect(names(comparison) == ["S[x,x]", "S[x,m]", "S[x,v]", "S[m,v]", "S[v,v]"])
        #expect(comparison.disagreements.allSatisfy { $0.parts.allSatisfy { $0.defect == .missing } })
        let scale = sqrt(1 - exp(-Q.rho2 * Q.t)) / (1 - exp(-Q.rho1 * Q.t))
        let root = sqrt(Q.v) + Q.epsilon * sqrt(1 - exp(-Q.rho2 * Q.t))
        let cross = try entry("S[x,m]", of: comparison)
        expectEqual(cross.difference, Q.eta * Q.rho1 ** 2 * Q.sigma ** 2 * scale / root)
        #expect(cross.weight == Weight(3, slope: -2))
        #expect(cross.weakOrder == .upTo(Rational(1, 2)))
        let moments = try entry("S[m,v]", of: comparison)
        expectEqual(moments.difference, -2 * Q.rho1 * Q.rho2 * Q.gradient * Q.sigma ** 2)
        #expect(moments.weight == Weight(2, slope: -1))
        expectEqual(
            try entry("S[v,v]", of: comparison).difference,
            -(Q.rho2 ** 2) * (4 * Q.gradient ** 2 * Q.sigma ** 2 + 2 * Q.sigma ** 4))
        // A first moment of m that moves faster than eta meets a dropped Cov(m, v): the theorem fails for every zeta.
        #expect(comparison.verdict == .fails)
    }

    @Test func `with rates of order 1 the Adam of Compagnoni et al. has weak order 1`() throws {
        let comparison = try PublishedFile.comparison(
            "compagnoni-adam", with: "adam", options: DerivationOptions(sizes: Self.constantRates))
        // The mean of the fresh gradient is of the second order then, and its noise is not kept either way.
        let drift = try entry("b[x]", of: comparison)
        #expect(drift.parts.map(\.defect) == [.extra])
        #expect(drift.weight == 2)
        #expect(names(comparison) == ["b[x]", "S[m,v]", "S[v,v]"])
        #expect(comparison.verdict == .agreesToOrder)
        #expect(comparison.level == .m1)
    }

    @Test func `the Adam of Malladi et al. lacks the fresh gradient in x and (grad f)^2 in v`() throws {
        let comparison = try PublishedFile.comparison("malladi-adam", with: "adam")
        #expect(names(comparison).prefix(2) == ["b[x]", "b[v]"])
        let scale = sqrt(1 - exp(-Q.rho2 * Q.t)) / (1 - exp(-Q.rho1 * Q.t))
        let root = sqrt(Q.v) + Q.epsilon * sqrt(1 - exp(-Q.rho2 * Q.t))
        let position = try entry("b[x]", of: comparison)
        expectEqual(position.difference, scale * Q.eta * Q.rho1 * (Q.gradient - Q.m) / root)
        #expect(position.weight == Weight(2, slope: -1))
        #expect(position.weakOrder == .never)
        let second = try entry("b[v]", of: comparison)
        #expect(second.difference == (-Q.rho2 * Q.gradient ** 2))
        #expect(second.parts.map(\.defect) == [.missing])
        #expect(comparison.verdict == .fails)
    }

    // MARK: Parts

    @Test func `a difference is split into its recognisable parts`() throws {
        let rule = try BuiltInRules.rule(named: "adamw")
        let published = try PublishedSDE(
            parsing: """
                let P = sqrt(v) + epsilon*sqrt(1 - exp(-rho2*t))
                dx = -sqrt(1 - exp(-rho2*t))/(1 - exp(-rho1*t))*m/P dt
                dm = rho1*(df - m) dt + sqrt(eta)*rho1*sigma dW
                dv = rho2*(df^2 + sigma^2 - v) dt
                """, for: rule)
        let comparison = ModelComparison(
            of: published, with: try Derivation(of: rule, options: DerivationOptions(diffusion: .declared)))
        #expect(names(comparison) == ["b[x]"])
        let parts = try entry("b[x]", of: comparison).parts
        #expect(parts.count == 2)
        let rho1 = Symbol("rho1", bounds: .positive)
        let scale = sqrt(1 - exp(-Q.rho2 * Q.t)) / (1 - exp(-Q.rho1 * Q.t))
        let root = sqrt(Q.v) + Q.epsilon * sqrt(1 - exp(-Q.rho2 * Q.t))
        let decay = try #require(parts.first { !$0.difference.contains(rho1) })
        #expect(decay.difference == Q.gamma * Q.x)
        #expect(decay.defect == .missing)
        let fresh = try #require(parts.first { $0.difference.contains(rho1) })
        expectEqual(fresh.difference, scale * Q.eta * Q.rho1 * (Q.gradient - Q.m) / root)
    }

    @Test func `equal coefficients in another form agree`() throws {
        let rule = try BuiltInRules.rule(named: "signsgd")
        let published = try PublishedSDE(
            parsing: """
                let y = grad f/(sqrt(2)*sigma)
                dx = -(1 - 2*Phi(-y*sqrt(2))) dt + sqrt(eta*(1 + erf(y))*(1 - erf(y))) dW
                """, for: rule)
        let comparison = ModelComparison(of: published, with: try Derivation(of: rule))
        #expect(comparison.verdict == .agrees)
        #expect(comparison.level == .m1c)
    }
}
