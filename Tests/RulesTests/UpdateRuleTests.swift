import Algebra
import ExactNumbers
import Probability
import Testing

import struct Foundation.Data
import class Foundation.FileManager
import struct Foundation.URL
import struct Foundation.UUID

@testable import Rules

@Suite struct UpdateRuleTests {
    private static let text = """
        # RMSprop with decoupled weight decay.
        optimizer RMSpropW
        about     "RMSprop with \\"decoupled\\" weight decay # not a comment"
        source    "Tieleman and Hinton 2012; Loshchilov and Hutter 2019"

        step      η
        parameter ρ : positive, O(η^-zeta) = 10
        parameter gamma, epsilon : nonnegative = 1e-8
        parameter n : integer, in (0, 100)
        schedule  s(t)
        let       beta = 1 - eta*rho
        state     x
        state     v : nonnegative = epsilon^2
        gradient  g at x
        noise     student(n)
        diffusion x                      # what the literature keeps

        v' = β·v + (1 − β)·g²
        let w = s(t)*g/(√(v′) + ε)
        x' = x - eta*w/B - eta*gamma*x
        """

    private let i = Index.free("i")
    private var eta: Expression { Expression(Symbol("eta", bounds: .positive)) }
    private var rho: Expression { Expression(Symbol("rho", bounds: .positive)) }
    private var x: Expression { Expression(Symbol("x", role: .position, indices: [i])) }
    private var v: Expression { Expression(Symbol("v", indices: [i], bounds: .nonnegative)) }
    private var g: Expression { Expression(Symbol("g", role: .noise, indices: [i])) }

    @Test func `every statement is read`() throws {
        let rule = try UpdateRule(parsing: Self.text)
        #expect(rule.name == "RMSpropW")
        #expect(rule.about == "RMSprop with \"decoupled\" weight decay # not a comment")
        #expect(rule.source == "Tieleman and Hinton 2012; Loshchilov and Hutter 2019")
        #expect(rule.stepSize == Symbol("eta", bounds: .positive))
        #expect(rule.parameters.map(\.symbol.name) == ["rho", "gamma", "epsilon", "n"])
        #expect(rule.parameters[0].size == Weight(0, slope: -1))
        #expect(rule.parameters[0].defaultValue == 10)
        #expect(rule.parameters[2].defaultValue == Rational(1, 100_000_000))
        #expect(rule.parameters[3].admits(3))
        #expect(!rule.parameters[3].admits(2.5))
        #expect(!rule.parameters[3].admits(100))
        #expect(rule.schedules.map(\.name) == ["s"])
        #expect(rule.states[0].current == x)
        #expect(rule.states[1].current == v)
        let epsilon = Expression(Symbol("epsilon", bounds: .nonnegative))
        #expect(rule.states[1].initialValue == (epsilon ** 2))
        #expect(rule.gradient.point == x)
        #expect(rule.noise == .student(nu: Expression(rule.parameters[3].symbol)))
        #expect(rule.diffusion == [rule.position])
    }

    @Test func `an update is an expression in what was declared`() throws {
        let rule = try UpdateRule(parsing: Self.text)
        let next = (1 - eta * rho) * v + eta * rho * g ** 2
        #expect(rule.updates[1] == next)
        let epsilon = Expression(Symbol("epsilon", bounds: .nonnegative))
        let gamma = Expression(Symbol("gamma", bounds: .nonnegative))
        let s = rule.schedules[0](Expression(UpdateRule.time))
        let batch = Expression(UpdateRule.batchSize)
        #expect(rule.updates[0] == x - eta * (s * g / (sqrt(next) + epsilon)) / batch - eta * gamma * x)
        #expect(rule.update(of: rule.position) == rule.updates[0])
    }

    @Test func `a printed rule is read as the same rule`() throws {
        let rule = try UpdateRule(parsing: Self.text)
        #expect(try UpdateRule(parsing: rule.description) == rule, "\(rule)")
    }

