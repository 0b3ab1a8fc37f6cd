import Algebra
import ExactNumbers
import Testing

@Suite struct CoordinateFormTests {
    typealias Q = Quantities
    static let (a, b, c) = (Q.plain("a"), Q.plain("b"), Q.plain("c"))

    static let inText: [(Expression, String)] = [
        (1 - 2 * a, "1 - 2·a"),
        (a ** 2 - 2 * a + 4 + b ** 2 + a * b, "a² + a·b + b² - 2·a + 4"),
        (-a - b, "-a - b"),
        (b - a, "b - a"),
        ((1 + sign(a)) / 2, "(1 + sign(a))/2"),
        (a * Expression(Rational(-3, 2)), "-3·a/2"),
        ((a + b) / (2 * c), "(a + b)/(2·c)"),
        ((1 + a) / (1 - a), "(a + 1)/(1 - a)"),
        (a / (b / c), "a·c/b"),
        ((a + b) ** 3, "(a + b)³"),
        (a ** Expression(Rational(-3, 2)), "1/a^(3/2)"),
        (2 ** a, "2^a"),
        (a ** (-b), "a^(-b)"),
        (sqrt(2 / .pi), "√(2/π)"),
        (sqrt(Expression(Rational(2, 3))), "√(2/3)"),
        (a / sqrt(2), "a/√2"),
        (sqrt(3) * a / 2, "√3·a/2"),
        (normalDensity(a), "exp(-a²/2)/√(2·π)"),
        (normalDistribution(a), "(1 + erf(a/√2))/2"),
        (erfc(a), "1 - erf(a)"),
        (min(a, b), "min(a, b)"),
        (c - min(a, 3), "c - min(a, 3)"),
        (clip(a, -1, 1), "clip(a, -1, 1)"),
        (-3 * clip(a, -c, c), "-3·clip(a, -c, c)"),
        (max(a, b), "max(a, b)"),
        (abs(a) + abs(abs(b) - 1), "|a| + abs(|b| - 1)"),
        (hypergeometric2F1(1, 2, 3, a), "₂F₁(1, 2; 3; a)"),
        (kummer(1, a, b), "₁F₁(1; a; b)"),
        (.function(.polygamma(2), [a]), "polygamma(2, a)"),
        (.function(.dirac(1), [a]), "dirac'(a)"),
        (Q.eta * .function(.unnamed("s", derivatives: [1]), [Q.t]), "η·s'(t)"),
        (.function(.probabilityNegative, [Q.g]), "P(g_i < 0)"),
        (2 * Expression.expectation(of: sign(Q.g)), "2·E[sign(g_i)]"),
        (Q.x - Q.eta * Q.g, "x_i - η·g_i"),
        (Q.m + Q.eta * Q.rho1 * (Q.g - Q.m), "m_i + η·ρ₁·(g_i - m_i)"),
        ((1 - Q.rho) * Q.v + Q.rho * Q.g ** 2, "(1 - ρ)·v_i + ρ·g_i²"),
        (-Q.slope / (sqrt(Q.v) + Q.epsilon), "-∂_i f/(√v_i + ε)"),
        (Q.rho * (Q.slope ** 2 + Q.sigma ** 2 - Q.v), "ρ·((∂_i f)² + σ_i² - v_i)"),
        (
            -Q.slope - Q.eta / 2 * .indexSum(body: Q.curvature(.free("i"), .bound(0)) * Q.slope(.bound(0))),
            "-∂_i f - (η/2)·Σ_j (∂_j f·∂_ij f)"
        ),
        (
            Q.position(.coordinate(12)) * Expression(Symbol("h", indices: [.coordinate(1), .coordinate(12)])),
            "h_{1,12}·x_12"
        ),
    ]

    @Test(arguments: inText) func `A formula is printed as people write it`(_ formula: Expression, _ text: String) {
        #expect(formula.description == text)
    }

    @Test(arguments: inText) func `What is printed means the same when it is read`(_ formula: Expression, _: String)
        throws
    {
        let scope = Scope(of: formula)
        #expect(try Expression(parsing: formula.text, in: scope) == formula)
        #expect(try Expression(parsing: formula.ascii, in: scope) == formula)
    }

    @Test func `ASCII spells Greek letters, roots, derivatives and sums over an index`() {
        let formula = -Q.slope / (sqrt(Q.v) + Q.epsilon) - Q.gamma * Q.x
        #expect(formula.ascii == "-d_i f/(sqrt(v_i) + epsilon) - gamma*x_i")
        let sum = Expression.indexSum(body: Q.curvature(.free("i"), .bound(0)) * Q.slope(.bound(0)))
        #expect(sum.ascii == "sum_j(d_j f*d_ij f)")
        #expect(Q.rho1.text == "ρ₁")
        #expect(Q.rho1.ascii == "rho1")
    }

    @Test func `A bound index takes a name that is not free in the formula`() {
        let product = Q.slope(.free("j")) * .indexSum(body: Q.curvature(.free("i"), .bound(0)))
        #expect(product.text == "∂_j f·Σ_k (∂_ik f)")
        let nested = Expression.indexSum(
            body: Q.curvature(.free("i"), .bound(0))
                * .indexSum(body: Q.curvature(.bound(0), .bound(1)) * erf(Q.slope(.bound(0)))))
        #expect(nested.text == "Σ_j (∂_ij f·Σ_k (∂_jk f·erf(∂_k f)))")
    }
}
