import Algebra
import BuiltInRules
import Matching
import Rules
import Testing

@testable import Emission

@Suite("What is written as source")
struct SourceModelTests {
    private func derivation(_ text: String, order: Int = 1) throws -> Derivation {
        try Derivation(of: UpdateRule(parsing: text), options: DerivationOptions(order: order))
    }

    @Test("a parameter whose name is a word of the language, or of the source, gets another one")
    func reservedNames() throws {
        let derivation = try derivation(
            """
            optimizer Decay
            step eta
            parameter lambda, state : nonnegative
            state x
            gradient g at x
            noise gaussian
            x' = x - eta*g - eta*lambda*state*x
            """)
        let source = try derivation.source(in: .python)
        #expect(source.contains("lambda_"))
        #expect(source.contains("state_"))
        #expect(!source.contains("lambda,"))
    }

    @Test("what a rule says of itself cannot end the comment that holds it")
    func comments() throws {
        let derivation = try derivation(
            """
            optimizer Plain
            about "ends */ here"
            step eta
            state x
            gradient g at x
            noise gaussian
            x' = x - eta*g
            """)
        #expect(try derivation.source(in: .c).contains("Plain: ends * / here"))
    }

    @Test("only variances that rounding makes negative have a root: those of the drift are as they stand")
    func roots() throws {
        let derivation = try derivation(
            """
            optimizer Rooted
            step eta
            parameter rho : positive
            let beta = 1 - eta*rho
            state x
            state m = 1
            gradient g at x
            noise gaussian
            m' = beta*m + (1 - beta)*g
            x' = x - eta*sqrt(m + 2)*sign(g)
            """)
        let parts = try derivation.source(in: .python).split(separator: "def diffusion")
        try #require(parts.count == 2)
        #expect(parts[0].contains("np.sqrt(m + 2.0)"))
        #expect(!parts[0].contains("np.maximum("))
    }

    @Test("a schedule is a function that the caller gives")
    func schedules() throws {
        let text = """
            optimizer Scheduled
            step eta
            schedule s(t)
            state x
            gradient g at x
            noise gaussian
            x' = x - eta*s(t)*g
            """
        let first = try derivation(text).source(in: .python)
        #expect(first.contains("def drift(state, t, gradient, s, *, eta, sigma):"))
        #expect(first.contains("-df * s(t),"))
        let second = try derivation(text, order: 2).source(in: .python)
        #expect(second.contains("s_derivative(t)"))
        #expect(try derivation(text).source(in: .c).contains("double (*s)(double t);"))
    }

    @Test("a model without a closed form is refused, and the message says why")
    func refusals() throws {
        let normalized = try Derivation(of: BuiltInRules.rule(named: "normalizedsgd"))
        #expect(throws: EmissionError.coupledCoordinates) { try normalized.source(in: .python) }
        let averaged = try Derivation(
            of: BuiltInRules.rule(named: "signum"), options: DerivationOptions(sizes: ["rho": -1]))
        #expect(throws: EmissionError.averagedModel) { try averaged.source(in: .python) }
        let expectation = try derivation(
            """
            optimizer Soft
            step eta
            parameter c : positive
            state x
            gradient g at x
            noise gaussian
            x' = x - eta*g/(abs(g) + c)
            """)
        #expect {
            try expectation.source(in: .c)
        } throws: { error in
            guard case .expectation(let text) = error as? EmissionError else { return false }
            return text.hasPrefix("E[")
        }
    }

    @Test("a function that a language lacks is refused with the languages that have it")
    func missingFunctions() throws {
        let sam = try Derivation(of: BuiltInRules.rule(named: "sam"))
        #expect(throws: EmissionError.noFunction("1F1", target: .c, targets: [.python, .jax])) {
            try sam.source(in: .c)
        }
        #expect(try sam.source(in: .python).contains("special.hyp1f1("))
    }
}
