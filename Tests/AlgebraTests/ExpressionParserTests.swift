import ExactNumbers
import Testing

@testable import Algebra

@Suite struct ExpressionParserTests {
    private let x = Expression(Symbol("x"))
    private let y = Expression(Symbol("y"))
    private let eta = Expression(Symbol("eta"))

    private func parse(_ text: String) throws(Diagnostic) -> Expression { try Expression(parsing: text) }

    private func failure(_ text: String, in scope: Scope = .free) -> Diagnostic? {
        do {
            let result = try Expression(parsing: text, in: scope)
            Issue.record("`\(text)` was read as \(result)")
            return nil
        } catch {
            return error
        }
    }

    @Test func `operators have the precedence of mathematics`() throws {
        #expect(try parse("1 + 2*3^2") == 19)
        #expect(try parse("-x^2") == -(x ** 2))
        #expect(try parse("(-x)^2") == x ** 2)
        #expect(try parse("2^3^2") == 512)
        #expect(try parse("x^-1") == 1 / x)
        #expect(try parse("x - y - 1") == x - y - 1)
        #expect(try parse("x/y/2") == x / (2 * y))
        #expect(try parse("x*-y") == -(x * y))
        #expect(try parse("--x") == x)
        #expect(try parse("x**2") == x * x)
        #expect(try parse("2^-x^2") == 2 ** (-(x ** 2)))
    }

    @Test func `numbers are exact`() throws {
        #expect(try parse("0.25") == Expression(Rational(1, 4)))
        #expect(try parse("1e-3") == Expression(Rational(1, 1000)))
        #expect(try parse("2.5E+2") == 250)
        #expect(try parse(".5") == .half)
        #expect(try parse("5.") == 5)
        #expect(try parse("1/3 + 1/6") == .half)
        #expect(try parse("123456789012345678901234567890 - 123456789012345678901234567889") == 1)
    }

