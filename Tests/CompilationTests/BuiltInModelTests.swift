import Algebra
import BuiltInRules
import Matching
import Numerics
import Rules
import Testing

import func Foundation.exp

@testable import Compilation

/// Every built-in rule that has an SDE, compiled on a landscape whose coordinates are coupled.
struct BuiltInModelTests {
    /// A value inside of the bounds of a parameter.
    private static func value(of symbol: Symbol) -> Double {
        [0.37, 1.3, -0.6, 2.5].first { symbol.bounds.contains($0) } ?? 0.5
    }

    private static func hasDelta(_ expression: Expression) -> Bool {
        var found = false
        expression.forEachNode { node in
            if case .function(.dirac, _) = node.content { found = true }
        }
        return found
    }

    @Test func `a parameter with a default may be left out`() throws {
        let sde = try Derivation(of: BuiltInRules.rule(named: "rmsprop"), noise: .gaussian).sde
        let parameters = ["eta": 0.001, "rho": 10, "sigma": 0.1]
        let model = try sde.compiled(on: .quadratic([10, 2]), parameters: parameters)
        let explicit = try sde.compiled(
            on: .quadratic([10, 2]), parameters: parameters.merging(["epsilon": 1e-8]) { $1 })
        let state = [1.0, 1.0, 0.5, 0.5]
        #expect(model.drift(state, 0) == explicit.drift(state, 0))
        #expect(throws: CompilationError.self) {
            try sde.compiled(on: .quadratic([1]), parameters: ["eta": 0.1, "rho": 1])
        }
    }

    /// b0 = -sign(f_i) (1 - exp(-sqrt 2 |f_i|/sigma)), and b1 = -(1/2) sum_j d_j b0_i b0_j with the Hessian written out.
    @Test func `under Laplace noise the exponentials of two coordinates meet in the sum over the Hessian`() throws {
        let derivation = try Derivation(
            of: BuiltInRules.rule(named: "signsgd"), options: DerivationOptions(noise: .laplace, order: 2))
        let landscape = try Landscape(Expression(parsing: "x1^2*x2^2/2 + x1*x2 + x1^4/4 + x2^2"))
        let (eta, sigma) = (0.1, 0.6)
        let model = try derivation.sde.compiled(
            on: landscape, parameters: ["eta": eta, "sigma": sigma], draw: derivation.draw)
        for point in [[0.4, 0.6], [-0.9, 0.2], [1.3, -0.7]] {
            let gradient = landscape.gradient(at: point)
            let decay = gradient.map { exp(-2.0.squareRoot() * $0.magnitude / sigma) }
            let leading = zip(gradient, decay).map { $0 < 0 ? 1 - $1 : $1 - 1 }
            let product = try landscape.hessian(at: point) * leading
            for (i, value) in model.drift(point, 0).enumerated() {
                let correction = 2.0.squareRoot() / (2 * sigma) * decay[i] * product[i]
                #expect((value - leading[i] - eta * correction).magnitude < 1e-14)
            }
        }
    }

    @Test(arguments: BuiltInRules.keys, [1, 2])
    func `the compiled coefficients are those of the formulas`(key: String, order: Int) throws {
        let rule = try BuiltInRules.rule(named: key)
        let sizes = Dictionary(uniqueKeysWithValues: rule.parameters.map { ($0.symbol.name, Weight.zero) })
        guard let derivation = try? Derivation(of: rule, options: DerivationOptions(order: order, sizes: sizes)) else {
            return
        }
        let sde = derivation.sde
        let landscape = try Landscape(Expression(parsing: "x1^2*x2^2/2 + x1*x2 + x1^4/4 + x2^2"))
        var parameters = ["eta": 0.01, "sigma": 0.7, "B": 1]
        for parameter in rule.parameters { parameters[parameter.symbol.name] = Self.value(of: parameter.symbol) }
        let decay: ExternalFunction = { 1 / (1 + $0[0]) }
        let functions = Dictionary(uniqueKeysWithValues: rule.schedules.map { ($0.function, decay) })
        func compile() throws(CompilationError) -> CompiledModel {
            try sde.compiled(
                on: landscape, parameters: parameters, accepting: Set(parameters.keys), draw: derivation.draw,
                functions: functions)
        }
        if sde.drift.contains(where: Self.hasDelta) {
            // A drift with a delta function has no value at a state.
            #expect(throws: CompilationError.noKernel(function: "the derivative of sign")) { try compile() }
            return
        }
        let model = try compile()
        let time = 0.8
        let state = (0..<model.stateCount).flatMap { s in
            [0.4 + 0.2 * Double(s), sde.states[s].bounds.isNonnegative ? 0.9 : -0.3]
        }
        #expect(model.isFinite(at: state, time: time))

        // The interpreter has no sums, expectations or schedules.
        let formulas = sde.drift + sde.covariance.flatMap { $0 }
        let (drift, covariance) = (model.drift(state, time), model.covariance(state, time))
        let gradient = landscape.gradient(at: Array(state.prefix(2)))
        let n = model.stateCount
        for i in 0..<2 {
            for (k, formula) in formulas.enumerated() {
                if formula.containsIndexSum || formula.containsExpectation { continue }
                let expected = formula.evaluated { symbol in
                    if let s = sde.states.firstIndex(of: symbol) { return state[2 * s + i] }
                    if symbol == sde.time { return time }
                    if symbol == Expression.dimension { return 2 }
                    if symbol.role == .field && symbol.name == "f" {
                        return symbol.derivatives.count == 1 ? gradient[i] : .nan
                    }
                    return parameters[symbol.name] ?? .nan
                }
                if expected.isNaN { continue }
                let value = k < n ? drift[2 * k + i] : covariance[2 * ((k - n) / n) + i, 2 * ((k - n) % n) + i]
                #expect(
                    (value - expected).magnitude <= 1e-11 * (1e-3 + expected.magnitude), "\(formula) = \(expected)")
            }
        }
        let s = model.diffusion(state, time)
        let scale = 1 + covariance.infinityNorm
        #expect((s * s.transposed - covariance).infinityNorm <= 1e-12 * scale)
    }
}
