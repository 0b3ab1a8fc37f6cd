import Algebra
import Testing

@Suite struct LaTeXTests {
    typealias Q = Quantities
    static let (a, b) = (Q.plain("a"), Q.plain("b"))

    static let formulas: [(Expression, String)] = [
        (1 - 2 * a, #"1 - 2 a"#),
        ((a + b) ** 2, #"(a + b)^2"#),
        ((a / b + 1) ** 2, #"\left(1 + \frac{a}{b}\right)^2"#),
        (Q.plain("a'") ** 2, #"(a')^2"#),
        (Q.slope ** 2, #"(\partial_i f)^2"#),
        (Q.rho1 * Q.m, #"\rho_1 m_i"#),
        (Expression(Symbol("rho1", indices: [.free("i")])) ** 12, #"\rho_{1,i}^{12}"#),
        (Q.plain("learning_rate"), #"\mathrm{learning\_rate}"#),
        (abs(a), #"\left|a\right|"#),
        (Expression(3) * 2 ** a, #"3 \cdot 2^a"#),
        (exp(-(a ** 2) / 2) ** 2, #"e^{-a^2}"#),
        (erf(Q.slope / (sqrt(2) * Q.sigma)), #"\operatorname{erf}\left(\frac{\partial_i f}{\sqrt{2} \sigma_i}\right)"#),
        (gamma(a), #"\Gamma(a)"#),
        (hypergeometric2F1(1, 2, 3, a), #"{}_2F_1(1, 2; 3; a)"#),
        (kummer(1, a, b), #"{}_1F_1(1; a; b)"#),
        (.function(.polygamma(1), [a]), #"\psi^{(1)}(a)"#),
        (a ** Q.v, #"a^{v_i}"#),
        (Q.v ** (a / 2), #"v_i^{a/2}"#),
        (.function(.probabilityNegative, [Q.g]), #"\mathbb{P}(g_i < 0)"#),
        (Expression.expectation(of: sign(Q.g)), #"\mathbb{E}\left[\operatorname{sign}(g_i)\right]"#),
        (
            -Q.eta / 2 * .indexSum(body: Q.curvature(.free("i"), .bound(0)) * Q.slope(.bound(0))),
            #"-\frac{\eta}{2} \sum_j \partial_j f \partial_{ij} f"#
        ),
    ]

    @Test(arguments: formulas) func `LaTeX sets a formula as people write it`(_ formula: Expression, _ latex: String) {
        #expect(formula.latex == latex)
    }
}
