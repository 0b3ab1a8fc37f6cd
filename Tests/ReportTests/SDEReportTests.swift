import Algebra
import Matching
import Report
import Testing

@Suite struct SDEReportTests {
    static let eta = Symbol("eta", bounds: .positive)
    static let time = Symbol("t", bounds: .nonnegative)
    static let position = Symbol("x", role: .position, indices: [.free("i")])
    static let moment = Symbol("v", indices: [.free("i")], bounds: .nonnegative)
    static let slope = Expression(Symbol("f", role: .field, derivatives: [.free("i")]))
    static let sigma = Expression(Symbol("sigma", indices: [.free("i")], bounds: .positive))
    static let (rho, epsilon) = (
        Expression(Symbol("rho", bounds: .positive)), Expression(Symbol("epsilon", bounds: .positive))
    )
    static let (x, v) = (Expression(position), Expression(moment))

    /// RMSprop with the noise that the literature keeps, and with all of it.
    static func rmsprop(full: Bool) -> SDE {
        let root = sqrt(v) + epsilon
        let cross = full ? -2 * rho * slope * sigma : 0
        let own = full ? sqrt(2) * rho * sigma ** 2 : 0
        let s = [[sigma / root, 0], [cross, own]]
        return SDE(
            stepSize: eta, time: time, states: [position, moment],
            drift: [-slope / root, rho * (slope ** 2 + sigma ** 2 - v)],
            covariance: [
                [s[0][0] ** 2, s[0][0] * s[1][0]], [s[0][0] * s[1][0], s[1][0] ** 2 + s[1][1] ** 2],
            ],
            diffusion: s)
    }

    static let sign = SDE(
        stepSize: eta, time: time, states: [position], drift: [-erf(slope / (sqrt(2) * sigma))],
        covariance: [[1 - erf(slope / (sqrt(2) * sigma)) ** 2]],
        diffusion: [[sqrt(1 - erf(slope / (sqrt(2) * sigma)) ** 2)]])

