import Algebra
import Testing

/// The equations of the built-in rules, typed in by hand, against the way in which papers print them.
@Suite struct VectorFormTests {
    typealias Q = Quantities
    static let snr = erf(Q.slope / (sqrt(2) * Q.sigma))
    static let root = sqrt(Q.v) + Q.epsilon
    static let (bias1, bias2) = (1 - exp(-Q.rho1 * Q.t), 1 - exp(-Q.rho2 * Q.t))
    static let adam =
        -sqrt(bias2) / bias1 * (Q.m + Q.eta * Q.rho1 * (Q.slope - Q.m)) / (sqrt(Q.v) + Q.epsilon * sqrt(bias2))
    static let adamText =
        "-(√(1 - exp(-ρ₂ t))/(1 - exp(-ρ₁ t))) (diag(√V) + ε √(1 - exp(-ρ₂ t)) I)^(-1) (M + η ρ₁ (∇f(X) - M))"

    static let drifts: [(String, Expression, String)] = [
        ("SGD", -Q.slope, "-∇f(X)"),
        ("SGDW", -Q.slope - Q.gamma * Q.x, "-∇f(X) - γ X"),
        ("SignSGD", -snr, "-erf(Σ^(-1/2) ∇f(X)/√2)"),
        ("RMSprop", -Q.slope / root, "-(diag(√V) + ε I)^(-1) ∇f(X)"),
        ("RMSpropW", -Q.slope / root - Q.gamma * Q.x, "-(diag(√V) + ε I)^(-1) ∇f(X) - γ X"),
        ("RMSprop, v", Q.rho * (Q.slope ** 2 + Q.sigma ** 2 - Q.v), "ρ (∇f(X)² + diag(Σ) - V)"),
        ("Adam", adam, adamText),
        ("AdamW", adam - Q.gamma * Q.x, adamText + " - γ X"),
        ("Adam, m", Q.rho1 * (Q.slope - Q.m), "ρ₁ (∇f(X) - M)"),
        ("Adam, v", Q.rho2 * (Q.slope ** 2 + Q.sigma ** 2 - Q.v), "ρ₂ (∇f(X)² + diag(Σ) - V)"),
        (
            "SGD of order 2",
            -Q.slope - Q.eta / 2 * .indexSum(body: Q.curvature(.free("i"), .bound(0)) * Q.slope(.bound(0))),
            "-∇f(X) - (η/2) ∇²f(X) ∇f(X)"
        ),
        (
            "a Hessian between diagonal matrices",
            Expression.indexSum(
                body: Q.curvature(.free("i"), .bound(0)) * Q.slope(.bound(0))
                    / (sqrt(Q.secondMoment(.bound(0))) + Q.epsilon)) / root,
            "(diag(√V) + ε I)^(-1) ∇²f(X) (diag(√V) + ε I)^(-1) ∇f(X)"
        ),
        ("noise in front", 3 * Q.sigma ** 2 * Q.slope, "3 Σ ∇f(X)"),
        ("noise and batch size", Q.sigma ** 2 / Q.batchSize, "diag(Σ)/B"),
        (
            "a normalized step", -Q.slope / sqrt(.indexSum(body: Q.slope(.bound(0)) ** 2)),
            "-∇f(X)/‖∇f(X)‖"
        ),
        (
            "third derivatives have no vector form",
            .indexSum(body: Expression(Symbol("f", role: .field, derivatives: [.free("i"), .bound(0), .bound(0)]))),
            "[Σ_j (∂_ijj f)]_i"
        ),
    ]

    @Test(arguments: drifts) func `A drift is a vector`(_ rule: String, _ drift: Expression, _ text: String) {
        #expect(VectorForm().text(drift: drift) == text, "\(rule)")
    }

    static let diffusions: [(String, Expression, String)] = [
        ("SGD", Q.sigma, "Σ^(1/2)"),
        ("SGD with a batch", Q.sigma / sqrt(Q.batchSize), "Σ^(1/2)/√B"),
        ("SignSGD", sqrt(1 - snr ** 2), "√(I - diag(erf(Σ^(-1/2) ∇f(X)/√2))²)"),
        ("RMSprop", Q.sigma / root, "(diag(√V) + ε I)^(-1) Σ^(1/2)"),
        ("Adam, m", Q.rho1 * Q.sigma, "ρ₁ Σ^(1/2)"),
        ("none", 0, "0"),
    ]

    @Test(arguments: diffusions) func `A diffusion is a diagonal matrix`(
        _ rule: String, _ diffusion: Expression, _ text: String
    ) {
        #expect(VectorForm().text(diffusion: diffusion) == text, "\(rule)")
    }

    @Test func `gradients are taken at the position, whatever its name`() {
        #expect(VectorForm(position: "y").text(drift: -Q.rho * Q.slope) == "-ρ ∇f(Y)")
        #expect(VectorForm(position: "w2").text(drift: -Q.rho * Q.slope) == "-ρ ∇f(W₂)")
    }

    @Test func `LaTeX prints the equations of SignSGD and RMSprop as the paper does`() {
        #expect(
            VectorForm().latex(drift: -Self.snr)
                == #"-\operatorname{erf}\left(\frac{\Sigma^{-1/2} \nabla f(X)}{\sqrt{2}}\right)"#)
        #expect(
            VectorForm().latex(diffusion: sqrt(1 - Self.snr ** 2))
                == #"\sqrt{I - \operatorname{diag}\left(\operatorname{erf}\left(\frac{\Sigma^{-1/2} \nabla f(X)}"#
                + #"{\sqrt{2}}\right)\right)^2}"#)
        #expect(
            VectorForm().latex(drift: Self.drifts[4].1)
                == #"-\left(\operatorname{diag}\left(\sqrt{V}\right) + \epsilon I\right)^{-1} \nabla f(X) - \gamma X"#)
        #expect(VectorForm().latex(drift: Q.rho * (Q.slope ** 2 - Q.v)) == #"\rho ((\nabla f(X))^2 - V)"#)
    }
}
