import Algebra
import BuiltInRules
import Matching
import Report
import Rules
import Testing

@Suite struct ComparisonReportTests {
    private func report(_ text: String, rule name: String = "rmsprop") throws -> ComparisonReport {
        let rule = try BuiltInRules.rule(named: name)
        let published = try PublishedSDE(parsing: text, for: rule, file: "paper.sde")
        return ComparisonReport(of: published, with: try Derivation(of: rule))
    }

    @Test func `what is missing is printed in closed form with its order and what it costs`() throws {
        let report = try report(
            """
            dx = -df/(sqrt(v) + epsilon) dt - sqrt(eta)*sigma/(sqrt(v) + epsilon) dW
            dv = rho*(sigma^2 - v) dt
            """)
        #expect(
            report.text == """
                RMSprop against paper.sde
                noise gaussian, order 1, diffusion full

                drift b
                  b[x]  agrees
                  b[v]  lacks ρ·(∂_i f)²
                    η b is off by O(η): condition 1 of order 1 fails

                covariance S, without the factor η
                  S[x,x]  agrees
                  S[x,v]  lacks -2·ρ·∂_i f·σ_i²/(√v_i + ε)
                    η² S is off by O(η²): condition 2 of order 1 holds, M1c fails
                  S[v,v]  lacks 2·ρ²·σ_i²·(2·(∂_i f)² + σ_i²)
                    η² S is off by O(η²): condition 2 of order 1 holds, M1c fails

                note: the derived model itself: weak order 1: holds away from the points where a coefficient is not smooth
                weak order 1 fails

                """)
    }

    @Test func `extra and wrong terms are told apart, and unscaled noise is noted`() throws {
        let text = try report("dx = (x - 2*df) dt + sigma dW", rule: "sgd").text
        #expect(text.contains("has x_i, which does not belong there"))
        #expect(text.contains("is off by"))
        #expect(text.contains("note: the noise of x with dW has no factor √η"))
    }

    @Test func `the JSON carries verdict, level and differences`() throws {
        let json = try report("dx = -df dt + sqrt(eta)*sigma dW", rule: "sgd").json
        #expect(json["verdict"] == "agrees")
        #expect(json["level"] == "M1c")
        #expect(json["passes"] == true)
        let wrong = try report("dx = -2*df dt", rule: "sgd").json
        #expect(wrong["verdict"] == "fails")
        #expect(wrong["level"] == .null)
        let drift = wrong["coefficients"]?["b[x]"]
        #expect(drift?["agreement"] == "differs")
        #expect(drift?["difference"]?["text"] == "-∂_i f")
        #expect(drift?["weight"] == "1")
        #expect(drift?["weakOrder"] == "fails")
    }
}