    @Test func `Unicode and ASCII spellings are the same`() throws {
        let pairs = [
            ("η·β₁", "eta*beta1"), ("x² − y³", "x^2 - y^3"), ("x⁻¹", "1/x"), ("√(x + 1)", "sqrt(x + 1)"),
            ("√2", "sqrt(2)"),
            ("π", "pi"), ("2 × x ÷ y", "2*x/y"), ("e^(−x²)", "exp(-x^2)"), ("|x|", "abs(x)"), ("Γ(x)", "gamma(x)"),
            ("Φ(x)", "normalDistribution(x)"), ("φ(x)", "normalDensity(x)"), ("ε", "ϵ"), ("∂ᵢf", "d_i f"),
            ("∂_ij f", "d_ij f"), ("∂_{1,2} f", "∂_{2,1} f"), ("Σ_j(∂_ij f · ∂_j f)", "sum_j(d_ij f*d_j f)"),
            ("xᵢ", "x_i"),
            ("₂F₁(1/2, x; 3/2; −y²)", "2F1(1/2, x, 3/2, -y^2)"), ("₁F₁(x; y; 2)", "kummer(x, y, 2)"),
            ("x¹⁰", "x^10"), ("δ(x)", "dirac(x)"), ("δ'(x)", "dirac′(x)"),
        ]
        for (unicode, ascii) in pairs { #expect(try parse(unicode) == parse(ascii), "\(unicode)") }
    }

    @Test func `a function name is the function`() throws {
        #expect(try parse("min(x, y)") == min(x, y))
        #expect(try parse("max(x, y, 1)") == max(max(x, y), 1))
        #expect(try parse("clip(x, -1, 1)") == clip(x, -1, 1))
        #expect(try parse("step(x)") == step(x))
        #expect(try parse("erfc(x)") == erfc(x))
        #expect(try parse("Phi(x)") == normalDistribution(x))
        #expect(try parse("phi(x)") == normalDensity(x))
        #expect(try parse("2F1(1, 2; 3; x)") == hypergeometric2F1(1, 2, 3, x))
        #expect(try parse("polygamma(1, x)") == .function(.polygamma(1), [x]))
        #expect(try parse("gamma") == Expression(Symbol("gamma")))
        #expect(try parse("||x| - 1|") == abs(abs(x) - 1))
        let i = Index.free("i")
        let xi = Expression(Symbol("x", indices: [i]))
        #expect(try parse("norm(x_i)") == sqrt(.indexSum(over: "i", xi ** 2)))
        #expect(try parse("dot(x_i, x_i)") == .indexSum(over: "i", xi ** 2))
    }

    @Test func `a scope says what a name stands for`() throws {
        let i = Index.free("i")
        let position = Symbol("x", role: .position, indices: [i])
        let loss = Symbol("f", role: .field)
        var scope = Scope()
        scope.declare(position)
        scope.declare(loss)
        scope.declare(Symbol("sigma", indices: [i], bounds: .positive))
        scope.declareFunction("s", arguments: 1)
        scope.define("two", as: 2)
        func parse(_ text: String) throws -> Expression { try Expression(parsing: text, in: scope) }
        #expect(try parse("x") == Expression(position))
        #expect(try parse("x_i") == Expression(position))
        #expect(try parse("x1") == Expression(Symbol("x", role: .position, indices: [.coordinate(1)])))
        #expect(try parse("x_12") == Expression(Symbol("x", role: .position, indices: [.coordinate(12)])))
        #expect(try parse("sqrt(σ_i^2)").symbol?.bounds == .positive)
        #expect(try parse("∂_i f") == Expression(loss.differentiated(by: i)))
        #expect(try parse("s''(x)") == .function(.unnamed("s", derivatives: [2]), [Expression(position)]))
        #expect(try parse("s^(4)(x)") == .function(.unnamed("s", derivatives: [4]), [Expression(position)]))
        #expect(try parse("two^two") == 4)
        let sum = try parse("Σ_j(x_j^2)")
        #expect(sum == .indexSum(body: Expression(Symbol("x", role: .position, indices: [.bound(0)])) ** 2))
        #expect(try parse("Σ_k(x_k^2)") == sum)
        #expect(
            try parse("Σ_j(x_j·Σ_k(∂_jk f))") == parse("Σ_a(x_a·Σ_j(∂_ja f))"),
            "renamed indices are the same expression")
    }

    @Test func `the scope of an expression reads its text back`() throws {
        let g = Symbol("g", role: .noise, indices: [.free("i")])
        let mean = Expression(Symbol("f", role: .field, derivatives: [.free("i")]))
        let expression = Expression.expectation(of: sign(Expression(g)) * Expression(g)) * mean
        #expect(try Expression(parsing: "E[g_i·sign(g_i)]·∂_i f", in: Scope(of: expression)) == expression)
        let chance = Expression.function(.probabilityNegative, [Expression(g)])
        #expect(try Expression(parsing: "P(g_i < 0)", in: Scope(of: chance)) == chance)
    }

