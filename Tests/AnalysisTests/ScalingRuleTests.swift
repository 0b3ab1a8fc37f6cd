import Algebra
import Analysis
import ExactNumbers
import Matching
import Numerics
import Testing

struct ScalingRuleTests {
    private func exponents(_ rule: ScalingRule) -> [String: Rational] {
        rule.exponents.reduce(into: [:]) { $0[$1.key.name] = $1.value }
    }

    /// C.19, C.23, C.28, C.33: eta -> kappa eta, B -> kappa^2 B, gamma -> kappa gamma, and `1 - beta = eta rho` by kappa^2.
    @Test(arguments: ["signsgd", "rmsprop", "rmspropw", "adam", "adamw", "nadam"])
    func `adaptive rules scale by the square root`(name: String) throws {
        let rule = try ScalingRule(of: Model.analysis(name))
        let exponents = exponents(rule)
        #expect(exponents["B"] == 2)
        #expect(rule.speed == 1)
        for (parameter, exponent) in exponents where parameter != "B" { #expect(exponent == 1, "\(parameter)") }
        #expect(rule.symmetry == nil)
    }

    /// Lemma E.2: the batch in proportion.
    @Test(arguments: ["sgd", "sgdw", "heavyball", "momentum", "nesterov"])
    func `rules that are linear in the gradient scale in proportion`(name: String) throws {
        let rule = try ScalingRule(of: Model.analysis(name))
        let exponents = exponents(rule)
        #expect(exponents["B"] == 1)
        #expect(rule.speed == 0)
        for (parameter, exponent) in exponents where parameter != "B" { #expect(exponent == 0, "\(parameter)") }
    }

    /// A fixed beta is a number that does not scale, whatever the function of it in the level.
    @Test(arguments: [("signum", ["rho"]), ("lion", ["rho1", "rho2"])])
    func `averaged sign rules keep beta and take the batch by the square`(name: String, rates: [String]) throws {
        let sizes = Dictionary(uniqueKeysWithValues: rates.map { ($0, Weight(-1)) })
        let exponents = exponents(try ScalingRule(of: Model.analysis(name, DerivationOptions(sizes: sizes))))
        #expect(exponents["B"] == 2)
        for (parameter, exponent) in exponents where parameter.hasPrefix("beta") { #expect(exponent == 0) }
        #expect(exponents.keys.filter { $0.hasPrefix("beta") }.count == rates.count)
        #expect(exponents["gamma"] == (name == "lion" ? 1 : nil))
    }

    @Test func `epsilon falls as the batch grows`() throws {
        #expect(exponents(try ScalingRule(of: Model.analysis("rmsprop", epsilon: nil)))["epsilon"] == -1)
    }

    /// E.3 and Remark E.4: SGD's equation is the same under its rule, in the same time, which takes fewer and longer steps.
    @Test func `SGD's equation does not see the scaling that its process feels`() throws {
        let rule = try ScalingRule(of: Model.analysis("sgd"))
        #expect(rule.symmetrySpeed == 0)
        #expect(rule.symmetry?.first?.value == 1)
        // The exact variance eta sigma^2/(B lambda (2 - eta lambda)) moves with eta under eta/B = const.
        func exact(_ eta: Double, _ batch: Double) -> Double { eta / (batch * (2 - eta)) }
        #expect(exact(0.2, 2) / exact(0.1, 1) > 1.05)
    }

    @Test(arguments: ["signum", "lion"])
    func `signs of averages scale in proportion, by their Gaussian closure`(name: String) throws {
        let rule = try ScalingRule(of: Model.analysis(name))
        #expect(rule.isApproximate && rule.speed == 0)
        #expect(exponents(rule)["B"] == 1)
        #expect(exponents(rule)[name == "lion" ? "rho2" : "rho"] == 0)
    }

    @Test func `AdaGrad has no rule, and is told so with the requirements`() throws {
        #expect {
            try ScalingRule(of: Model.analysis("adagrad"))
        } throws: { error in
            guard case AnalysisError.noScaling(let reason) = error else { return false }
            return reason.contains("drift of v")
        }
    }

    /// The exact discrete law of AdamW with v held at sigma^2/B, kappa = 2.
    @Test func `AdamW's exact level is the same under its rule, and not when gamma is left out`() throws {
        func level(eta: Double, batch: Double, gamma: Double, beta: Double) throws -> Double {
            let step = eta * batch.squareRoot()
            let a = DenseMatrix([
                [1 - eta * gamma - step * (1 - beta), -step * beta], [1 - beta, beta],
            ])
            let noise = [-step * (1 - beta) / batch.squareRoot(), (1 - beta) / batch.squareRoot()]
            var system = DenseMatrix.identity(4)
            for i in 0..<2 {
                for j in 0..<2 {
                    for k in 0..<2 {
                        for l in 0..<2 { system[2 * i + j, 2 * k + l] -= a[i, k] * a[j, l] }
                    }
                }
            }
            return try system.solve((0..<4).map { noise[$0 / 2] * noise[$0 % 2] })[0]
        }
        let base = try level(eta: 1e-3, batch: 1, gamma: 4, beta: 0.99)
        let scaled = try level(eta: 2e-3, batch: 4, gamma: 8, beta: 1 - 4 * 0.01)
        let partial = try level(eta: 2e-3, batch: 4, gamma: 4, beta: 1 - 4 * 0.01)
        #expect((scaled / base - 1).magnitude < 0.01)
        #expect(partial / base > 1.3)
    }
}