    @Test func `a rule from Swift expressions is the one from the text`() throws {
        let text = """
            optimizer Example
            step eta
            parameter rho : positive
            state x
            state v : nonnegative
            let beta = 1 - eta*rho
            gradient g at x + eta*v
            noise laplace
            diffusion v
            let h = clip(g, -1, 1)
            v' = beta*v + h^2
            x' = x - eta*h/sqrt(1 + v')
            """
        let (position, speed) = (UpdateRule.State("x", isPosition: true), UpdateRule.State("v", bounds: .nonnegative))
        let beta = Expression(Symbol("beta", bounds: (1 - eta * rho).bounds))
        let h = Expression(Symbol("h", indices: [i], bounds: clip(g, -1, 1).bounds))
        let rule = try UpdateRule(
            name: "Example", parameters: [UpdateRule.Parameter("rho", bounds: .positive)], states: [position, speed],
            at: x + eta * v, noise: .laplace, diffusion: ["v"],
            definitions: [("beta", 1 - eta * rho), ("h", clip(g, -1, 1))],
            updates: [("v", beta * v + h ** 2), ("x", x - eta * h / sqrt(1 + speed.next))])
        #expect(rule == (try UpdateRule(parsing: text)))
        #expect(try UpdateRule(parsing: rule.description) == rule, "\(rule)")
    }

    @Test func `a rule from Swift expressions is checked`() throws {
        func message(_ updates: [(state: String, next: Expression)]) -> String? {
            do {
                _ = try UpdateRule(
                    name: "Example", states: [UpdateRule.State("x"), UpdateRule.State("v")], updates: updates)
                return nil
            } catch {
                return error.message
            }
        }
        let plain = Expression(Symbol("v", indices: [i]))
        #expect(message([("x", x - eta * g)]) == "the state `v` is never updated")
        #expect(message([("x", x - eta * UpdateRule.State("v").next), ("v", plain)]) == "`v'` is used before its line")
        #expect(message([("x", x - rho * g), ("v", plain)]) == "`rho` was not declared")
        #expect(message([("x", v), ("v", plain)]) == "`v` was declared with other bounds or indices")
        #expect(message([("x", x / 0), ("v", plain)]) == "this has no value")
    }

    @Test func `vector functions sum over the coordinates`() throws {
        let rule = try UpdateRule(
            parsing: """
                optimizer NormalizedSGD
                step eta
                state x
                state m
                gradient g at x
                m' = g + norm(x)*m
                let u = dot(m', g)
                x' = x - eta*u*g/norm(m' + x)
                """)
        let m = Expression(Symbol("m", indices: [i]))
        let next = g + sqrt(.indexSum(over: "i", x ** 2)) * m
        let u = Expression.indexSum(over: "i", next * g)
        #expect(rule.updates[1] == next)
        #expect(rule.updates[0] == x - eta * u * g / sqrt(.indexSum(over: "i", (next + x) ** 2)))
        #expect(try UpdateRule(parsing: rule.description) == rule, "\(rule)")
    }

    @Test func `the noise scale may depend on the position`() throws {
        let text = """
            optimizer SGD
            step eta
            state x
            gradient g at x
            noise gaussian, scale sigma(x)
            x' = x - eta*g/(1 + sigma)
            """
        let rule = try UpdateRule(parsing: text)
        #expect(rule.noiseScale.isField)
        #expect(rule.updates[0].contains(rule.noiseScale))
        #expect(try UpdateRule(parsing: rule.description) == rule, "\(rule)")
    }