    @Test func `an unknown name is met with the nearest one`() throws {
        var scope = Scope()
        for name in ["eta", "epsilon", "x", "beta1", "beta2"] { scope.declare(Symbol(name)) }
        let error = try #require(failure("x + epsilno*2", in: scope))
        #expect(error.message == "unknown name `epsilno`")
        #expect(error.remedy == "Did you mean `epsilon`?")
        #expect((error.line, error.column) == (1, 5))
        #expect(
            error.description == """
                expression:1:5: unknown name `epsilno`
                    x + epsilno*2
                        ^
                Did you mean `epsilon`?
                """)
        #expect(failure("sgin(x)", in: scope)?.remedy == "Did you mean `sign`?")
        #expect(failure("X", in: scope)?.remedy == "Did you mean `x`?")
        #expect(failure("beta", in: scope)?.remedy == "Did you mean `beta1`?")
        #expect(failure("sqrt", in: scope)?.message == "`sqrt` is a function")
        #expect(failure("momentum", in: scope)?.remedy == "Known here: beta1, beta2, epsilon, eta, x.")
    }

    @Test(arguments: [
        ("(x + 1", 7, "closes"), ("sqrt(x", 7, "closes"), ("x + ", 5, "expected a number, a name or `(`"),
        ("2 x", 3, "expected an operator or the end, found `x`"), ("x)", 2, "found `)`"),
        ("max(x)", 1, "takes 2 to 64"),
        ("clip(x, 1)", 1, "takes 3 arguments"), ("x $ 2", 3, "unexpected character `$`"),
        ("1/0", 3, "division by zero"),
        ("x/(2 - 2)", 3, "division by zero"), ("log(0)", 1, "has no value"), ("sqrt(-1)", 1, "has no value"),
        ("0^-1", 1, "has no value"), ("x^1000000000", 3, "beyond 10000"), ("(x^9999)^9999", 10, "beyond 10000"),
        ("x^(1e4000)", 3, "beyond 10000"), ("1e99999", 1, "too large"), ("x²⁹⁹⁹⁹⁹⁹⁹⁹", 2, "beyond 10000"),
        ("∂f", 1, "expected an index"), ("d_i x", 5, "not a function of the position"), ("P(x)", 4, "expected `<`"),
        ("\"x\"", 1, "found a quotation"), ("", 1, "found the end of the line"), ("x 'y", 4, "expected an operator"),
        ("sum_(1,2)(x)", 1, "one letter"),
    ])
    func `a mistake is reported where it is`(text: String, column: Int, part: String) throws {
        var scope = Scope.free
        if text == "d_i x" { scope.declare(Symbol("x")) }
        let error = try #require(failure(text, in: scope))
        #expect(error.column == column, "\(error)")
        #expect(error.message.contains(part), "\(error)")
    }

    @Test func `a missing operator is said to be one`() {
        #expect(failure("2 x")?.remedy == "A product is written with `*`.")
        #expect(failure("(1 + x)(1 - x)")?.remedy == "A product is written with `*`.")
        var scope = Scope()
        scope.declare(Symbol("gamma"))
        scope.declare(Symbol("x"))
        #expect(failure("gamma(x)", in: scope)?.remedy?.contains("gamma*(...)") == true)
    }

    @Test(arguments: ["(", "-(", "x^(", "sqrt(", "√", "|", "2^", "√(", "E[", "sum_j("])
    func `twenty thousand levels give an error, not an overflow`(opening: String) throws {
        let error = try #require(failure(String(repeating: opening, count: 20_000 / opening.count)))
        #expect(error.message.contains("nested") || error.message.contains("longer"), "\(error.message)")
        #expect(error.description.count < 600)
    }

    @Test func `nesting to the limit is read`() throws {
        let levels = 120
        let text = String(repeating: "(1 + ", count: levels) + "x" + String(repeating: ")", count: levels)
        #expect(try parse(text) == x + Expression(levels))
        let tower = String(repeating: "sqrt(1 + ", count: levels) + "x" + String(repeating: ")", count: levels)
        #expect(try parse(tower).depth > levels)
    }

    @Test func `long sums and products are read at once`() throws {
        let count = 4000
        #expect(try parse((1...count).map { "x\($0)" }.joined(separator: " + ")).symbols.count == count)
        #expect(try parse((1...count).map { "x\($0)" }.joined(separator: "*")).symbols.count == count)
        #expect(try parse([String](repeating: "x", count: count).joined(separator: " - ")) == Expression(2 - count) * x)
        let error = try #require(failure([String](repeating: "x", count: 100_000).joined(separator: "+")))
        #expect(error.message.contains("longer than 20000"))
    }

    @Test func `lines of a diagnostic are short and printable`() throws {
        let text = String(repeating: "x + ", count: 100) + "\u{1B}[31m" + String(repeating: " + x", count: 100)
        let error = try #require(failure(text))
        #expect(error.column == 401)
        #expect(error.description.count < 320)
        #expect(!error.description.unicodeScalars.contains("\u{1B}"))
    }
}
