import Algebra
import Testing

@testable import BuiltInRules
@testable import Rules

@Suite struct BuiltInRulesTests {
    @Test func `every file states a rule of its own name`() throws {
        let rules = try BuiltInRules.all
        #expect(rules.map { $0.name.lowercased() } == BuiltInRules.keys)
        #expect(rules.allSatisfy { !$0.about.isEmpty && !$0.source.isEmpty })
        #expect(
            Set(["sgd", "sgdw", "signsgd", "rmsprop", "rmspropw", "adam", "adamw"]).isSubset(of: BuiltInRules.keys))
    }

    @Test func `every rule is printed and read back`() throws {
        for rule in try BuiltInRules.all { #expect(try UpdateRule(parsing: rule.description) == rule, "\(rule)") }
    }

    @Test func `a rule is found in any letter case`() throws {
        #expect(try BuiltInRules.rule(named: "adamw").name == "AdamW")
        #expect(try BuiltInRules.rule(named: "SIGNSGD").name == "SignSGD")
        #expect(try BuiltInRules.rule(named: "Heavy-Ball").name == "HeavyBall")
    }

    @Test func `a misspelt name is met with the nearest`() {
        do {
            _ = try BuiltInRules.rule(named: "admaw")
            Issue.record("a rule was found")
        } catch {
            #expect(error.message == "there is no built-in rule `admaw`")
            #expect(error.remedy == "Did you mean `adamw`?")
        }
    }

    /// One step of each rule, by hand from its paper: rho = 4, eta = 1/8 (so beta = 1/2), other parameters 1/4, k = 2.
    static let steps: [(rule: String, next: [String: String])] = [
        ("sgd", ["x": "0.7 - 0.125 * 0.3"]),
        ("sgdw", ["x": "0.7 - 0.125 * 0.3 - 0.125 * 0.25 * 0.7"]),
        ("signsgd", ["x": "0.7 - 0.125"]),
        ("clippedsgd", ["x": "0.7 - 0.125 * 0.25"]),
        ("majorityvote", ["x": "0.7 - 0.125"]),
        ("signum", ["m": "0.35", "x": "0.7 - 0.125"]),
        ("momentum", ["m": "0.35", "x": "0.7 - 0.125 * 0.35"]),
        ("qhm", ["m": "0.35", "x": "0.7 - 0.125 * (0.75 * 0.3 + 0.25 * 0.35)"]),
        ("heavyball", ["p": "0.5 * 0.6 - 0.125 * 0.3", "x": "0.7 + 0.125 * (0.3 - 0.0375)"]),
        ("lion", ["x": "0.7 - 0.125 * (1 + 0.25 * 0.7)", "m": "0.35"]),
        ("rmsprop", ["v": "0.295", "x": "0.7 - 0.125 * 0.3 / (sqrt(0.295) + 0.25)"]),
        ("rmspropw", ["x": "0.7 - 0.125 * 0.3 / (sqrt(0.295) + 0.25) - 0.125 * 0.25 * 0.7"]),
        ("adagrad", ["v": "0.5 + 0.125 * 0.09", "x": "0.7 - 0.125 * 0.3 / (sqrt(0.51125) + 0.25)"]),
        ("adam", ["x": "0.7 - 0.125 * (0.35 / 0.75) / (sqrt(0.295 / 0.75) + 0.25)"]),
        ("adamw", ["x": "0.7 - 0.125 * (0.35 / 0.75) / (sqrt(0.295 / 0.75) + 0.25) - 0.125 * 0.25 * 0.7"]),
        ("nadam", ["x": "0.7 - 0.125 * (0.175 / 0.875 + 0.15 / 0.75) / (sqrt(0.295 / 0.75) + 0.25)"]),
        ("amsgrad", ["u": "0.6", "x": "0.7 - 0.125 * 0.35 / (sqrt(0.6) + 0.25)"]),
        ("yogi", ["v": "0.5 - 0.5 * 0.09", "x": "0.7 - 0.125 * 0.35 / (sqrt(0.455) + 0.25)"]),
        ("adamax", ["u": "0.3", "x": "0.7 - 0.125 * 0.35 / (0.75 * 0.3)"]),
        ("adamaxp", ["v": "0.0625 * 0.5 + 0.9375 * 0.0081"]),
        ("centeredrmsprop", ["x": "0.7 - 0.125 * 0.3 / sqrt(0.295 - 0.1225 + 0.25)"]),
        ("rmspropmomentum", ["m": "0.2 + 0.5 * 0.3 / (sqrt(0.295) + 0.25)"]),
        (
            "adabelief",
            [
                "s": "0.3 + 0.5 * 0.0025 + 0.25", "x": "0.7 - 0.125 * (0.35 / 0.75) / (sqrt(0.55125 / 0.75) + 0.25)",
            ]
        ),
        (
            "adadelta",
            [
                "v": "0.295", "u": "0.3 + 0.5 * (0.85 / 0.545) * 0.09", "x": "0.7 - 0.125 * sqrt(0.85 / 0.545) * 0.3",
            ]
        ),
        ("nesterov", ["p": "0.5 * 0.6 - 0.125 * 0.3"]),
        ("usam", ["x": "0.7 - 0.125 * 0.25"]),
        ("sam", ["x": "0.7 - 0.125 * 0.25"]),
        ("extragradient", ["x": "0.7 - 0.125 * 0.6 * 0.25"]),
        ("adopt", ["m": "0.2 + 0.15 / sqrt(0.5)", "x": "0.7 - 0.125 * (0.2 + 0.15 / sqrt(0.5))", "v": "0.295"]),
        ("padam", ["v": "0.295", "x": "0.7 - 0.125 * 0.35 / sqrt(sqrt(0.295))"]),
        ("tiger", ["m": "0.35", "x": "0.7 - 0.125 * (1 + 0.25 * 0.7)"]),
        ("aggmo", ["m": "0.35", "x": "0.7 - 0.125 * 0.325"]),
        ("sgda", ["x": "0.7 - 0.125 * 0.6 * 0.3"]),
    ]

    @Test(arguments: steps)
    func `a step is the one of the paper`(name: String, expected: [String: String]) throws {
        let rule = try BuiltInRules.rule(named: name)
        let values: [String: Double] = [
            "x": 0.7, "m": 0.4, "n": 0.3, "v": 0.5, "u": 0.6, "s": 0.6, "p": name == "adamaxp" ? 4 : 0.6, "g": 0.3,
            "eta": 0.125,
            "k": 2,
        ]
        var point: [Symbol: Double] = [:]
        for symbol in rule.updates.reduce(into: Set<Symbol>(), { $0.formUnion($1.symbols) }) {
            point[symbol] = values[symbol.name] ?? (symbol.name.hasPrefix("rho") ? 4 : 0.25)
        }
        if name == "amsgrad" { point[try #require(rule.state(named: "v")).symbol] = 0.5 }
        for (state, text) in expected {
            let value = try Expression(parsing: text).evaluated(at: [:])
            let index = try #require(rule.states.firstIndex { $0.name == state })
            #expect((rule.updates[index].evaluated(at: point) - value).magnitude < 1e-14, "\(state)' of \(name)")
        }
    }
}
