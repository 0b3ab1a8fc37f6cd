import Algebra
import BuiltInRules
import ExactNumbers
import Numerics
import Probability
import Rules
import Testing

import func Foundation.exp
import func Foundation.pow

@testable import Matching

/// The cumulants that stand against order 2, against those of the rule itself: of the whole next iterate, by quadrature over the
/// noise at small steps, extrapolated to none.
struct RegimeCumulantTests {
    private static let numbers = [
        "sigma": 0.8, "epsilon": 0.3, "rho": 0.9, "rho1": 1.1, "rho2": 0.7, "m": 0.4, "v": 0.5, "x": 0.6,
    ]
    private static let mean = 0.7

    private func excess(_ rule: UpdateRule, _ sizes: [String: Weight], noise: NoiseLaw? = nil) throws -> (
        RegimeCumulants.Excess, Regime, RegimeExpansion
    ) {
        let options = DerivationOptions(noise: noise, sizes: sizes)
        let expansion = try RegimeExpansion(
            of: rule, sample: Derivation.sample(of: rule, options: options),
            requested: Regime.requested(by: options, of: rule), usesBatch: false)
        let model = try RegimeModel(expansion)
        let found = try RegimeCumulants(of: expansion.increments.first, model, expansion).obstacle
        return (try #require(found), model.regime, expansion)
    }

    /// Every quantity at its number times its power of the step size.
    private func point(_ rule: UpdateRule, _ regime: Regime, _ eta: Double) -> [Symbol: Double] {
        var point: [Symbol: Double] = [rule.stepSize: eta, UpdateRule.time: 0.6 / eta]
        for symbol in rule.parameters.map(\.symbol) + rule.states.map(\.symbol) + [rule.noiseScale] {
            point[symbol] = (Self.numbers[symbol.name] ?? 0) * power(of: symbol, regime, eta)
        }
        point[Symbol("f", role: .field, derivatives: [.free("i")])] = Self.mean
        return point
    }

    private func power(of symbol: Symbol, _ regime: Regime, _ eta: Double) -> Double {
        pow(eta, regime.size(of: symbol).value(at: 0).doubleValue)
    }

    /// The cumulant of one step of the states, each divided by its size.
    private func cumulant(_ rule: UpdateRule, _ regime: Regime, _ states: [Symbol], _ law: NoiseLaw, _ eta: Double)
        throws
        -> Double
    {
        var point = point(rule, regime, eta)
        point[UpdateRule.stepIndex] = 0.6 / eta / eta + 1
        let scale = point[rule.noiseScale] ?? 1
        let panel = GaussRule.legendre(40)
        let kink = -Self.mean / scale
        let isUniform = law == .uniform
        let edge = 3.0.squareRoot()
        let edges = isUniform ? [-edge, kink, edge] : [-9, -6, -4, -2, kink, 2, 4, 6, 9]
        var nodes: [(weight: Double, moves: [Double])] = []
        for (left, right) in zip(edges, edges.dropFirst()) {
            for (node, weight) in zip(panel.nodes, panel.weights) {
                let z = (left + right) / 2 + (right - left) / 2 * node
                let density = isUniform ? 0.5 / edge : SpecialFunctions.normalDensity(z)
                point[rule.gradient.symbol] = Self.mean + scale * z
                let moves = states.map { state in
                    let number = rule.states.firstIndex { $0.symbol == state } ?? 0
                    return (rule.updates[number].evaluated(at: point) - (point[state] ?? 0))
                        / power(of: state, regime, eta)
                }
                nodes.append((weight * (right - left) / 2 * density, moves))
            }
        }
        let total = nodes.reduce(0) { $0 + $1.weight }
        let means = states.indices.map { k in nodes.reduce(0) { $0 + $1.weight * $1.moves[k] } / total }
        func moment(_ indices: [Int]) -> Double {
            nodes.reduce(0) { sum, node in
                sum + node.weight * indices.reduce(1) { $0 * (node.moves[$1] - means[$1]) }
            } / total
        }
        let own = moment(Array(states.indices))
        guard states.count == 4 else { return own }
        return own - moment([0, 1]) * moment([2, 3]) - moment([0, 2]) * moment([1, 3]) - moment([0, 3])
            * moment([1, 2])
    }

    private static let dominating: [String: Weight] = ["sigma": -1, "epsilon": -1, "rho": 1, "rho1": 1, "rho2": 1]
    private static let balanced: [String: Weight] = ["sigma": Weight(Rational(-1, 2))]

    @Test(arguments: [
        ("rmsprop", dominating, NoiseLaw.gaussian, ["x", "x", "v"]), ("adam", dominating, .gaussian, ["m", "m", "v"]),
        ("signsgd", dominating, .gaussian, ["x", "x", "x"]), ("sgd", balanced, .uniform, ["x", "x", "x", "x"]),
    ])
    func `a cumulant without a diffusion is that of the rule itself, by quadrature`(
        name: String, sizes: [String: Weight], law: NoiseLaw, states: [String]
    ) throws {
        let rule = try BuiltInRules.rule(named: name)
        let known = sizes.filter { Regime.names(in: rule).contains($0.key) }
        let (excess, regime, _) = try excess(rule, known, noise: law)
        #expect(excess.states.map(\.name) == states)
        // Of the size eta^weight, with a remainder in powers of eta. The cumulants of a diffusion are of a larger power here.
        let order = excess.weight.value(at: 0).doubleValue
        let etas = (0..<9).map { 0.16 * pow(0.5, Double($0)) }
        let limit = Extrapolation.limit(
            of: try etas.map { try cumulant(rule, regime, excess.states, law, $0) / pow($0, order) }, at: etas)
        let eta = 0.125
        let sizesOfStates = excess.states.reduce(1) { $0 * power(of: $1, regime, eta) }
        let closed = excess.expression.evaluated(at: point(rule, regime, eta)) / sizesOfStates / pow(eta, order)
        #expect(abs(closed - limit) < 1e-9 * max(1, abs(limit)), "\(closed), \(limit)")
    }

    /// Of geometric Brownian motion `dX = s X dW` after the time h: `E X^3 = x^3 e^(3u)`, `E X^2 = x^2 e^u` with `u = s^2 h`.
    @Test func `the third cumulant of a diffusion is taken off: that of geometric Brownian motion`() throws {
        let text = """
            optimizer SGD
            step eta
            state x
            gradient g at x
            noise gaussian, scale sigma(x)
            x' = x - eta*g
            """
        let rule = try UpdateRule(parsing: text)
        let (excess, regime, expansion) = try excess(rule, Self.balanced)
        #expect(excess.states.count == 3 && expansion.stepTime == 1)
        // sigma = s x/sqrt(eta): a step has no third cumulant, so that all of the excess is the diffusion's.
        let (s, x, eta) = (0.7, 1.3, 0.01)
        var values = point(rule, regime, eta)
        for symbol in excess.expression.symbols where symbol.role == .field && symbol.name == rule.noiseScale.name {
            values[symbol] = (symbol.derivatives.isEmpty ? s * x : s) / eta.squareRoot()
        }
        func third(_ u: Double) -> Double { x * x * x * (exp(3 * u) - 3 * exp(u) + 2) }
        // 3 u^2 + 4 u^3 + ...: the quotient by u^2 at u = 0.
        let steps = (0..<7).map { 0.4 * pow(0.5, Double($0)) }
        let exact = -Extrapolation.limit(of: steps.map { third($0) / ($0 * $0) }, at: steps) * pow(s, 4) * eta * eta
        #expect(abs(excess.expression.evaluated(at: values) - exact) < 1e-9 * abs(exact))
    }
}