    @Test func `SignSGD is printed as in the paper`() {
        #expect(
            SDEReport(Self.sign).text()
                == "dX = -erf(Σ^(-1/2) ∇f(X)/√2) dt + √η √(I - diag(erf(Σ^(-1/2) ∇f(X)/√2))²) dW\n")
        #expect(
            SDEReport(Self.sign).text(.coordinates)
                == "dx_i = -erf(∂_i f/(√2·σ_i)) dt + √η √(1 - erf(∂_i f/(√2·σ_i))²) dW_i\n")
        #expect(
            SDEReport(Self.sign).ascii()
                == "dx_i = -erf(d_i f/(sqrt(2)*sigma_i)) dt + sqrt(eta) sqrt(1 - erf(d_i f/(sqrt(2)*sigma_i))^2) dW_i\n"
        )
        #expect(
            SDEReport(Self.sign).latex() == #"""
                \begin{aligned}
                dX &= -\operatorname{erf}\left(\frac{\Sigma^{-1/2} \nabla f(X)}{\sqrt{2}}\right) \, dt + \sqrt{\eta} \sqrt{I - \operatorname{diag}\left(\operatorname{erf}\left(\frac{\Sigma^{-1/2} \nabla f(X)}{\sqrt{2}}\right)\right)^2} \, dW
                \end{aligned}

                """#)
    }

    @Test func `RMSprop with the noise of the literature`() {
        #expect(
            SDEReport(Self.rmsprop(full: false)).text() == """
                dX = -(diag(√V) + ε I)^(-1) ∇f(X) dt + √η (diag(√V) + ε I)^(-1) Σ^(1/2) dW
                dV = ρ (∇f(X)² + diag(Σ) - V) dt

                """)
        #expect(
            SDEReport(Self.rmsprop(full: false)).text(.coordinates) == """
                dx_i = -∂_i f/(√v_i + ε) dt + √η (σ_i/(√v_i + ε)) dW_i
                dv_i = ρ·((∂_i f)² + σ_i² - v_i) dt

                """)
    }

    @Test func `Several Brownian motions are numbered`() {
        #expect(
            SDEReport(Self.rmsprop(full: true)).text(.coordinates) == """
                dx_i = -∂_i f/(√v_i + ε) dt + √η (σ_i/(√v_i + ε)) dW₁_i
                dv_i = ρ·((∂_i f)² + σ_i² - v_i) dt + √η (-2·ρ·∂_i f·σ_i dW₁_i + √2·ρ·σ_i² dW₂_i)

                """)
        #expect(
            SDEReport(Self.rmsprop(full: true)).text() == """
                dX = -(diag(√V) + ε I)^(-1) ∇f(X) dt + √η (diag(√V) + ε I)^(-1) Σ^(1/2) dW₁
                dV = ρ (∇f(X)² + diag(Σ) - V) dt + √η (-2 ρ diag(∇f(X)) Σ^(1/2) dW₁ + √2 ρ Σ dW₂)

                """)
    }

    @Test func `An equation may have neither drift nor noise, or units for both`() {
        func sde(_ drift: Expression, _ diffusion: Expression) -> SDE {
            SDE(
                stepSize: Self.eta, time: Self.time, states: [Self.position], drift: [drift],
                covariance: [[diffusion ** 2]], diffusion: [[diffusion]])
        }
        #expect(SDEReport(sde(0, 0)).text() == "dX = 0\n")
        #expect(SDEReport(sde(1, 1)).text() == "dX = dt + √η dW\n")
        #expect(SDEReport(sde(0, -Self.sigma)).text(.coordinates) == "dx_i = -√η σ_i dW_i\n")
        #expect(SDEReport(sde(Self.slope - Self.x, 0)).text() == "dX = (∇f(X) - X) dt\n")
    }

    @Test func `JSON holds every formula by the names of the states`() throws {
        let json = SDEReport(Self.rmsprop(full: true)).json
        #expect(json["states"] == ["x", "v"])
        #expect(json["covariance"]?["x,v"]?["text"] == "-2·ρ·∂_i f·σ_i²/(√v_i + ε)")
        #expect(json["drift"]?["x"]?["ascii"] == "-d_i f/(sqrt(v_i) + epsilon)")
        #expect(json["drift"]?["x"]?["vector"] == "-(diag(√V) + ε I)^(-1) ∇f(X)")
        _ = try json.encoded(.indented)
    }

    @Test func `Markdown shows both forms and the covariance`() {
        let markdown = SDEReport(Self.rmsprop(full: false)).markdown
        #expect(markdown.contains("$$dV = \\rho ((\\nabla f(X))^2 + \\operatorname{diag}(\\Sigma) - V) \\, dt$$"))
        #expect(markdown.contains("| x,x | $\\frac{\\sigma_i^2}{\\left(\\sqrt{v_i} + \\epsilon\\right)^2}$ |"))
    }

    @Test func `noise that coordinates share is printed a line for each entry`() {
        let pair = Symbol("r", indices: [.free("i"), SDE.otherIndex])
        let sde = SDE(
            stepSize: Self.eta, time: Self.time, states: [Self.position], drift: [-Self.slope],
            covariance: [[Self.sigma ** 2]], diffusion: [[Self.sigma]],
            crossCovariance: [[Expression(pair) * Self.sigma * Self.sigma.mapIndices { _ in SDE.otherIndex }]])
        let report = SDEReport(sde)
        #expect(report.text(.coordinates) == "dx_i = -∂_i f dt + √η σ_i dW_i\nS[x_i,x_j] = r_ij·σ_i·σ_j  (i ≠ j)\n")
        #expect(report.ascii().contains("S[x_i,x_j] = r_ij*sigma_i*sigma_j  (i != j)\n"))
        #expect(report.latex().contains(#"S[x_i,x_j] &= r_{ij} \sigma_i \sigma_j \quad (i \ne j)"#))
        #expect(report.json["crossCovariance"]?["x_i,x_j"]?["text"] == "r_ij·σ_i·σ_j")
        #expect(report.markdown.contains(#"$$S[x_i,x_j] = r_{ij} \sigma_i \sigma_j \quad (i \ne j)$$"#))
    }
}
