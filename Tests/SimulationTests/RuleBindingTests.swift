import Algebra
import BuiltInRules
import Compilation
import Foundation
import Matching
import Rules
import Testing

@testable import Simulation

/// From a rule to its weak errors, with nothing written by hand.
@Suite struct RuleBindingTests {
    func rule(_ name: String) throws -> UpdateRule { try BuiltInRules.rule(named: name) }

    func problem(
        _ name: String, order: Int = 1, landscape: String, etas: [Double], parameters: [String: Double],
        initial: [Double], horizon: Double = 1, tests: [String]
    ) throws -> WeakErrorProblem {
        let derivation = try Derivation(of: rule(name), options: DerivationOptions(order: order))
        let surface = try Landscape(Expression(parsing: landscape))
        let names = derivation.rule.states.map(\.name)
        return try WeakErrorProblem(
            of: derivation, on: surface, settings: etas.map { parameters.merging(["eta": $0]) { $1 } },
            initial: initial, horizon: horizon,
            tests: tests.map {
                try WeakErrorProblem.Test(
                    $0, Expression(parsing: $0), stateNames: names, dimension: surface.dimension)
            })
    }

    @Test("a rule of one state without a clock is solved on a grid from any time")
    func anyTime() throws {
        let derivation = try Derivation(of: BuiltInRules.rule(named: "signsgd"))
        let landscape = try Landscape.quadratic([1])
        let entries = try [0.0, 1.0].map { time in
            let problem = try WeakErrorProblem(
                of: derivation, on: landscape, settings: [["eta": 0.1, "sigma": 0.5]], initial: [0.8],
                initialTime: time, horizon: 0.5, tests: [.loss(on: landscape)])
            let result = try #require(try WeakError().results(of: problem).first)
            #expect(result.method == .deterministic)
            return try #require(result.entries.first)
        }
        #expect(entries.map(\.steps) == [5, 15])
        #expect(entries[0].optimizer == entries[1].optimizer && entries[0].sde == entries[1].sde)
    }

    @Test("on one coordinate the direction of the gradient is its sign, with a jump where it vanishes")
    func direction() throws {
        let problem = try problem(
            "normalizedsgd", landscape: "x1^2/2", etas: [0.2], parameters: ["sigma": 0.5], initial: [0.8],
            tests: ["x1^2 + sin(x1)"])
        let check = WeakError(solver: DeterministicSolver(tolerance: 1e-6))
        let result = try #require(try check.results(of: problem).first)
        #expect(result.method == .deterministic)
        // The first row of SignSGD's published table.
        #expect(abs(result.entries[0].error - 0.034812050) < 2e-6)
    }

