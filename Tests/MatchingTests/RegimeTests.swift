import Algebra
import BuiltInRules
import ExactNumbers
import Matching
import Numerics
import Probability
import Rules
import Testing

import func Foundation.log2
import func Foundation.pow

struct RegimeTests {
    typealias Q = Quantity

    private static let batchEquivalent: [String: Weight] = [
        "sigma": -1, "epsilon": -1, "rho": 1, "rho1": 1, "rho2": 1,
    ]

    /// The derivation with the sizes of those names that the rule has.
    private func derivation(
        _ name: String, _ sizes: [String: Weight] = batchEquivalent, diffusion: DerivationOptions.Diffusion = .full
    ) throws -> Derivation {
        let rule = try BuiltInRules.rule(named: name)
        let known = sizes.filter { Regime.names(in: rule).contains($0.key) }
        return try Derivation(of: rule, options: DerivationOptions(diffusion: diffusion, sizes: known))
    }

    @Test func `where the noise dominates, RMSprop's v follows the variance alone`() throws {
        let derivation = try derivation("rmsprop")
        let root = sqrt(Q.v) + Q.epsilon
        expectEqual(derivation.sde.drift[0], -Q.gradient / root)
        expectEqual(derivation.sde.drift[1], Q.rho * (Q.sigma ** 2 - Q.v))
        expectEqual(derivation.sde.covariance[0][0], Q.sigma ** 2 / root ** 2)
        #expect(derivation.sde.covariance[0][1].isZero)
        expectEqual(derivation.sde.covariance[1][1], 2 * Q.rho ** 2 * Q.sigma ** 4)
        let regime = try #require(derivation.regime)
        #expect(regime.stepTime == 2)
        #expect(regime.isDistinguished)
        #expect(derivation.certificate.conditions.allSatisfy { $0.range == .always })
    }

    @Test func `what a regime drops is listed, with its weight on the time of a step`() throws {
        let regime = try #require(try derivation("rmsprop").regime)
        let squared = try #require(regime.omissions.first { $0.coefficient == "b[v]" })
        expectEqual(squared.expression, Q.rho * Q.gradient ** 2)
        #expect(squared.weight == 4)
        #expect(squared.tolerated == .always)
    }

