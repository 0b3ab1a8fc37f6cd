import Algebra
import BuiltInRules
import ExactNumbers
import Matching
import Rules
import Testing

struct RegimeSearchTests {
    typealias Q = Quantity

    private func search(_ name: String) throws -> RegimeSearch { try RegimeSearch(of: BuiltInRules.rule(named: name)) }

    private func limit(_ title: String, _ search: RegimeSearch) throws -> (Derivation, [String: Weight]) {
        let scaling = try #require(search.limits.first { $0.title == title })
        guard case .limit(let derivation) = scaling.outcome else { throw Missing() }
        let sizes = scaling.sizes.map { ($0.symbol.name, $0.weight) }
        return (derivation, Dictionary(uniqueKeysWithValues: sizes))
    }

    private struct Missing: Error {}

    @Test func `RMSprop has a ballistic, an averaged and a noise-dominated limit, each with its own drift of v`() throws
    {
        let search = try search("rmsprop")
        let (ballistic, _) = try limit("ballistic", search)
        expectEqual(ballistic.sde.drift[1], Q.rho * (Q.gradient ** 2 + Q.sigma ** 2 - Q.v))
        let (noisy, sizes) = try limit("noise-dominated", search)
        expectEqual(noisy.sde.drift[1], Q.rho * (Q.sigma ** 2 - Q.v))
        #expect(sizes == ["sigma": -1, "rho": 1, "epsilon": -1])
        #expect(noisy.certificate.stepTime == 2)
        #expect(search.limits.map(\.title) == ["ballistic", "averaged", "noise-dominated"])
        let reasons = search.scalings.compactMap { if case .none(let reason) = $0.outcome { reason } else { nil } }
        #expect(reasons.contains { $0.hasPrefix("fast: v within 1/η steps, while x moves within 1/η²") })
        #expect(reasons.contains { $0.hasPrefix("slow: v does not move") })
        #expect(reasons.contains { $0.hasSuffix("an averaged model of the other states is what exists") })
    }

    @Test func `SGD's drift and noise balance where sigma^2 is of size 1/eta, and a larger noise has no limit`() throws
    {
        let search = try search("sgd")
        #expect(try limit("noise-dominated", search).1["sigma"] == Weight(Rational(-1, 2)))
        #expect(search.limits.map(\.title) == ["ballistic", "noise-dominated"])
    }

    @Test func `a threshold of the gradient scales with the noise`() throws {
        let (derivation, sizes) = try limit("noise-dominated", search("clippedsgd"))
        #expect(sizes["c"] == -1 || sizes["c"] == Weight(Rational(-1, 2)))
        #expect(derivation.sde.covariance[0][0].contains(Symbol("c", bounds: .positive)))
    }

    @Test func `a decay of the position is given the size at which it acts with the gradient`() throws {
        let (derivation, sizes) = try limit("noise-dominated", search("rmspropw"))
        #expect(sizes["gamma"] == 1)
        expectEqual(derivation.sde.drift[0], -Q.gradient / (sqrt(Q.v) + Q.epsilon) - Q.gamma * Q.x)
    }

    @Test func `two running means of one gradient share the noise where it dominates, and their weight is kept`() throws
    {
        let (derivation, sizes) = try limit("noise-dominated", search("ademamix"))
        #expect(sizes["sigma"] == -1 && sizes["epsilon"] == -1 && sizes["alpha"] == .zero)
        let rates = ["rho1", "rho3"].map { Expression(Symbol($0, bounds: .positive)) }
        let covariance = derivation.sde.covariance
        expectEqual(covariance[1][2], rates[0] * rates[1] * Q.sigma ** 2)
        // Three states move by two noises.
        #expect(derivation.sde.diffusion.allSatisfy { $0.count == 2 })
        for a in 0..<4 {
            for c in 0..<4 {
                let product = zip(derivation.sde.diffusion[a], derivation.sde.diffusion[c])
                    .reduce(Expression.zero) { $0 + $1.0 * $1.1 }
                expectEqual(product, covariance[a][c])
            }
        }
        #expect(derivation.certificate.stepTime == 2)
    }
}