    @Test("only a rule that expands in polynomials of the noise has a law of few points in its place")
    func pointLaws() throws {
        func hasPointLaw(_ name: String) throws -> Bool {
            let derivation = try Derivation(of: rule(name))
            let rates = try rule(name).parameters.map { ($0.symbol.name, 0.3) }
            return try CompiledOptimizer(
                derivation.rule, draw: derivation.draw, on: .quadratic([1, 2]),
                parameters: Dictionary(uniqueKeysWithValues: rates).merging(["eta": 0.1, "sigma": 0.2]) { $1 }
            ).pointLaw != nil
        }
        for name in ["sgd", "rmsprop", "adam", "usam", "heavyball"] { #expect(try hasPointLaw(name), "\(name)") }
        for name in ["signsgd", "clippedsgd", "sam", "normalizedsgd", "lars"] {
            #expect(try !hasPointLaw(name), "\(name)")
        }
    }

    @Test("the derived models of SignSGD have the errors of the published table", arguments: [1, 2])
    func signTable(order: Int) throws {
        let problem = try problem(
            "signsgd", order: order, landscape: "x1^2/2", etas: [0.2, 0.1], parameters: ["sigma": 0.5],
            initial: [0.8], tests: ["x1^2 + sin(x1)"])
        let check = WeakError(solver: DeterministicSolver(tolerance: 1e-6))
        let result = try #require(try check.results(of: problem).first)
        #expect(result.method == .deterministic)
        let errors = order == 1 ? [0.034812050, 0.020008205] : [-0.004425953, -0.000831057]
        for (entry, expected) in zip(result.entries, errors) { #expect(abs(entry.error - expected) < 2e-6) }
        #expect(abs(result.entries[0].odeError + 0.027211603) < 2e-6)
    }

    @Test("RMSprop is compared by sampling, its model starting one step later")
    func rmsprop() throws {
        let problem = try problem(
            "rmsprop", landscape: "5*x1^2 + x2^2", etas: [0.02, 0.01],
            parameters: ["sigma": 0.1, "rho": 1, "epsilon": 1e-8], initial: [1, 1, 0, 0], horizon: 0.2,
            tests: ["x1", "v2"])
        let results = try WeakError(paths: 300, integration: .fixed(substeps: 4)).results(of: problem)
        #expect(results.map(\.test) == ["x1", "v2"])
        for result in results {
            #expect(result.method == .sampled)
            #expect(result.entries.count == 2)
            #expect(result.notes.contains { $0.contains("singular") })
            #expect(result.entries.allSatisfy { abs($0.error) < 0.1 && $0.halfwidth95 < 0.05 })
        }
    }

    @Test("a gradient drawn beside the position is the landscape's there")
    func nesterov() throws {
        let rule = try rule("nesterov")
        let derivation = try Derivation(of: rule)
        let surface = try Landscape(Expression(parsing: "x1^4/4 + x1*x2 + x2^2"))
        var parameters = ["eta": 0.1, "sigma": 0.3]
        for parameter in rule.parameters { parameters[parameter.symbol.name] = 0.7 }
        let optimizer = try CompiledOptimizer(rule, draw: derivation.draw, on: surface, parameters: parameters)
        let states = LaneStorage(repeating: [0.5, -0.2, 0.3, 0.1], lanes: 3)
        let noise = LaneStorage(repeating: [0.4, -1.1], lanes: 3)
        optimizer.advance(states.block, noise: noise.block, step: 1)
        // The rule itself, evaluated with the gradient at its point.
        for coordinate in 0..<2 {
            func bind(_ i: Int) -> [Symbol: Double] {
                let values = [0.5, -0.2, 0.3, 0.1]
                var result = Dictionary(
                    uniqueKeysWithValues: rule.states.enumerated().map { ($1.symbol, values[$0 * 2 + i]) })
                for parameter in rule.parameters { result[parameter.symbol] = 0.7 }
                result[rule.stepSize] = 0.1
                result[UpdateRule.stepIndex] = 1
                return result
            }
            let points = (0..<2).map { rule.gradient.point.evaluated(at: bind($0)) }
            var point = bind(coordinate)
            point[rule.gradient.symbol] =
                surface.gradient(at: points)[coordinate] + 0.3 * (coordinate == 0 ? 0.4 : -1.1)
            for (state, update) in rule.updates.enumerated() {
                let expected = update.evaluated(at: point)
                #expect(abs(states.block[state * 2 + coordinate][2] - expected) < 1e-14)
            }
        }
    }

    @Test("a missing parameter and an unknown coordinate are errors that name them")
    func missing() throws {
        let sign = try rule("signsgd")
        let derivation = try Derivation(of: sign)
        let surface = try Landscape(Expression(parsing: "x1^2/2"))
        let error = #expect(throws: SimulationError.self) {
            try CompiledOptimizer(sign, draw: derivation.draw, on: surface, parameters: ["eta": 0.1])
        }
        #expect(error.map { "\($0)".contains("sigma") } == true)
        #expect(throws: SimulationError.self) {
            try Quantity("y", Expression(parsing: "y1"), stateNames: ["x"], dimension: 1)
        }
    }

    @Test("kinks are the arguments of sign, abs and max")
    func kinks() throws {
        let (a, b) = (Expression(Symbol("a")), Expression(Symbol("b")))
        #expect(Set((sign(a) * abs(b - 1) + max(a, 2)).kinkArguments).count >= 2)
        #expect((a ** 2 + b).kinkArguments.isEmpty)
    }
}
