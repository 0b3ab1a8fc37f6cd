import Algebra
import BuiltInRules
import Matching
import Numerics
import Testing

@testable import Compilation

/// The correction of order 2 in numbers, against the first moment of one step and differences of the drift alone.
@Suite struct OrderTwoValueTests {
    private static let loss = "x1^4/4 + x1^2*x2 + x2^3/3"

    /// `b1 = lim (E D/h - b0)/h - (b0 . grad) b0/2` at a state.
    ///
    /// - Parameter mean: E D at a step size; nil where it is `h b0`.
    private func correction(
        _ drift: (State) -> State, at state: State, mean: ((_ h: Double) -> State)? = nil
    ) -> State {
        let own = drift(state)
        func moved(_ s: Double) -> State { drift(zip(state, own).map { $0 + s * $1 }) }
        let steps = (0..<6).map { 0.04 / Double(1 << $0) }
        let slopes = steps.map { s in zip(moved(s), moved(-s)).map { ($0 - $1) / (2 * s) } }
        let seconds = steps.map { h in
            mean.map { zip($0(h), own).map { ($0 / h - $1) / h } } ?? own.map { _ in 0 }
        }
        return own.indices.map { a in
            Extrapolation.limit(of: seconds.map { $0[a] }, at: steps)
                - Extrapolation.limit(of: slopes.map { $0[a] }, at: steps.map { $0 * $0 }) / 2
        }
    }

    private func models(
        _ name: String, _ own: [String: Double], on landscape: Landscape
    ) throws -> (first: CompiledModel, second: CompiledModel) {
        let rule = try BuiltInRules.rule(named: name)
        func model(_ order: Int) throws -> CompiledModel {
            let derivation = try Derivation(of: rule, options: DerivationOptions(order: order))
            return try derivation.sde.compiled(
                on: landscape, parameters: own.merging(["eta": 0.5, "sigma": 0.4]) { $1 }, draw: derivation.draw)
        }
        return (try model(1), try model(2))
    }

    @Test(
        "expectations of functions of the whole gradient times sums over it have numbers in one to four dimensions",
        arguments: [
            ("normclippedsgd", ["c": 0.7], 1), ("normclippedsgd", ["c": 0.7], 2), ("normclippedsgd", ["c": 0.7], 4),
            ("lars", ["gamma": 0.3], 1), ("lars", ["gamma": 0.3], 2), ("lars", ["gamma": 0], 2),
            ("lars", ["gamma": 0.3], 4),
        ])
    func functionsOfOneLength(name: String, own: [String: Double], dimension: Int) throws {
        let losses = [1: "x1^4/4 + x1^2/3", 2: Self.loss, 4: "x1^4/4 + x1^2*x2 + x2*x3*x4 + x3^2 + x4^4/2"]
        let landscape = try Landscape(Expression(parsing: #require(losses[dimension])))
        let (first, second) = try models(name, own, on: landscape)
        for state in [[0.7, 0.3, -0.5, 0.4], [-0.2, 1.1, 0.3, -0.6]].map({ Array($0.prefix(dimension)) }) {
            let expected = correction({ first.drift($0, 0) }, at: state)
            let found = zip(second.drift(state, 0), first.drift(state, 0)).map { ($0 - $1) / 0.5 }
            for (value, reference) in zip(found, expected) { #expect(abs(value - reference) < 1e-8) }
        }
    }

    @Test("the third derivative along two directions has numbers on a landscape that couples coordinates")
    func thirdDerivative() throws {
        let landscape = try Landscape(Expression(parsing: Self.loss))
        let rho = 1.5
        let (first, second) = try models("storm", ["rho": rho], on: landscape)
        for state in [[0.7, 0.3, 0.2, -0.4], [-0.6, 0.9, -1.1, 0.3]] {
            let (x, m) = (Array(state[0..<2]), Array(state[2..<4]))
            let gradient = landscape.gradient(at: x)
            // The noise of both gradients is the same and drops out of their difference.
            func mean(_ h: Double) -> State {
                let moved = landscape.gradient(at: zip(x, m).map { $0 + h * $1 })
                let next = (0..<2).map { gradient[$0] + (1 - h * rho) * (m[$0] - moved[$0]) }
                return next.map { -h * $0 } + zip(next, m).map { $0 - $1 }
            }
            let expected = correction({ first.drift($0, 0) }, at: state, mean: mean)
            let found = zip(second.drift(state, 0), first.drift(state, 0)).map { ($0 - $1) / 0.5 }
            for (value, reference) in zip(found, expected) { #expect(abs(value - reference) < 1e-8) }
        }
    }

    @Test("a landscape of functions has no third derivatives, and a quadratic one that are zero")
    func landscapesWithoutThirdDerivatives() throws {
        let functions = try Landscape(
            dimension: 1, value: { $0[0] }, gradient: { $0 }, hessianProduct: { $1 })
        #expect(throws: CompilationError.noThirdDerivative) { try models("storm", ["rho": 1], on: functions) }
        let quadratic = try models("storm", ["rho": 1], on: .quadratic([1, 2])).second
        let formula = try models("storm", ["rho": 1], on: Landscape(Expression(parsing: "x1^2/2 + x2^2"))).second
        let state = [0.7, 0.3, 0.2, -0.4]
        #expect(zip(quadratic.drift(state, 0), formula.drift(state, 0)).allSatisfy { abs($0 - $1) < 1e-15 })
    }
}
