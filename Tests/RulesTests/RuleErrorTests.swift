import Algebra
import TestSupport
import Testing

@testable import Rules

/// What a mistake in a rule is answered with: the place, what is wrong, and a remedy.
@Suite struct RuleErrorTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        let find: String
        let replacement: String
        let line: Int?
        let column: Int?
        let message: String
        let remedy: String?
        var testDescription: String { replacement.isEmpty ? "without \(find)" : replacement }

        init(
            _ find: String, _ replacement: String, at place: (line: Int, column: Int)?, _ message: String,
            _ remedy: String? = nil
        ) {
            self.find = find
            self.replacement = replacement
            line = place?.line
            column = place?.column
            self.message = message
            self.remedy = remedy
        }
    }

    private static let text = """
        optimizer RMSprop
        about     "RMSprop"
        step      eta
        parameter rho : positive
        parameter epsilon : nonnegative
        let       beta = 1 - eta*rho
        state     x
        state     v : nonnegative = 0
        gradient  g at x
        noise     gaussian
        diffusion x
        v' = beta*v + (1 - beta)*g^2
        x' = x - eta*g/(sqrt(v') + epsilon)
        """

    static let mistakes: [Mistake] = [
        Mistake("+ epsilon)", "+ epsilno)", at: (13, 28), "unknown name `epsilno`", "Did you mean `epsilon`?"),
        Mistake(
            "epsilon)", "epsilon", at: (13, 35),
            "expected an operator or the `)` that closes the `(` in column 16, found the end of the line"),
        Mistake(
            "x' = x - eta*g/(sqrt(v') + epsilon)", "", at: (7, 11), "the state `x` is never updated",
            "Add a line `x' = ...`."),
        Mistake("x' = x -", "v' = x -", at: (13, 1), "the state `v` is updated a second time"),
        Mistake(
            "v' = beta*v", "v' = x'*v", at: (12, 6), "`x'` is used before its line",
            "Move the line `x' = ...` above this one."),
        Mistake(
            "step      eta", "", at: (6, 22), "the step size `eta` is not declared", "Add a line `step eta` above."),
        Mistake("state     x\n", "\n", at: (9, 16), "unknown name `x`", nil),
        Mistake("gradient  g at x", "", at: (12, 26), "unknown name `g`", nil),
        Mistake("state     v", "state     rho", at: (8, 11), "`rho` is declared a second time; it is a parameter"),
        Mistake(
            "rho : positive", "rho : positiv", at: (4, 17), "unknown attribute `positiv`", "Did you mean `positive`?"),
        Mistake("rho : positive", "rho : in (1, 0)", at: (4, 20), "the interval (1, 0) is empty"),
        Mistake(
            "rho : positive", "rho : in (0, 1)x", at: (4, 26),
            "expected nothing more after the `parameter` statement, found `x`"),
        Mistake("rho : positive", "rho : positive, in (0, 1)", at: (4, 27), "the range is declared twice"),
        Mistake(
            "rho : positive", "rho : positive = -1", at: (4, 11),
            "the default value of `rho` lies outside of its declared range"),
        Mistake(
            "rho : positive", "rho : integer = 1/2", at: (4, 11),
            "the default value of `rho` lies outside of its declared range"),
        Mistake("rho : positive", "rho : O(rho)", at: (4, 19), "unknown name `rho`"),
        Mistake("rho : positive", "rho : O(2*eta)", at: (4, 19), "expected 1 or a power of eta"),
        Mistake("rho : positive", "rho = x", at: (4, 17), "unknown name `x`"),
        Mistake("state     v : nonnegative", "state     v : integer", at: (8, 15), "unknown attribute `integer`"),
        Mistake("= 0", "= x", at: (8, 11), "the initial value of `v` may contain parameters only"),
        Mistake("diffusion x", "diffusion beta", at: (11, 11), "`beta` is not a state"),
        Mistake("diffusion x", "diffusion x, x", at: (11, 14), "`x` is listed twice"),
        Mistake("diffusion x", "difusion x", at: (11, 1), "unknown statement `difusion`", "Did you mean `diffusion`?"),
        Mistake("gaussian", "gausian", at: (10, 11), "unknown noise law `gausian`", "Did you mean `gaussian`?"),
        Mistake("gaussian", "student", at: (10, 11), "expected the noise law as `student(nu)`"),
        Mistake("gaussian", "student(x)", at: (10, 1), "the arguments of a noise law may contain parameters only"),
        Mistake("gaussian", "gaussian, scale tau(x)", at: (10, 27), "expected `sigma`, found `tau`"),
        Mistake(
            "noise     gaussian", "gradient h at x", at: (10, 10),
            "a second gradient does not say which sample it is drawn from"),
        Mistake(
            "noise     gaussian", "gradient h, l at x, same sample", at: (10, 10),
            "several gradients at one point on the same sample are one gradient"),
        Mistake(
            "g at x", "g at x, same sample", at: (9, 17),
            "a sample is named for a second gradient only, and this is the first"),
        Mistake("g at x", "g in x", at: (9, 13), "expected `at` and the point of the gradient, found `in`"),
        Mistake(
            "g at x", "g at v", at: (9, 11), "the gradient is drawn at a point that does not contain the position `x`"),
        Mistake("optimizer RMSprop", "", at: nil, "the rule has no name", "Begin with `optimizer NAME`."),
        Mistake(
            "optimizer RMSprop", "optimizer", at: (1, 10),
            "expected the name of the optimizer, found the end of the line"),
        Mistake(
            "about     \"RMSprop\"", "about RMSprop", at: (2, 7), "expected a text in quotation marks, found `RMSprop`"),
        Mistake("about     \"RMSprop\"", "about \"RMSprop", at: (2, 7), "this quotation mark has no partner"),
        Mistake(
            "about     \"RMSprop\"", "optimizer Adam", at: (2, 1),
            "a rule has one `optimizer` statement, and this is the second"),
        Mistake(
            "v' = beta*v", "v = beta*v", at: (12, 3), "expected `'` after `v`, found `=`",
            "The next iterate is written with a prime: `v' = ...`."),
        Mistake("v' = beta*v", "beta' = beta*v", at: (12, 1), "`beta` is a definition, not a state"),
        Mistake("v' = beta*v", "u' = beta*v", at: (12, 1), "`u` is not a state"),
        Mistake("let       beta", "let       k", at: (6, 11), "`k` is reserved for the index of the step"),
        Mistake("let       beta", "let       sqrt", at: (6, 11), "`sqrt` is the name of a function"),
        Mistake("let       beta", "let       x_i", at: (12, 6), "unknown name `beta`"),
        Mistake("state     x", "state     v", at: (8, 11), "`v` is declared a second time; it is a state"),
        Mistake("x' = x - eta*g", "x' = x_j - eta*g", at: (13, 1), "the index `j` is not bound by a sum"),
        Mistake(
            "x' = x - eta*g", "x' = x1 - eta*g", at: (13, 1),
            "a rule acts on every coordinate alike, and cannot name the coordinate 1"),
        Mistake(
            "x' = x - eta*g", "x' = x - eta*E[g]", at: (13, 1),
            "a rule is computed from one draw, and cannot take an expectation"),
        Mistake(
            "x' = x - eta*g", "x' = x - eta g", at: (13, 14), "expected an operator or the end of the line, found `g`",
            "A product is written with `*`."),
        Mistake("v' = beta*v", "v' = beta*v/(1 - 1)", at: (12, 13), "division by zero"),
        Mistake("v' = beta*v", "v' = beta*v^1000000000", at: (12, 13), "this exponent is beyond 10000"),
        Mistake("v' = beta*v", "v' = $beta*v", at: (12, 6), "unexpected character `$`"),
        Mistake("v' = beta*v", "= beta*v", at: (12, 1), "expected a statement or an update `x' = ...`, found `=`"),
    ]

    @Test(arguments: mistakes)
    func `a mistake is reported where it is`(mistake: Mistake) throws {
        let parts = Self.text.split(separator: mistake.find, maxSplits: 1, omittingEmptySubsequences: false)
        #expect(parts.count == 2)
        let text = parts.joined(separator: mistake.replacement)
        do {
            let rule = try UpdateRule(parsing: text, file: "example.rule")
            Issue.record("the text was read as \(rule)")
        } catch {
            #expect(error.message == mistake.message)
            #expect(error.line == mistake.line)
            #expect(error.column == mistake.column)
            if let remedy = mistake.remedy { #expect(error.remedy == remedy) }
        }
    }

    @Test func `a diagnostic shows the line and a caret`() throws {
        let text = Self.text.replacing("epsilon)", with: "epsilno)")
        do {
            _ = try UpdateRule(parsing: text, file: "rmsprop.rule")
        } catch {
            #expect(
                error.description == """
                    rmsprop.rule:13:28: unknown name `epsilno`
                        x' = x - eta*g/(sqrt(v') + epsilno)
                                                   ^
                    Did you mean `epsilon`?
                    """)
        }
    }

    @Test func `a rule without a gradient or without a step says so`() {
        #expect(throws: Diagnostic.self) { try UpdateRule(parsing: "optimizer A\nstep eta\nstate x\nx' = x") }
        #expect(throws: Diagnostic.self) {
            try UpdateRule(parsing: "optimizer A\nstate x\ngradient g at x\nx' = x - g")
        }
        #expect(throws: Diagnostic.self) { try UpdateRule(parsing: "optimizer A\nstep eta") }
        #expect(throws: Diagnostic.self) { try UpdateRule(parsing: "") }
    }

    @Test func `twenty thousand parentheses give an error`() {
        let text = Self.text.replacing("beta*v", with: String(repeating: "(", count: 20_000))
        #expect(throws: Diagnostic.self) { try UpdateRule(parsing: text) }
    }

    @Test func `a mutated rule is refused or read`() {
        var generator = SeededGenerator(seed: 1)
        let original = Array(Self.text.unicodeScalars)
        let pieces = Array("x'v()*/^=:,\"#\n 0_√²gηβ".unicodeScalars)
        for _ in 0..<1500 {
            var scalars = original
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: scalars.indices, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: scalars.remove(at: place)
                case 1: scalars[place] = pieces[Int.random(in: pieces.indices, using: &generator)]
                default: scalars.insert(pieces[Int.random(in: pieces.indices, using: &generator)], at: place)
                }
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            do {
                let rule = try UpdateRule(parsing: String(text))
                #expect(try UpdateRule(parsing: rule.description) == rule, "\(String(text))")
            } catch {
                #expect(!"\(error)".isEmpty)
            }
        }
    }
}