    @Test(arguments: [
        ("O(1)", Weight(0)), ("O(eta)", Weight(1)), ("O(eta^2)", Weight(2)), ("O(eta^-1)", Weight(-1)),
        ("O(eta^1/2)", Weight(Rational(1, 2))), ("O(eta^(1/2))", Weight(Rational(1, 2))),
        ("O(eta^-1/2)", Weight(Rational(-1, 2))), ("O(eta^(-3/2))", Weight(Rational(-3, 2))),
        ("O(eta^0.5)", Weight(Rational(1, 2))), ("O(sqrt(eta))", Weight(Rational(1, 2))), ("O(1/eta)", Weight(-1)),
        ("O(η²)", Weight(2)), ("O(eta^-zeta)", Weight(0, slope: -1)),
        ("O(eta^1 - zeta/2)", Weight(1, slope: Rational(-1, 2))),
        ("O(η^(1 - 2·ζ))", Weight(1, slope: -2)), (" O( eta ^ -2*zeta ) ", Weight(0, slope: -2)),
    ])
    func `a size is read by itself, and all that follows eta^ is its exponent`(text: String, weight: Weight) throws {
        #expect(try Weight(parsing: text, stepSize: Symbol("eta", bounds: .positive)) == weight)
    }

    @Test(arguments: [
        "O(2*eta)", "O(eta/2)", "O(eta^eta)", "O(eta^(1/2)*3*eta)", "O(eta^2, eta)", "O(0)", "O(2)", "O()", "O(eta",
        "O(rho)", "O(eta^zeta^2)", "O(eta^1000000)", "positive", "eta", "",
    ])
    func `what is no size is refused, with what a size is`(text: String) {
        do throws(Diagnostic) {
            _ = try Weight(parsing: text, stepSize: Symbol("eta", bounds: .positive))
            Issue.record("\(text) was read")
        } catch {
            #expect(error.description.contains("O(") || error.description.contains("exponent"), "\(error)")
        }
    }

    @Test func `a rule is read from a file`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "rules-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "example.rule")
        try Data(Self.text.utf8).write(to: file)
        #expect(try UpdateRule(contentsOf: file) == UpdateRule(parsing: Self.text))
        func message(_ url: URL) -> String? {
            do {
                _ = try UpdateRule(contentsOf: url)
                return nil
            } catch {
                return error.message
            }
        }
        try Data([0x6F, 0xFF, 0xFE, 0x00]).write(to: file)
        #expect(message(file) == "this is not a text")
        try Data(count: 2_000_000).write(to: file)
        #expect(message(file)?.contains("larger than 1000000 bytes") == true)
        #expect(message(folder) == "the file cannot be read")
        #expect(message(folder.appending(path: "absent.rule")) == "the file cannot be read")
    }

    @Test func `noise correlated between coordinates is read and written, and is gaussian`() throws {
        func text(_ noise: String) -> String {
            "optimizer T\nstep eta\nstate x\ngradient g at x\nnoise \(noise)\nx' = x - eta*g\n"
        }
        let rule = try UpdateRule(parsing: text("gaussian correlated"), file: "test")
        #expect(rule.correlatesNoise && rule.noise == .gaussian)
        #expect(rule.description.contains("noise     gaussian correlated\n"))
        #expect(try UpdateRule(parsing: rule.description, file: "test") == rule)
        #expect(try UpdateRule(parsing: text("gaussian correlated, scale sigma(x)"), file: "test").noiseScale.isField)
        #expect(try !UpdateRule(parsing: text("gaussian"), file: "test").correlatesNoise)
        #expect(throws: Diagnostic.self) { try UpdateRule(parsing: text("laplace correlated"), file: "test") }
    }

    @Test func `a finite sample is read and written, with its batch`() throws {
        func text(_ noise: String) -> String {
            "optimizer T\nstep eta\nstate x\ngradient g at x\nnoise \(noise)\nx' = x - eta*g\n"
        }
        let rule = try UpdateRule(parsing: text("sample(-1, 0, 1/2, 3) batch 4"), file: "test")
        #expect(rule.noise == NoiseLaw(sample: [-1, 0, Rational(1, 2), 3], batch: 4))
        #expect(try UpdateRule(parsing: rule.description, file: "test") == rule)
        for wrong in ["sample(1)", "sample(1, 1)", "sample(1, 2) batch 0", "laplace batch 4", "sample(1, eta)"] {
            #expect(throws: Diagnostic.self) { try UpdateRule(parsing: text(wrong), file: "test") }
        }
    }
}