    @Test func `sizes of states that are not named follow from balance`() throws {
        func size(_ name: String, _ state: String) throws -> Weight? {
            try derivation(name).regime?.quantities.first { $0.symbol.name == state }?.size
        }
        #expect(try size("rmsprop", "v") == -2)
        #expect(try size("adam", "v") == -2)
        // The noise moves m by rho1 sigma sqrt(n) = O(1) in the n = eta^-2 steps of its relaxation.
        #expect(try size("adam", "m") == 0)
        #expect(try size("adabelief", "s") == -2)
        #expect(try size("yogi", "v") == -2)
        // An undamped sum of n = eta^-3 squares.
        let adagrad = try #require(
            try Derivation(of: BuiltInRules.rule(named: "adagrad"), options: DerivationOptions(sizes: ["sigma": -1]))
                .regime)
        #expect(adagrad.stepTime == 3)
        #expect(adagrad.quantities.last?.size == -4)
    }

    @Test(arguments: ["rmsprop", "adam"])
    func `the batch-equivalent regime gives the model of Malladi et al.`(name: String) throws {
        let derivation = try derivation(name, diffusion: .declared)
        let published = try PublishedSDE(contentsOf: PublishedFile.url("malladi-\(name)"), for: derivation.rule)
        #expect(ModelComparison(of: published, with: derivation).verdict == .agrees)
        // With noise of order 1 the same model lacks the square of the gradient.
        let ballistic = try Derivation(of: derivation.rule, options: DerivationOptions(diffusion: .declared))
        #expect(ModelComparison(of: published, with: ballistic).verdict == .fails)
    }

    @Test func `with sigma = O(eta^-1/2) drift and noise of SGD balance, and its SDE is the same`() throws {
        let derivation = try derivation("sgd", ["sigma": Weight(Rational(-1, 2))])
        #expect(derivation.sde.drift == [-Q.gradient])
        #expect(derivation.sde.covariance == [[Q.sigma ** 2]])
        #expect(derivation.regime?.stepTime == 1)
        #expect(derivation.certificate.holds)
    }

    @Test func `a batch of size O(eta) makes the noise of a mean as large`() throws {
        let derivation = try derivation("sgd", ["B": 1])
        expectEqual(derivation.sde.covariance[0][0], Q.sigma ** 2 / Expression(UpdateRule.batchSize))
        #expect(derivation.regime?.stepTime == 1)
    }

    @Test func `a step that is not small has no limit, with the increment`() throws {
        do {
            _ = try derivation("sgd", ["sigma": -1])
            Issue.record("SGD with noise of size 1/eta moves by O(1) a step")
        } catch {
            guard case DerivationError.noDiffusionLimit(let state, let increment, _) = error else { throw error }
            #expect(state.name == "x")
            expectEqual(increment, -Q.eta * Expression(try BuiltInRules.rule(named: "sgd").gradient.symbol))
        }
    }

    @Test func `a wrong size costs the order, and the certificate says how much is left`() throws {
        let derivation = try derivation("rmsprop", ["sigma": -1, "rho": 1])
        #expect(!derivation.certificate.holds)
        #expect(derivation.certificate.verdict == "weak order 1 in the step h = η²: fails, the error is O(η)")
    }

    @Test func `a name that has no size is an error that lists those that have one`() throws {
        let rule = try BuiltInRules.rule(named: "rmsprop")
        #expect(throws: DerivationError.unknownParameter(name: "w", known: ["rho", "epsilon", "v", "sigma", "B"])) {
            try Derivation(of: rule, options: DerivationOptions(sizes: ["w": 1]))
        }
        #expect(throws: DerivationError.sizedPosition(rule.position)) {
            try Derivation(of: rule, options: DerivationOptions(sizes: ["x": 1]))
        }
    }

    /// The moments of one step of the rule by quadrature, with every quantity scaled by its size, against the model's:
    /// the differences, relative to the sizes of the states, have slope 2 tau in eta.
    @Test(arguments: [("rmsprop", 2), ("signsgd", 1), ("adam", 3)])
    func `one-step moments agree with the batch-equivalent model to O(h^2), by quadrature`(
        name: String, count: Int
    ) throws {
        let derivation = try derivation(name)
        let regime = try #require(derivation.regime)
        let residuals = try [0.04, 0.02, 0.01].map { try residual(derivation, regime, $0) }
        for index in residuals[0].indices {
            let slopes = zip(residuals, residuals.dropFirst()).map { log2($0[index] / $1[index]) }
            guard residuals[0][index] > 1e-14 else { continue }
            #expect(slopes.allSatisfy { $0 > 2 * 2 - 0.15 }, "\(name) moment \(index): \(slopes)")
        }
        #expect(derivation.sde.states.count == count)
    }

    // MARK: Order 2

    private func reasonAgainstOrderTwo(
        _ name: String, _ sizes: [String: Weight] = batchEquivalent, noise: NoiseLaw? = nil
    ) throws -> String {
        let rule = try BuiltInRules.rule(named: name)
        let known = sizes.filter { Regime.names(in: rule).contains($0.key) }
        do {
            _ = try Derivation(of: rule, options: DerivationOptions(noise: noise, order: 2, sizes: known))
            return "none"
        } catch {
            guard case .noSecondOrder(let reason) = error else { throw error }
            return reason
        }
    }

    @Test func `noise that dominates leaves cumulants that no diffusion has, in closed form`() throws {
        // Delta v = eta rho sigma^2 (Z^2 - 1) + ... grows with the square of Delta x = -eta sigma Z/P + ...
        let third = "third cumulant of Δx, Δx, Δv differs from that of a diffusion by 2·η³·ρ·σ_i⁴/(√v_i + ε)², O(η⁴)"
        #expect(try reasonAgainstOrderTwo("rmsprop").contains(third))
        #expect(
            try reasonAgainstOrderTwo("adam").contains(
                "third cumulant of Δm, Δm, Δv differs from that of a diffusion by 2·η³·ρ₁²·ρ₂·σ_i⁴, O(η⁴)"))
        // D = ±eta with the mean m = -sqrt(2/pi) eta^2 f'/sigma, hence 2 m^3 + m eta^2 - 3 m eta^2.
        #expect(
            try reasonAgainstOrderTwo("signsgd").contains(
                "third cumulant of Δx, Δx, Δx differs from that of a diffusion by 2·√(2/π)·η³·∂_i f/σ_i, O(η⁴)"))
    }

    // E Z^4 = 3 and E (Z^2 - 1)^3 = 8 under Gaussian noise; a sign has E D^3 - 3 E D E D^2 + 2 (E D)^3 = 2 m^3 - 2 m eta^2.
    @Test(arguments: [
        ("sgd", ["sigma": Weight(Rational(-1, 2))], "E|Δx|⁴", "3·η⁴·σ_i⁴"),
        ("rmsprop", batchEquivalent, "E ΔvΔvΔv", "-8·η³·ρ³·σ_i⁶"),
        ("rmsprop", batchEquivalent, "E ΔxΔxΔv", "-2·η³·ρ·σ_i⁴/(√v_i + ε)²"),
        ("rmsprop", batchEquivalent, "E|Δx|⁴", "3·η⁴·σ_i⁴/(√v_i + ε)⁴"), ("signsgd", batchEquivalent, "E|Δx|⁴", "η⁴"),
        ("signsgd", batchEquivalent, "E ΔxΔxΔx", "-2·√(2/π)·η³·∂_i f/σ_i"),
        ("adam", batchEquivalent, "E|Δm|⁴", "3·η⁴·ρ₁⁴·σ_i⁴"),
    ])
    func `conditions 3 and 4 leave a residual in closed form`(
        name: String, sizes: [String: Weight], moment: String, leading: String
    ) throws {
        let rule = try BuiltInRules.rule(named: name)
        let known = sizes.filter { Regime.names(in: rule).contains($0.key) }
        let certificate = try Derivation(of: rule, options: DerivationOptions(sizes: known)).certificate
        let residuals = certificate.conditions.suffix(2).flatMap(\.residuals)
        #expect(residuals.first { $0.moment == moment }?.expression?.text == leading)
    }

    @Test func `a linear rule has the cumulants of a diffusion under Gaussian noise alone`() throws {
        let balanced: [String: Weight] = ["sigma": Weight(Rational(-1, 2))]
        #expect(try reasonAgainstOrderTwo("sgd", balanced) == "none")
        #expect(
            try reasonAgainstOrderTwo("sgd", balanced, noise: .uniform).contains(
                "fourth cumulant of Δx, Δx, Δx, Δx differs from that of a diffusion by -6·η⁴·σ_i⁴/5, O(η²)"))
    }

    /// |E D - eta b - (eta^2/2) ...| is O(h^2) already without the model's own second-order terms.
    private func residual(_ derivation: Derivation, _ regime: Regime, _ eta: Double) throws -> [Double] {
        let rule = derivation.rule
        func power(_ name: String) -> Double {
            let size = regime.quantities.first { $0.symbol.name == name }?.size.value(at: 0).doubleValue ?? 0
            return pow(eta, size)
        }
        let numbers = ["sigma": 0.8, "epsilon": 0.3, "rho": 0.9, "rho1": 1.1, "rho2": 0.7, "m": 0.4, "v": 0.5]
        var point: [Symbol: Double] = [rule.stepSize: eta, UpdateRule.time: 0.6 / eta]
        for symbol in rule.parameters.map(\.symbol) + rule.states.map(\.symbol) + [rule.noiseScale] {
            point[symbol] = (numbers[symbol.name] ?? 0) * power(symbol.name)
        }
        let mean = 0.7
        point[Symbol("f", role: .field, derivatives: [.free("i")])] = mean
        let model = point
        point[UpdateRule.stepIndex] = 0.6 / eta / eta + 1
        let panel = GaussRule.legendre(24)
        let kink = -mean / (point[rule.noiseScale] ?? 1)
        let edges = [-9, -6, -4, -2, kink, 2, 4, 6, 9]
        let states = rule.states.map(\.symbol)
        var first = [Double](repeating: 0, count: states.count)
        var second = [[Double]](repeating: first, count: states.count)
        for (left, right) in zip(edges, edges.dropFirst()) {
            for (node, weight) in zip(panel.nodes, panel.weights) {
                let z = (left + right) / 2 + (right - left) / 2 * node
                let mass = weight * (right - left) / 2 * SpecialFunctions.normalDensity(z)
                point[rule.gradient.symbol] = mean + (point[rule.noiseScale] ?? 0) * z
                let moves = zip(rule.updates, states).map {
                    ($0.evaluated(at: point) - (point[$1] ?? 0)) / power($1.name)
                }
                for a in states.indices {
                    first[a] += mass * moves[a]
                    for c in states.indices { second[a][c] += mass * moves[a] * moves[c] }
                }
            }
        }
        var result: [Double] = []
        for a in states.indices {
            let drift = eta * derivation.sde.drift[a].evaluated(at: model) / power(states[a].name)
            result.append((first[a] - drift).magnitude)
            for c in states.indices.suffix(from: a) {
                let other = eta * derivation.sde.drift[c].evaluated(at: model) / power(states[c].name)
                let covariance = eta * eta * derivation.sde.covariance[a][c].evaluated(at: model)
                result.append(
                    (second[a][c] - drift * other - covariance / power(states[a].name) / power(states[c].name))
                        .magnitude)
            }
        }
        return result
    }
}
